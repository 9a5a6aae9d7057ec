import CLibCrypto

/// All that a certificate says, for those who write rules about it. Nothing is decided by it here.
package struct CertificateDescription: Hashable, Sendable {
    /// A name's attributes that have a word of their own in such rules.
    package enum Attribute: Hashable, CaseIterable, Sendable {
        case commonName
        case country
        case locality
        case organization
        case organizationalUnit
        case postalCode
        case province
        case streetAddress

        fileprivate var id: CInt {
            switch self {
            case .commonName: NID_commonName
            case .country: NID_countryName
            case .locality: NID_localityName
            case .organization: NID_organizationName
            case .organizationalUnit: NID_organizationalUnitName
            case .postalCode: NID_postalCode
            case .province: NID_stateOrProvinceName
            case .streetAddress: NID_streetAddress
            }
        }
    }

    package struct Name: Hashable, Sendable {
        /// As RFC 4514 writes it.
        package let text: String
        package let values: [Attribute: [String]]
    }

    package struct Extension: Hashable, Sendable {
        /// Its OID in dotted form.
        package let id: String
        package let isCritical: Bool
        package let bytes: [UInt8]
    }

    package let subject: Name
    package let issuer: Name
    /// Of the subject alternative name.
    package let alternativeNames: AlternativeNames
    /// In lower-case hexadecimal.
    package let serialNumber: String
    /// As Go calls it, such as `SHA256-RSA`; its OID for one that Go does not know.
    package let signatureAlgorithm: String
    /// Seconds since 1970; `nil` where no calendar has them.
    package let notBefore: Int64?
    package let notAfter: Int64?
    package let extensions: [Extension]

    package struct AlternativeNames: Hashable, Sendable {
        package var dnsNames: [String] = []
        package var emailAddresses: [String] = []
        /// Each as its 4 or 16 bytes.
        package var addresses: [[UInt8]] = []
        package var uris: [String] = []
    }

    /// - Throws: `badCertificate` for anything but exactly one certificate whose extensions can be parsed.
    package init(der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        let certificate = try ParsedCertificate(der)
        self.subject = Name(
            text: try certificate.subject(),
            values: unsafe Self.values(of: X509_get_subject_name(certificate.pointer))
        )
        self.issuer = Name(
            text: try certificate.issuer(),
            values: unsafe Self.values(of: X509_get_issuer_name(certificate.pointer))
        )
        self.alternativeNames = try certificate.alternativeNames()
        self.serialNumber = try certificate.serialNumber()
        self.signatureAlgorithm = certificate.signatureAlgorithm
        (self.notBefore, self.notAfter) = certificate.validity
        self.extensions = certificate.extensions
    }

    /// - Parameter name: Belongs to its certificate, and is only read.
    private static func values(of name: OpaquePointer?) -> [Attribute: [String]] {
        var values: [Attribute: [String]] = [:]
        for index in 0..<max(0, unsafe X509_NAME_entry_count(name)) {
            // unsafe: the entry and what is in it belong to the name.
            let entry = unsafe X509_NAME_get_entry(name, index)
            let id = unsafe OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))
            guard let attribute = Attribute.allCases.first(where: { $0.id == id }) else { continue }
            var text: UnsafeMutablePointer<UInt8>?
            let length = unsafe ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
            guard length >= 0, let text = unsafe text else { continue }
            defer { unsafe shim_OPENSSL_free(text) }
            let value = unsafe String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
            values[attribute, default: []].append(value)
        }
        return values
    }
}

extension ParsedCertificate {
    fileprivate func alternativeNames() throws(CryptoError) -> CertificateDescription.AlternativeNames {
        var names = CertificateDescription.AlternativeNames()
        (names.dnsNames, names.addresses) = try self.names()
        names.emailAddresses = try self.texts(GEN_EMAIL)
        names.uris = try self.texts(GEN_URI)
        return names
    }

    fileprivate var extensions: [CertificateDescription.Extension] {
        var extensions: [CertificateDescription.Extension] = []
        for index in 0..<max(0, unsafe X509_get_ext_count(self.pointer)) {
            // unsafe: the extension and what is in it belong to the certificate, and are copied.
            guard let found = unsafe X509_get_ext(self.pointer, index),
                let data = unsafe X509_EXTENSION_get_data(found)
            else { continue }
            let bytes = unsafe UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(data),
                count: Int(ASN1_STRING_length(data))
            )
            extensions.append(
                CertificateDescription.Extension(
                    id: unsafe Self.dotted(X509_EXTENSION_get_object(found)),
                    isCritical: unsafe X509_EXTENSION_get_critical(found) > 0,
                    bytes: unsafe Array(bytes)
                )
            )
        }
        return extensions
    }

    /// - Parameter object: Belongs to its certificate, and is only read.
    private static func dotted(_ object: OpaquePointer?) -> String {
        // The longest OID that OpenSSL itself writes is far shorter.
        var text = [CChar](repeating: 0, count: 128)
        let length = unsafe OBJ_obj2txt(&text, CInt(text.count), object, 1)
        return String(decoding: text.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    fileprivate var signatureAlgorithm: String {
        var digest: CInt = 0
        var key: CInt = 0
        unsafe X509_get_signature_info(self.pointer, &digest, &key, nil, nil)
        let hash =
            switch digest {
            case NID_sha1: "SHA1"
            case NID_sha256: "SHA256"
            case NID_sha384: "SHA384"
            case NID_sha512: "SHA512"
            default: ""
            }
        switch key {
        case NID_rsaEncryption where !hash.isEmpty: return "\(hash)-RSA"
        case NID_rsassaPss where !hash.isEmpty: return "\(hash)-RSAPSS"
        case NID_X9_62_id_ecPublicKey where !hash.isEmpty: return "ECDSA-\(hash)"
        case NID_ED25519: return "Ed25519"
        default: return unsafe Self.dotted(OBJ_nid2obj(X509_get_signature_nid(self.pointer)))
        }
    }
}
