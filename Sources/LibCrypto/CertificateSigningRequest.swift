import CLibCrypto

/// What asks a CA for a certificate: PKCS #10 (RFC 2986).
package enum CertificateSigningRequest {
    /// In DER, signed with the key that the certificate will be for.
    ///
    /// - Parameter dnsNames: At least one. They are its subjectAltName alone: a common name has 64 characters at most.
    package static func write(for dnsNames: [String], key: PrivateKey) throws(CryptoError) -> [UInt8] {
        let names = try CertificateDraft.list(dnsNames.map { ("DNS", $0) })
        let draft = try RequestDraft()
        try draft.begin(key: key, names: names)
        return try draft.signed(with: key)
    }
}

/// An `X509_REQ` that is being written, freed when it goes out of scope.
@safe
private struct RequestDraft: ~Copyable {
    private let pointer: OpaquePointer

    init() throws(CryptoError) {
        ERR_clear_error()
        guard let pointer = unsafe X509_REQ_new() else { throw CryptoError(.outOfMemory) }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe X509_REQ_free(self.pointer)
    }

    func begin(key: PrivateKey, names: String) throws(CryptoError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, nil, nil, self.pointer, nil, 0)
        // unsafe: the request takes copies of the key and of the extension, which is ours.
        guard
            // Version 1 has the number 0.
            unsafe X509_REQ_set_version(self.pointer, 0) == 1,
            unsafe X509_REQ_set_pubkey(self.pointer, key.key) == 1,
            let names = unsafe X509V3_EXT_conf_nid(nil, &context, NID_subject_alt_name, names)
        else { throw CryptoError(.noEncoding) }
        defer { unsafe X509_EXTENSION_free(names) }
        guard unsafe shim_X509_REQ_add_extension(self.pointer, names) == 1 else { throw CryptoError(.noEncoding) }
    }

    /// In DER.
    func signed(with key: PrivateKey) throws(CryptoError) -> [UInt8] {
        // unsafe: the key outlives the call, and the digest is a constant of the library.
        guard unsafe X509_REQ_sign(self.pointer, key.key, EVP_sha256()) > 0 else { throw CryptoError(.noSignature) }
        let count = Int(unsafe i2d_X509_REQ(self.pointer, nil))
        guard count > 0 else { throw CryptoError(.noEncoding) }
        // unsafe: the first call said how many bytes the second writes.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            var next = buffer.baseAddress
            initializedCount = max(0, Int(unsafe i2d_X509_REQ(self.pointer, &next)))
        }
    }
}
