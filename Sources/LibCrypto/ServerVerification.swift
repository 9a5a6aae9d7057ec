import CLibCrypto

/// Whether a server's certificate is to be believed (RFC 5280 section 6), as OpenSSL decides it.
package struct ServerVerification: Sendable {
    /// Why it is not.
    package enum Failure: Hashable, Sendable {
        case revoked
        /// The list of its CA is not to be used, and why, in words that follow a colon.
        case unusableList(String)
        /// It is not for the address that was asked for.
        case otherAddress
        /// Anything else, in OpenSSL's words.
        case untrusted(String)
    }

    private let roots: [[UInt8]]?
    private let lists: RevocationLists?
    private let address: String?

    /// - Parameters:
    ///   - roots: Trusted CAs in DER; `nil` for the system's.
    ///   - lists: Its own CA's must be among them, signed and current; `nil` asks for none.
    ///   - address: An IP address that the certificate must be for.
    package init(roots: [[UInt8]]?, lists: RevocationLists?, address: String? = nil) {
        self.roots = roots
        self.lists = lists
        self.address = address
    }

    /// Returns why the certificate is not believed, or `nil`.
    ///
    /// - Parameter chain: As the server has sent it, in DER, its own first.
    /// - Throws: `badCertificate`, or `outOfMemory`.
    package func failure(of chain: [[UInt8]]) throws(CryptoError) -> Failure? {
        ERR_clear_error()
        guard let leaf = chain.first else { throw CryptoError(.badCertificate) }
        let certificate = try ParsedCertificate(leaf)
        // unsafe: what is made here is freed here; what is added to a store or a stack is counted there.
        guard let store = unsafe X509_STORE_new() else { throw CryptoError(.outOfMemory) }
        defer { unsafe X509_STORE_free(store) }
        try unsafe self.fill(store)
        guard let others = unsafe shim_X509_stack_new() else { throw CryptoError(.outOfMemory) }
        defer { unsafe shim_X509_stack_free(others) }
        for other in chain.dropFirst() {
            let issuer = try ParsedCertificate(other)
            guard unsafe shim_X509_stack_push(others, issuer.pointer) == 1 else { throw CryptoError(.outOfMemory) }
        }
        guard let context = unsafe X509_STORE_CTX_new() else { throw CryptoError(.outOfMemory) }
        defer { unsafe X509_STORE_CTX_free(context) }
        guard unsafe X509_STORE_CTX_init(context, store, certificate.pointer, others) == 1 else {
            throw CryptoError(.outOfMemory)
        }
        if let address = self.address {
            let parameters = unsafe X509_STORE_CTX_get0_param(context)
            guard unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1 else { return .otherAddress }
        }
        guard unsafe X509_verify_cert(context) != 1 else { return nil }
        let code = unsafe X509_STORE_CTX_get_error(context)
        // unsafe: a constant string of the library.
        let words = unsafe String(cString: X509_verify_cert_error_string(CLong(code)))
        return Self.failure(code, words)
    }

    private func fill(_ store: OpaquePointer) throws(CryptoError) {
        if let roots = self.roots {
            for root in roots {
                let certificate = try ParsedCertificate(root)
                guard unsafe X509_STORE_add_cert(store, certificate.pointer) == 1 else {
                    throw CryptoError(.outOfMemory)
                }
            }
        } else {
            guard unsafe X509_STORE_set_default_paths(store) == 1 else { throw CryptoError(.outOfMemory) }
        }
        for list in self.lists?.lists ?? [] {
            let parsed = try ParsedRevocationList(list)
            guard unsafe X509_STORE_add_crl(store, parsed.pointer) == 1 else { throw CryptoError(.outOfMemory) }
        }
        // Of the server's own certificate alone: few CAs above it have a list, and nobody has named it.
        if self.lists != nil { unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK)) }
        unsafe X509_STORE_set_purpose(store, X509_PURPOSE_SSL_SERVER)
    }

    private static func failure(_ code: CInt, _ words: String) -> Failure {
        switch code {
        case X509_V_ERR_CERT_REVOKED: .revoked
        case X509_V_ERR_UNABLE_TO_GET_CRL: .unusableList("it is another CA's")
        case X509_V_ERR_CRL_HAS_EXPIRED: .unusableList("a newer one was due by now")
        case X509_V_ERR_CRL_NOT_YET_VALID: .unusableList("it is not valid yet")
        case X509_V_ERR_CRL_SIGNATURE_FAILURE: .unusableList("its signature is not the CA's")
        case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, X509_V_ERR_DIFFERENT_CRL_SCOPE,
            X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD,
            X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            .unusableList(words)
        case X509_V_ERR_IP_ADDRESS_MISMATCH: .otherAddress
        default: .untrusted(words)
        }
    }
}
