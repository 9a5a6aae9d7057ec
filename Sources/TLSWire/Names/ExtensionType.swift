/// A TLS extension's code point (IANA "TLS ExtensionType Values").
package struct ExtensionType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// RFC 6066 section 3.
    package static let serverName = ExtensionType(rawValue: 0)
    /// RFC 6066 section 4.
    package static let maxFragmentLength = ExtensionType(rawValue: 1)
    /// RFC 6066 section 8.
    package static let statusRequest = ExtensionType(rawValue: 5)
    /// RFC 9846 section 4.3.7.
    package static let supportedGroups = ExtensionType(rawValue: 10)
    /// RFC 8422 section 5.1.2.
    package static let ecPointFormats = ExtensionType(rawValue: 11)
    /// RFC 9846 section 4.3.3.
    package static let signatureAlgorithms = ExtensionType(rawValue: 13)
    /// RFC 7301.
    package static let applicationLayerProtocolNegotiation = ExtensionType(rawValue: 16)
    /// RFC 6962.
    package static let signedCertificateTimestamp = ExtensionType(rawValue: 18)
    /// RFC 7685.
    package static let padding = ExtensionType(rawValue: 21)
    /// RFC 7366.
    package static let encryptThenMAC = ExtensionType(rawValue: 22)
    /// RFC 7627.
    package static let extendedMasterSecret = ExtensionType(rawValue: 23)
    /// RFC 8879.
    package static let compressCertificate = ExtensionType(rawValue: 27)
    /// RFC 8449.
    package static let recordSizeLimit = ExtensionType(rawValue: 28)
    /// RFC 9345.
    package static let delegatedCredential = ExtensionType(rawValue: 34)
    /// RFC 5077.
    package static let sessionTicket = ExtensionType(rawValue: 35)
    /// RFC 9846 section 4.3.11.
    package static let preSharedKey = ExtensionType(rawValue: 41)
    package static let earlyData = ExtensionType(rawValue: 42)
    /// RFC 9846 section 4.3.1.
    package static let supportedVersions = ExtensionType(rawValue: 43)
    package static let cookie = ExtensionType(rawValue: 44)
    package static let pskKeyExchangeModes = ExtensionType(rawValue: 45)
    package static let certificateAuthorities = ExtensionType(rawValue: 47)
    package static let postHandshakeAuth = ExtensionType(rawValue: 49)
    package static let signatureAlgorithmsCert = ExtensionType(rawValue: 50)
    /// RFC 9846 section 4.3.8.
    package static let keyShare = ExtensionType(rawValue: 51)
    package static let quicTransportParameters = ExtensionType(rawValue: 57)
    package static let nextProtocolNegotiation = ExtensionType(rawValue: 13_172)
    package static let applicationSettingsOld = ExtensionType(rawValue: 17_513)
    package static let applicationSettings = ExtensionType(rawValue: 17_613)
    /// RFC 9849.
    package static let encryptedClientHello = ExtensionType(rawValue: 0xfe0d)
    /// RFC 5746.
    package static let renegotiationInfo = ExtensionType(rawValue: 0xff01)

    /// RFC 8701: reserved values that clients sprinkle in, to keep servers from choking on new ones.
    package var isGREASE: Bool { TLSWire.isGREASE(self.rawValue) }
}

extension ExtensionType: CustomStringConvertible {
    /// The registry's name, `grease(0x1a1a)` or `extension(12345)`.
    package var description: String {
        if let name = Self.names[self] { return name }
        return self.isGREASE ? "grease(\(hexadecimal(self.rawValue)))" : "extension(\(self.rawValue))"
    }

    private static let names: [ExtensionType: String] = [
        .serverName: "server_name",
        .maxFragmentLength: "max_fragment_length",
        .statusRequest: "status_request",
        .supportedGroups: "supported_groups",
        .ecPointFormats: "ec_point_formats",
        .signatureAlgorithms: "signature_algorithms",
        .applicationLayerProtocolNegotiation: "application_layer_protocol_negotiation",
        .signedCertificateTimestamp: "signed_certificate_timestamp",
        .padding: "padding",
        .encryptThenMAC: "encrypt_then_mac",
        .extendedMasterSecret: "extended_master_secret",
        .compressCertificate: "compress_certificate",
        .recordSizeLimit: "record_size_limit",
        .delegatedCredential: "delegated_credential",
        .sessionTicket: "session_ticket",
        .preSharedKey: "pre_shared_key",
        .earlyData: "early_data",
        .supportedVersions: "supported_versions",
        .cookie: "cookie",
        .pskKeyExchangeModes: "psk_key_exchange_modes",
        .certificateAuthorities: "certificate_authorities",
        .postHandshakeAuth: "post_handshake_auth",
        .signatureAlgorithmsCert: "signature_algorithms_cert",
        .keyShare: "key_share",
        .quicTransportParameters: "quic_transport_parameters",
        .nextProtocolNegotiation: "next_protocol_negotiation",
        .applicationSettingsOld: "application_settings_old",
        .applicationSettings: "application_settings",
        .encryptedClientHello: "encrypted_client_hello",
        .renegotiationInfo: "renegotiation_info",
    ]
}

/// One extension, its body untouched.
package struct Extension: Hashable, Sendable {
    package var type: ExtensionType
    /// extension_data, without its length.
    package var data: [UInt8]
    package init(type: ExtensionType, data: [UInt8]) {
        self.type = type
        self.data = data
    }
}

/// RFC 8701 section 2: 0x0A0A, 0x1A1A, … 0xFAFA.
func isGREASE(_ value: UInt16) -> Bool { value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff }

/// `0x1301`
func hexadecimal(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
}
