import CLibCrypto

/// An `X509`, freed when it goes out of scope.
@safe
struct ParsedCertificate: ~Copyable {
    let pointer: OpaquePointer

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

    /// - Throws: `badCertificate` for one that is no text.
    func commonName() throws(CryptoError) -> String? {
        // unsafe: name, entry and string belong to the certificate, and are only read.
        let subject = unsafe X509_get_subject_name(self.pointer)
        let index = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard index >= 0 else { return nil }
        let string = unsafe X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index))
        var text: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&text, string)
        guard count >= 0, let text = unsafe text else { throw CryptoError(.badCertificate) }
        // unsafe: so many bytes were written for us, and are ours to free.
        defer { unsafe shim_OPENSSL_free(text) }
        let bytes = unsafe UnsafeBufferPointer(start: text, count: Int(count))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    var keyAlgorithm: KeyAlgorithm? {
        // unsafe: the key belongs to the certificate, and is only read.
        guard let key = unsafe X509_get0_pubkey(self.pointer) else { return nil }
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA: return .rsa
        case EVP_PKEY_ED25519: return .ed25519
        case EVP_PKEY_EC: return unsafe Self.curve(of: key)
        default: return nil
        }
    }

    /// - Parameter key: Belongs to its certificate, and is only read.
    private static func curve(of key: OpaquePointer) -> KeyAlgorithm? {
        // The longest name of a curve has fewer than 32 characters.
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return nil }
        switch String(decoding: name.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) {
        case "prime256v1": return .ecdsaP256
        case "secp384r1": return .ecdsaP384
        case "secp521r1": return .ecdsaP521
        default: return nil
        }
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

    var validity: (notBefore: Int64?, notAfter: Int64?) {
        // unsafe: both times belong to the certificate, and are only read.
        unsafe (Self.seconds(X509_get0_notBefore(self.pointer)), Self.seconds(X509_get0_notAfter(self.pointer)))
    }

    /// - Parameter time: Belongs to its certificate, and is only read.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_TIME_free(epoch) }
        var days: CInt = 0
        var seconds: CInt = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    /// Whether the key's owner signed it.
    func isSigned(by key: PrivateKey) -> Bool {
        ERR_clear_error()
        // unsafe: neither is changed, and both outlive the call.
        return unsafe X509_verify(self.pointer, key.key) == 1
    }

    /// Whether the key that another certificate is for signed it.
    func isSigned(byKeyOf issuer: borrowing ParsedCertificate) -> Bool {
        ERR_clear_error()
        // unsafe: the key belongs to the issuer, which outlives the call.
        guard let key = unsafe X509_get0_pubkey(issuer.pointer) else { return false }
        return unsafe X509_verify(self.pointer, key) == 1
    }

    func serialNumber() throws(CryptoError) -> String {
        // unsafe: the serial number belongs to the certificate; number and text are ours.
        guard let number = unsafe ASN1_INTEGER_to_BN(X509_get0_serialNumber(self.pointer), nil) else {
            throw CryptoError(.badCertificate)
        }
        defer { unsafe BN_free(number) }
        guard let text = unsafe BN_bn2hex(number) else { throw CryptoError(.outOfMemory) }
        defer { unsafe shim_OPENSSL_free(text) }
        return unsafe String(cString: text).lowercased()
    }

    /// Whether it is the key's.
    func isOf(_ key: PrivateKey) -> Bool {
        ERR_clear_error()
        // unsafe: neither is changed, and both outlive the call.
        return unsafe X509_check_private_key(self.pointer, key.key) == 1
    }

    var isSelfIssued: Bool { unsafe X509_get_extension_flags(self.pointer) & UInt32(EXFLAG_SS) != 0 }

    func isAuthority() throws(CryptoError) -> Bool {
        guard let value = try unsafe self.contents(of: NID_basic_constraints) else { return false }
        // unsafe: the type belongs to the extension asked for, and is ours to free.
        let constraints = unsafe value.assumingMemoryBound(to: BASIC_CONSTRAINTS.self)
        defer { unsafe BASIC_CONSTRAINTS_free(constraints) }
        return unsafe constraints.pointee.ca != 0
    }

    /// What the subject alternative name has of two kinds.
    func names() throws(CryptoError) -> (dnsNames: [String], addresses: [[UInt8]]) {
        guard let value = try unsafe self.contents(of: NID_subject_alt_name) else { return ([], []) }
        // unsafe: the type belongs to the extension asked for, and is ours to free; names are copied before.
        let names = OpaquePointer(value)
        defer { unsafe GENERAL_NAMES_free(names) }
        var texts: [String] = []
        var addresses: [[UInt8]] = []
        for index in 0..<max(0, unsafe shim_GENERAL_NAMES_count(names)) {
            var count: CInt = 0
            if let bytes = unsafe shim_GENERAL_NAMES_value(names, index, GEN_DNS, &count) {
                let name = unsafe UnsafeBufferPointer(start: bytes, count: Int(count))
                texts.append(unsafe String(decoding: name, as: UTF8.self))
            } else if let bytes = unsafe shim_GENERAL_NAMES_value(names, index, GEN_IPADD, &count) {
                addresses.append(unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count))))
            }
        }
        return (texts, addresses)
    }

    /// What the subject alternative name has of a kind of text.
    func texts(_ kind: CInt) throws(CryptoError) -> [String] {
        guard let value = try unsafe self.contents(of: NID_subject_alt_name) else { return [] }
        // unsafe: the type belongs to the extension asked for, and is ours to free; names are copied before.
        let names = OpaquePointer(value)
        defer { unsafe GENERAL_NAMES_free(names) }
        var texts: [String] = []
        for index in 0..<max(0, unsafe shim_GENERAL_NAMES_count(names)) {
            var count: CInt = 0
            guard let bytes = unsafe shim_GENERAL_NAMES_value(names, index, kind, &count) else { continue }
            texts.append(
                unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
            )
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
