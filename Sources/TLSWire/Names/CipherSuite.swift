/// A cipher suite (IANA "TLS Cipher Suites").
package struct CipherSuite: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let aes128GCMSHA256 = CipherSuite(rawValue: 0x1301)
    package static let aes256GCMSHA384 = CipherSuite(rawValue: 0x1302)
    package static let chacha20Poly1305SHA256 = CipherSuite(rawValue: 0x1303)
    package static let ecdheECDSAWithAES128GCMSHA256 = CipherSuite(rawValue: 0xc02b)
    package static let ecdheECDSAWithAES256GCMSHA384 = CipherSuite(rawValue: 0xc02c)
    package static let ecdheRSAWithAES128GCMSHA256 = CipherSuite(rawValue: 0xc02f)
    package static let ecdheRSAWithAES256GCMSHA384 = CipherSuite(rawValue: 0xc030)
    package static let ecdheRSAWithChacha20Poly1305SHA256 = CipherSuite(rawValue: 0xcca8)
    package static let ecdheECDSAWithChacha20Poly1305SHA256 = CipherSuite(rawValue: 0xcca9)
    package static let rsaWithAES128GCMSHA256 = CipherSuite(rawValue: 0x009c)
    package static let rsaWithAES128CBCSHA = CipherSuite(rawValue: 0x002f)
    package static let ecdheRSAWithAES128CBCSHA = CipherSuite(rawValue: 0xc013)
    package static let ecdheECDSAWithAES128CBCSHA = CipherSuite(rawValue: 0xc009)
    package static let ecdheECDSAWithAES256CBCSHA = CipherSuite(rawValue: 0xc00a)
    /// RFC 5746: stands for an empty renegotiation_info.
    package static let emptyRenegotiationInfoSCSV = CipherSuite(rawValue: 0x00ff)
    /// RFC 7507.
    package static let fallbackSCSV = CipherSuite(rawValue: 0x5600)

    package var isGREASE: Bool { TLSWire.isGREASE(self.rawValue) }
}

extension CipherSuite: CustomStringConvertible {
    /// The registry's name, `grease(0x3a3a)`, or `TLS_(0x1234)` for a suite that is not in our table.
    package var description: String {
        if let name = Self.names[self.rawValue] { return name }
        return self.isGREASE ? "grease(\(hexadecimal(self.rawValue)))" : "TLS_(\(hexadecimal(self.rawValue)))"
    }

    /// What clients of the last fifteen years offer.
    private static let names: [UInt16: String] = [
        0x0004: "TLS_RSA_WITH_RC4_128_MD5",
        0x0005: "TLS_RSA_WITH_RC4_128_SHA",
        0x000a: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        0x002f: "TLS_RSA_WITH_AES_128_CBC_SHA",
        0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
        0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
        0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
        0x003c: "TLS_RSA_WITH_AES_128_CBC_SHA256",
        0x003d: "TLS_RSA_WITH_AES_256_CBC_SHA256",
        0x0067: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
        0x006b: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
        0x009c: "TLS_RSA_WITH_AES_128_GCM_SHA256",
        0x009d: "TLS_RSA_WITH_AES_256_GCM_SHA384",
        0x009e: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        0x009f: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
        0x00ff: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
        0x1301: "TLS_AES_128_GCM_SHA256",
        0x1302: "TLS_AES_256_GCM_SHA384",
        0x1303: "TLS_CHACHA20_POLY1305_SHA256",
        0x1304: "TLS_AES_128_CCM_SHA256",
        0x1305: "TLS_AES_128_CCM_8_SHA256",
        0x5600: "TLS_FALLBACK_SCSV",
        0xc008: "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
        0xc009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        0xc00a: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        0xc012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        0xc013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        0xc014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        0xc023: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
        0xc024: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
        0xc027: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        0xc028: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
        0xc02b: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xc02c: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xc02f: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xc030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xc0ac: "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
        0xc0ad: "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
        0xcca8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xcca9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        0xccaa: "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ]
}
