import COpenSSL
import ScenarioModel
import Synchronization

/// An `SSL_CTX`, made once per configuration and never changed afterwards.
///
/// `@unchecked Sendable`: OpenSSL's contexts are reference-counted with atomic operations and may be shared by threads as
/// long as nobody sets anything, and nothing is set after `init`. `@safe`: the pointers live as long as the object.
@safe
final class OpenSSLContext: @unchecked Sendable {
    let pointer: OpaquePointer
    /// The server's ALPN list, where the selection callback finds it.
    private let protocols: UnsafeMutableBufferPointer<UInt8>

    /// What servers commonly take, and no finite fields: a client whose only share is of one is asked for a second hello.
    private static let serverGroups = "X25519:P-256:P-384:P-521"

    /// Sessions that a server keeps to be resumed by their id; those with tickets are not among them. A case resumes
    /// soon after, so the oldest may go.
    private static let sessionCacheSize = 1024

    /// One full record, which is more than any exchange says early.
    private static let earlyDataLimit: UInt32 = 16_384

    private static let cache = Mutex<[OpenSSLConfiguration: OpenSSLContext]>([:])

    static func shared(for configuration: OpenSSLConfiguration) throws -> OpenSSLContext {
        if let context = Self.cache.withLock({ $0[configuration] }) { return context }
        let context = try OpenSSLContext(configuration)
        // Of two that were made at once the first stays: sessions of one are unknown to the other.
        return Self.cache.withLock { cache in
            if let first = cache[configuration] { return first }
            cache[configuration] = context
            return context
        }
    }

    private init(_ configuration: OpenSSLConfiguration) throws {
        let method = configuration.side == .client ? unsafe TLS_client_method() : unsafe TLS_server_method()
        guard let pointer = unsafe SSL_CTX_new(method) else { throw OpenSSLError(.outOfMemory) }
        unsafe self.pointer = pointer
        guard let protocols = configuration.encodedALPN else {
            unsafe self.protocols = .allocate(capacity: 0)
            throw OpenSSLError(.badProtocolList, configuration.alpn.joined(separator: ", "))
        }
        unsafe self.protocols = .allocate(capacity: protocols.count)
        _ = unsafe self.protocols.initialize(fromContentsOf: protocols)

        // unsafe: plain setters on the context that was just made.
        unsafe SSL_CTX_set_keylog_callback(pointer, noticeSecret)
        if !configuration.usesTickets { unsafe SSL_CTX_set_options(pointer, UInt64(shim_SSL_OP_NO_TICKET())) }
        _ = unsafe shim_SSL_CTX_set_min_proto_version(pointer, CInt(configuration.minimumVersion.wireValue))
        _ = unsafe shim_SSL_CTX_set_max_proto_version(pointer, CInt(configuration.maximumVersion.wireValue))
        if configuration.minimumVersion < .tls12 {
            // SHA-1 signatures, which TLS 1.0 and 1.1 are made of, are below Debian's security level 2.
            _ = unsafe SSL_CTX_set_cipher_list(pointer, "DEFAULT:@SECLEVEL=0")
        }
        if let credential = configuration.credential {
            try unsafe Self.use(credential, in: pointer)
        }
        switch configuration.side {
        case .client:
            // What a client keeps it keeps outside, see SavedSession.
            unsafe shim_SSL_CTX_session_cache_off(pointer)
            unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_NONE, nil)
        case .server:
            unsafe shim_SSL_CTX_session_cache_server(pointer, Self.sessionCacheSize)
            _ = unsafe shim_SSL_CTX_set1_groups_list(pointer, Self.serverGroups)
            if configuration.takesEarlyData { _ = unsafe SSL_CTX_set_max_early_data(pointer, Self.earlyDataLimit) }
            if configuration.clientAuthorities.isEmpty {
                let mode = configuration.requestsClientCertificate ? SSL_VERIFY_PEER : SSL_VERIFY_NONE
                // The judge only records who came.
                unsafe SSL_CTX_set_verify(pointer, mode) { _, _ in 1 }
            } else {
                try unsafe Self.demandCertificates(of: configuration.clientAuthorities, in: pointer)
            }
            if !protocols.isEmpty {
                unsafe SSL_CTX_set_alpn_select_cb(
                    pointer,
                    selectProtocol,
                    Unmanaged.passUnretained(self).toOpaque()
                )
            }
        }
    }

    deinit {
        unsafe SSL_CTX_free(self.pointer)
        unsafe self.protocols.deallocate()
    }

    /// Whoever has none of theirs is refused by OpenSSL itself. Their names go out with the request, by which some choose.
    private static func demandCertificates(of authorities: String, in context: OpaquePointer) throws {
        // unsafe: the store is the context's, and takes references of its own.
        let store = unsafe SSL_CTX_get_cert_store(context)
        try unsafe Self.withCertificates(of: authorities) { certificate in
            guard unsafe X509_STORE_add_cert(store, certificate) == 1,
                unsafe SSL_CTX_add_client_CA(context, certificate) == 1
            else { throw OpenSSLError(.badCertificate) }
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    /// At least one.
    private static func withCertificates(of pem: String, _ body: (OpaquePointer) throws -> Void) throws {
        ERR_clear_error()
        var count = 0
        // unsafe: each is freed where it was made.
        try unsafe Self.withMemoryBIO(pem) { bio in
            while let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil) {
                defer { unsafe X509_free(certificate) }
                try unsafe body(certificate)
                count += 1
            }
        }
        guard count > 0 else { throw OpenSSLError(.badCertificate) }
        // The end of a PEM file is an error to its reader.
        ERR_clear_error()
    }

    private static func use(_ credential: Credential, in context: OpaquePointer) throws {
        // unsafe: OpenSSL takes references of its own.
        var isLeaf = true
        try unsafe Self.withCertificates(of: credential.certificateChainPEM) { certificate in
            let isUsed =
                isLeaf
                ? unsafe SSL_CTX_use_certificate(context, certificate)
                : unsafe shim_SSL_CTX_add1_chain_cert(context, certificate)
            guard isUsed == 1 else { throw OpenSSLError(.badCertificate) }
            isLeaf = false
        }
        try unsafe Self.withMemoryBIO(credential.privateKeyPEM) { bio in
            guard let key = unsafe PEM_read_bio_PrivateKey(bio, nil, nil, nil) else {
                throw OpenSSLError(.badPrivateKey)
            }
            defer { unsafe EVP_PKEY_free(key) }
            guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1 else { throw OpenSSLError(.badPrivateKey) }
        }
    }

    private static func withMemoryBIO(_ text: String, _ body: (OpaquePointer) throws -> Void) throws {
        var text = text
        try text.withUTF8 { bytes in
            guard let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else {
                throw OpenSSLError(.outOfMemory)
            }
            defer { unsafe BIO_free(bio) }
            try unsafe body(bio)
        }
    }

    /// Chooses by the server's order (RFC 7301 section 3.2).
    fileprivate func select(
        from client: UnsafePointer<UInt8>,
        count: UInt32,
        into selection: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
        length: UnsafeMutablePointer<UInt8>
    ) -> CInt {
        var chosen: UnsafeMutablePointer<UInt8>?
        let found = unsafe SSL_select_next_proto(
            &chosen,
            length,
            self.protocols.baseAddress,
            UInt32(self.protocols.count),
            client,
            count
        )
        guard found == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        unsafe selection.pointee = unsafe UnsafePointer(chosen)
        return SSL_TLSEXT_ERR_OK
    }
}

private func selectProtocol(
    _: OpaquePointer?,
    _ selection: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ length: UnsafeMutablePointer<UInt8>?,
    _ client: UnsafePointer<UInt8>?,
    _ count: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> CInt {
    guard let selection = unsafe selection, let length = unsafe length, let client = unsafe client,
        let argument = unsafe argument
    else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    // unsafe: the argument is the context that this callback was set on, and no session outlives its context.
    let context = unsafe Unmanaged<OpenSSLContext>.fromOpaque(argument).takeUnretainedValue()
    return unsafe context.select(from: client, count: count, into: selection, length: length)
}
