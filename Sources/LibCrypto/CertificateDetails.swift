import CLibCrypto

/// What a certificate says about itself that nothing is decided by, and people are shown.
package struct CertificateDetails: Hashable, Codable, Sendable {
    /// In lower-case hexadecimal, as long as it needs.
    package let serialNumber: String
    package let subject: Name
    package let issuer: Name
    /// As RFC 5280 section 4.2.1.3 names them; empty where the certificate does not limit its key.
    package let keyUsages: [String]
    /// As RFC 5280 section 4.2.1.12 names them; those that it does not name are left out.
    package let extendedKeyUsages: [String]

    /// The first value of each attribute; empty where there is none.
    package struct Name: Hashable, Codable, Sendable {
        package let commonName: String
        package let organization: String
        package let organizationalUnit: String
        package let locality: String
        package let province: String
        package let country: String
    }

    /// - Throws: `badCertificate` for anything but exactly one certificate.
    package init(der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        let certificate = try ParsedCertificate(der)
        self.serialNumber = try certificate.serialNumber()
        // unsafe: both names belong to the certificate, and are copied.
        self.subject = unsafe Name(X509_get_subject_name(certificate.pointer))
        self.issuer = unsafe Name(X509_get_issuer_name(certificate.pointer))
        self.keyUsages = Self.names(
            of: unsafe X509_get_key_usage(certificate.pointer),
            [
                (KU_DIGITAL_SIGNATURE, "digitalSignature"), (KU_NON_REPUDIATION, "contentCommitment"),
                (KU_KEY_ENCIPHERMENT, "keyEncipherment"), (KU_DATA_ENCIPHERMENT, "dataEncipherment"),
                (KU_KEY_AGREEMENT, "keyAgreement"), (KU_KEY_CERT_SIGN, "keyCertSign"), (KU_CRL_SIGN, "cRLSign"),
                (KU_ENCIPHER_ONLY, "encipherOnly"), (KU_DECIPHER_ONLY, "decipherOnly"),
            ]
        )
        self.extendedKeyUsages = Self.names(
            of: unsafe X509_get_extended_key_usage(certificate.pointer),
            [
                (XKU_SSL_SERVER, "serverAuth"), (XKU_SSL_CLIENT, "clientAuth"), (XKU_CODE_SIGN, "codeSigning"),
                (XKU_SMIME, "emailProtection"), (XKU_TIMESTAMP, "timeStamping"), (XKU_OCSP_SIGN, "OCSPSigning"),
                (XKU_ANYEKU, "anyExtendedKeyUsage"),
            ]
        )
    }

    /// - Parameter bits: All of them where the certificate has no such extension.
    private static func names(of bits: UInt32, _ known: [(bit: CInt, name: String)]) -> [String] {
        bits == UInt32.max ? [] : known.filter { bits & UInt32($0.bit) != 0 }.map(\.name)
    }
}

extension CertificateDetails.Name {
    /// - Parameter name: Belongs to its certificate, and is only read.
    fileprivate init(_ name: OpaquePointer?) {
        func value(_ attribute: CInt) -> String {
            var length: CInt = 0
            guard let name = unsafe name, let text = unsafe shim_X509_NAME_value(name, attribute, &length) else {
                return ""
            }
            defer { unsafe shim_OPENSSL_free(text) }
            return unsafe String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
        }
        self.commonName = value(NID_commonName)
        self.organization = value(NID_organizationName)
        self.organizationalUnit = value(NID_organizationalUnitName)
        self.locality = value(NID_localityName)
        self.province = value(NID_stateOrProvinceName)
        self.country = value(NID_countryName)
    }
}
