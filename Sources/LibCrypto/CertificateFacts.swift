import CLibCrypto

/// What is asked of a certificate, as OpenSSL reads it.
package struct CertificateFacts: Hashable, Sendable {
    /// As RFC 4514 writes it, such as `CN=app.example.com,O=Example`.
    package let subject: String
    /// Likewise.
    package let issuer: String
    /// The DNS names of the subject alternative name, in its order.
    package let dnsNames: [String]
    /// What basicConstraints says; `false` where there are none.
    package let isAuthority: Bool
    /// Whether this moment is within its validity.
    package let isCurrent: Bool

    /// - Throws: `badCertificate` for anything but exactly one certificate whose extensions can be parsed.
    package init(der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        let certificate = try ParsedCertificate(der)
        self.subject = try certificate.subject()
        self.issuer = try certificate.issuer()
        self.dnsNames = try certificate.dnsNames()
        self.isAuthority = try certificate.isAuthority()
        self.isCurrent = certificate.isCurrent
    }
}

/// An `X509`, freed when it goes out of scope.
@safe
private struct ParsedCertificate: ~Copyable {
    private let pointer: OpaquePointer

    init(_ der: [UInt8]) throws(CryptoError) {
        var isWhole = false
        // unsafe: OpenSSL reads within the buffer, copies what it keeps and leaves `next` behind what it read.
        let pointer = unsafe der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            let parsed = unsafe d2i_X509(nil, &next, buffer.count)
            isWhole = unsafe next == buffer.baseAddress?.advanced(by: buffer.count)
            return unsafe parsed
        }
        guard let pointer = unsafe pointer else { throw CryptoError(.badCertificate) }
        guard isWhole else {
            unsafe X509_free(pointer)
            throw CryptoError(.badCertificate)
        }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe X509_free(self.pointer)
    }

    func subject() throws(CryptoError) -> String {
        try unsafe Self.text(of: X509_get_subject_name(self.pointer))
    }

    func issuer() throws(CryptoError) -> String {
        try unsafe Self.text(of: X509_get_issuer_name(self.pointer))
    }

    /// - Parameter name: Belongs to its certificate, and is only read.
    private static func text(of name: OpaquePointer?) throws(CryptoError) -> String {
        let memory = try MemoryBIO()
        guard let name = unsafe name, unsafe shim_X509_NAME_print(memory.bio, name) >= 0 else {
            throw CryptoError(.badCertificate)
        }
        return String(decoding: memory.contents(), as: UTF8.self)
    }

    var isCurrent: Bool {
        // unsafe: both times belong to the certificate, and are only read.
        let begun = unsafe X509_cmp_current_time(X509_get0_notBefore(self.pointer))
        let ended = unsafe X509_cmp_current_time(X509_get0_notAfter(self.pointer))
        return begun < 0 && ended > 0
    }

    func isAuthority() throws(CryptoError) -> Bool {
        guard let value = try unsafe self.contents(of: NID_basic_constraints) else { return false }
        // unsafe: the type belongs to the extension asked for, and is ours to free.
        let constraints = unsafe value.assumingMemoryBound(to: BASIC_CONSTRAINTS.self)
        defer { unsafe BASIC_CONSTRAINTS_free(constraints) }
        return unsafe constraints.pointee.ca != 0
    }

    func dnsNames() throws(CryptoError) -> [String] {
        guard let value = try unsafe self.contents(of: NID_subject_alt_name) else { return [] }
        // unsafe: the type belongs to the extension asked for, and is ours to free; names are copied before.
        let names = OpaquePointer(value)
        defer { unsafe GENERAL_NAMES_free(names) }
        var texts: [String] = []
        for index in 0..<max(0, unsafe shim_GENERAL_NAMES_count(names)) {
            var count: CInt = 0
            guard let bytes = unsafe shim_GENERAL_NAMES_dns(names, index, &count) else { continue }
            texts.append(unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self))
        }
        return texts
    }

    /// An extension as the structure that OpenSSL has for it; `nil` where the certificate has none.
    private func contents(of extensionID: CInt) throws(CryptoError) -> UnsafeMutableRawPointer? {
        var criticality: CInt = 0
        if let contents = unsafe X509_get_ext_d2i(self.pointer, extensionID, &criticality, nil) {
            return unsafe contents
        }
        // -1 says that there is none; anything else, that there are two, or one that cannot be parsed.
        guard criticality == -1 else { throw CryptoError(.badCertificate) }
        return nil
    }
}
