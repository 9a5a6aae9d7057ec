import CLibCrypto

/// A CA of our own making, whose certificates are right: for those that are wrong on purpose the harness has recipes.
package struct CertificateAuthority: Sendable {
    /// In DER.
    package let certificate: [UInt8]
    package let key: PrivateKey

    /// Makes a CA for nothing but these domains and what is below them, because its key will lie on somebody's disk while their
    /// browser trusts it: it vouches for no other DNS name (RFC 5280 section 4.2.1.10), and for no CA below itself.
    ///
    /// Addresses are not limited: BoringSSL refuses every certificate with an address below a CA that limits them.
    ///
    /// - Parameters:
    ///   - name: The common name.
    ///   - validity: Seconds since 1970.
    package init(name: String, domains: [String], validity: ClosedRange<Int64>) throws(CryptoError) {
        let key = try PrivateKey(.ecdsaP256)
        let permitted = try CertificateDraft.list(domains.map { ("permitted;DNS", $0) })
        let draft = try CertificateDraft()
        try draft.begin(subject: name, key: key, validity: validity)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try draft.add(NID_subject_key_identifier, "hash")
        try draft.add(NID_name_constraints, "critical,\(permitted)")
        self.certificate = try draft.signed(with: key)
        self.key = key
    }

    /// One that was made before.
    ///
    /// - Throws: `badCertificate` where the certificate is no CA's, or another key's.
    package init(certificate: [UInt8], key: PrivateKey) throws(CryptoError) {
        guard try CertificateFacts(der: certificate).isAuthority, try key.isKey(of: certificate) else {
            throw CryptoError(.badCertificate)
        }
        self.certificate = certificate
        self.key = key
    }

    /// A server's certificate, in DER, for these DNS names, of which the first is its subject, and these IP addresses.
    ///
    /// - Parameters:
    ///   - dnsNames: At least one; `*.example.com` is a wildcard.
    ///   - addresses: As text, such as `127.0.0.1` or `::1`.
    ///   - validity: Seconds since 1970.
    package func issue(
        for dnsNames: [String],
        addresses: [String] = [],
        key: PrivateKey,
        validity: ClosedRange<Int64>
    ) throws(CryptoError) -> [UInt8] {
        let names = try CertificateDraft.list(dnsNames.map { ("DNS", $0) } + addresses.map { ("IP", $0) })
        let issuer = try ParsedCertificate(self.certificate)
        let draft = try CertificateDraft()
        try draft.begin(subject: dnsNames.first ?? "", key: key, validity: validity)
        try draft.add(NID_basic_constraints, "critical,CA:FALSE")
        try draft.add(NID_key_usage, "critical,digitalSignature")
        try draft.add(NID_ext_key_usage, "serverAuth")
        try draft.add(NID_subject_key_identifier, "hash")
        try draft.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        try draft.add(NID_subject_alt_name, names)
        return try draft.signed(with: self.key, issuer: issuer)
    }

    /// Whether this CA's key signed a certificate, given in DER.
    package func hasIssued(_ certificate: [UInt8]) throws(CryptoError) -> Bool {
        ERR_clear_error()
        return try ParsedCertificate(certificate).isSigned(by: self.key)
    }
}

/// An `X509` that is being written, freed when it goes out of scope.
@safe
private struct CertificateDraft: ~Copyable {
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
