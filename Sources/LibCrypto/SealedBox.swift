import CLibCrypto

/// Bytes that one key has closed and none but it opens, as they were or not at all: AES-256-GCM (NIST SP 800-38D).
package struct SealedBox: Hashable, Sendable {
    /// Nonce, ciphertext, tag.
    package let bytes: [UInt8]

    package static let keyLength = 32
    /// The length for which GCM needs no hash of its nonce (section 5.2.1.1).
    private static let nonceLength = 12
    private static let tagLength = 16

    /// One that was made before.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Seals with a nonce of its own, which is random: that one key may do 2^32 times (section 8.3).
    ///
    /// - Parameters:
    ///   - key: ``keyLength`` bytes.
    ///   - context: What the bytes belong to. It is not in the box, and must be the same to open it.
    package init(sealing plaintext: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        let nonce = try RandomBytes.draw(Self.nonceLength)
        let cipher = try Cipher()
        try cipher.begin(.seals, key: key, nonce: nonce)
        try cipher.add(context: context)
        let ciphertext = try cipher.update(plaintext, or: .noSeal)
        guard cipher.finish() else { throw CryptoError(.noSeal) }
        self.bytes = try nonce + ciphertext + cipher.tag(ofLength: Self.tagLength)
    }

    /// What was sealed.
    ///
    /// - Throws: `notSealed` where key or context is another, or a bit of the box.
    package func opened(key: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        guard self.bytes.count >= Self.nonceLength + Self.tagLength else { throw CryptoError(.notSealed) }
        let cipher = try Cipher()
        try cipher.begin(.opens, key: key, nonce: Array(self.bytes.prefix(Self.nonceLength)))
        try cipher.expect(tag: Array(self.bytes.suffix(Self.tagLength)))
        try cipher.add(context: context)
        let ciphertext = Array(self.bytes.dropFirst(Self.nonceLength).dropLast(Self.tagLength))
        let plaintext = try cipher.update(ciphertext, or: .notSealed)
        guard cipher.finish() else { throw CryptoError(.notSealed) }
        return plaintext
    }
}

/// One use of AES-256-GCM, as an `EVP_CIPHER_CTX` that is freed when it goes out of scope.
@safe
private struct Cipher: ~Copyable {
    enum Direction: CInt {
        case opens = 0
        case seals = 1
    }

    private let pointer: OpaquePointer

    init() throws(CryptoError) {
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else { throw CryptoError(.outOfMemory) }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(self.pointer)
    }

    func begin(_ direction: Direction, key: [UInt8], nonce: [UInt8]) throws(CryptoError) {
        precondition(key.count == SealedBox.keyLength, "AES-256 has keys of 32 bytes")
        // unsafe: key and nonce have the lengths of this cipher and are copied; the cipher is a constant of the library.
        let result = unsafe EVP_CipherInit_ex(
            self.pointer,
            EVP_aes_256_gcm(),
            nil,
            key,
            nonce,
            direction.rawValue
        )
        guard result == 1 else { throw CryptoError(.outOfMemory) }
    }

    func add(context bytes: [UInt8]) throws(CryptoError) {
        var count: CInt = 0
        // unsafe: the bytes are read during the call, and with no place for an output nothing is written but the count.
        guard let length = CInt(exactly: bytes.count),
            unsafe EVP_CipherUpdate(self.pointer, nil, &count, bytes, length) == 1
        else { throw CryptoError(.outOfMemory) }
    }

    func update(_ bytes: [UInt8], or code: CryptoError.Code) throws(CryptoError) -> [UInt8] {
        // An update without bytes would be taken for the end.
        guard !bytes.isEmpty else { return [] }
        var count: CInt = 0
        var output = [UInt8](repeating: 0, count: bytes.count)
        // unsafe: GCM, a stream cipher, writes as many bytes as it reads.
        guard let length = CInt(exactly: bytes.count),
            unsafe EVP_CipherUpdate(self.pointer, &output, &count, bytes, length) == 1, count == length
        else { throw CryptoError(code) }
        return output
    }

    /// Makes the tag, or compares it.
    func finish() -> Bool {
        // A block's room, which OpenSSL's manual asks for; GCM has nothing left to write.
        var rest = [UInt8](repeating: 0, count: 16)
        var count: CInt = 0
        // unsafe: both outlive the call.
        return unsafe EVP_CipherFinal_ex(self.pointer, &rest, &count) == 1
    }

    func tag(ofLength length: Int) throws(CryptoError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: length)
        // unsafe: as many bytes are written as are asked for.
        guard unsafe EVP_CIPHER_CTX_ctrl(self.pointer, EVP_CTRL_AEAD_GET_TAG, CInt(length), &tag) == 1 else {
            throw CryptoError(.noSeal)
        }
        return tag
    }

    func expect(tag: [UInt8]) throws(CryptoError) {
        var tag = tag
        // unsafe: the tag is copied.
        guard unsafe EVP_CIPHER_CTX_ctrl(self.pointer, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), &tag) == 1 else {
            throw CryptoError(.notSealed)
        }
    }
}
