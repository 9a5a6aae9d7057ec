import CLibCrypto

/// An `X509` that is being written, freed when it goes out of scope.
@safe
struct CertificateDraft: ~Copyable {
    private let pointer: OpaquePointer

    init() throws(CryptoError) {
        ERR_clear_error()
        guard let pointer = unsafe X509_new() else { throw CryptoError(.outOfMemory) }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe X509_free(self.pointer)
    }

    /// Writes what every certificate has; until something else is said, it is its own issuer.
    func begin(subject: String, key: PrivateKey, validity: ClosedRange<Int64>) throws(CryptoError) {
        let name = Array(subject.utf8)
        // unsafe: name, serial number and times belong to the certificate, which copies what it is given.
        guard
            // Version 3 has the number 2.
            unsafe X509_set_version(self.pointer, 2) == 1,
            unsafe X509_NAME_add_entry_by_NID(
                X509_get_subject_name(self.pointer),
                NID_commonName,
                shim_UTF8,
                name,
                CInt(name.count),
                -1,
                0
            ) == 1,
            unsafe X509_set_issuer_name(self.pointer, X509_get_subject_name(self.pointer)) == 1,
            unsafe ASN1_TIME_set(X509_getm_notBefore(self.pointer), time_t(validity.lowerBound)) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(self.pointer), time_t(validity.upperBound)) != nil,
            unsafe X509_set_pubkey(self.pointer, key.key) == 1
        else { throw CryptoError(.noEncoding) }
        try self.setSerialNumber()
    }

    /// As many bytes as a serial number may have, positive and random (RFC 5280 section 4.1.2.2).
    private func setSerialNumber() throws(CryptoError) {
        let bytes = [UInt8.random(in: 1...0x7f)] + (1..<20).map { _ in UInt8.random(in: 0...0xff) }
        // unsafe: the number is ours; the serial number belongs to the certificate.
        guard let number = unsafe BN_bin2bn(bytes, CInt(bytes.count), nil) else { throw CryptoError(.outOfMemory) }
        defer { unsafe BN_free(number) }
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(self.pointer)) != nil else {
            throw CryptoError(.noEncoding)
        }
    }

    /// Adds an extension, written as OpenSSL's configuration files have it (x509v3_config).
    func add(_ extensionID: CInt, _ value: String) throws(CryptoError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, self.pointer, self.pointer, nil, nil, 0)
        try unsafe self.add(extensionID, value, &context)
    }

    func add(_ extensionID: CInt, _ value: String, issuer: borrowing ParsedCertificate) throws(CryptoError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer.pointer, self.pointer, nil, nil, 0)
        try unsafe self.add(extensionID, value, &context)
    }

    /// Adds an extension that the library may not know.
    func add(critical identifier: String, der contents: [UInt8]) throws(CryptoError) {
        let digits = contents.map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0\(text)" : text
        }
        // unsafe: the texts are read during the call; the extension is ours, and the certificate takes a copy.
        let made = unsafe X509V3_EXT_conf(nil, nil, identifier, "critical,DER:\(digits.joined(separator: ":"))")
        guard let made = unsafe made else { throw CryptoError(.noEncoding) }
        defer { unsafe X509_EXTENSION_free(made) }
        guard unsafe X509_add_ext(self.pointer, made, -1) == 1 else { throw CryptoError(.outOfMemory) }
    }

    private func add(_ extensionID: CInt, _ value: String, _ context: inout X509V3_CTX) throws(CryptoError) {
        // unsafe: the text is read during the call; the extension is ours, and the certificate takes a copy.
        guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, extensionID, value) else {
            throw CryptoError(.noEncoding)
        }
        defer { unsafe X509_EXTENSION_free(made) }
        guard unsafe X509_add_ext(self.pointer, made, -1) == 1 else { throw CryptoError(.outOfMemory) }
    }

    /// A list of names for ``add(_:_:)``, each of its kind.
    ///
    /// - Throws: `badName` for whatever could be more than one name to OpenSSL.
    static func list(_ names: [(kind: String, name: String)]) throws(CryptoError) -> String {
        for (_, name) in names {
            let isPlain = name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "-.:*".utf8.contains(byte)
                }
            }
            guard isPlain, !name.isEmpty else { throw CryptoError(.badName) }
        }
        return names.map { "\($0.kind):\($0.name)" }.joined(separator: ",")
    }

    /// The certificate in DER, which signs itself.
    func signed(with key: PrivateKey) throws(CryptoError) -> [UInt8] {
        // unsafe: the key outlives the call, and the digest is a constant of the library.
        guard unsafe X509_sign(self.pointer, key.key, EVP_sha256()) > 0 else { throw CryptoError(.noSignature) }
        let count = Int(unsafe i2d_X509(self.pointer, nil))
        guard count > 0 else { throw CryptoError(.noEncoding) }
        // unsafe: the first call said how many bytes the second writes.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            var next = buffer.baseAddress
            initializedCount = max(0, Int(unsafe i2d_X509(self.pointer, &next)))
        }
    }

    /// The certificate in DER, signed by the owner of another.
    func signed(with key: PrivateKey, issuer: borrowing ParsedCertificate) throws(CryptoError) -> [UInt8] {
        // unsafe: the name is copied.
        guard unsafe X509_set_issuer_name(self.pointer, X509_get_subject_name(issuer.pointer)) == 1 else {
            throw CryptoError(.outOfMemory)
        }
        return try self.signed(with: key)
    }
}
