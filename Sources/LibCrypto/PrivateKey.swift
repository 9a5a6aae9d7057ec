import CLibCrypto
import Synchronization

/// A private key, as an `EVP_PKEY` that is freed with the object.
///
/// `@unchecked Sendable`: nothing changes the key after `init`, and OpenSSL lets threads use one at the same time. `@safe`:
/// the pointer lives as long as the object.
@safe
package final class PrivateKey: @unchecked Sendable {
    package enum Kind: Hashable, Sendable {
        case ecdsaP256, ecdsaP384, ecdsaP521, ed25519
        case rsa(bits: Int)
    }

    package let kind: Kind
    /// For calls that leave it as it is, and end before the object does.
    let key: OpaquePointer
    /// OpenSSL 3 looks its encoders up anew for each text, which takes longer than a signature.
    private let written = Mutex<(pem: String?, publicKey: [UInt8]?)>((nil, nil))

    /// Makes a new one.
    package init(_ kind: Kind) throws(CryptoError) {
        ERR_clear_error()
        // unsafe: the names are constants that are read during the call, and the key is ours.
        let key: OpaquePointer?
        switch kind {
        case .ecdsaP256: unsafe key = shim_generate_EC("P-256")
        case .ecdsaP384: unsafe key = shim_generate_EC("P-384")
        case .ecdsaP521: unsafe key = shim_generate_EC("P-521")
        case .ed25519: unsafe key = shim_generate_ED25519()
        case .rsa(let bits): unsafe key = shim_generate_RSA(bits)
        }
        guard let key = unsafe key else { throw CryptoError(.noKey) }
        self.kind = kind
        unsafe self.key = key
    }

    /// One that was written before, in DER: PKCS #8, or what the kind had before that.
    package init(_ kind: Kind, der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        // unsafe: OpenSSL reads within the buffer, and the key is ours.
        let key = unsafe der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return unsafe d2i_AutoPrivateKey(nil, &next, buffer.count)
        }
        guard let key = unsafe key else { throw CryptoError(.noKey) }
        self.kind = kind
        unsafe self.key = key
    }

    /// Somebody else's, in DER: PKCS #8, SEC 1 or PKCS #1.
    ///
    /// - Throws: `noKey` for what is no key, or is of a kind that nothing here uses.
    package init(der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        // unsafe: OpenSSL reads within the buffer, and the key is ours.
        let key = unsafe der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return unsafe d2i_AutoPrivateKey(nil, &next, buffer.count)
        }
        guard let key = unsafe key else { throw CryptoError(.noKey) }
        guard let kind = unsafe Self.kind(of: key) else {
            unsafe EVP_PKEY_free(key)
            throw CryptoError(.noKey)
        }
        self.kind = kind
        unsafe self.key = key
    }

    /// - Parameter key: Is only read.
    private static func kind(of key: OpaquePointer) -> Kind? {
        let bits = Int(unsafe EVP_PKEY_get_bits(key))
        if unsafe shim_EVP_PKEY_is_RSA(key) == 1 { return .rsa(bits: bits) }
        if unsafe shim_EVP_PKEY_is_ED25519(key) == 1 { return .ed25519 }
        guard unsafe shim_EVP_PKEY_is_EC(key) == 1 else { return nil }
        switch bits {
        case 256: return .ecdsaP256
        case 384: return .ecdsaP384
        case 521: return .ecdsaP521
        default: return nil
        }
    }

    deinit {
        unsafe EVP_PKEY_free(self.key)
    }

    /// The public half as a certificate holds it: a DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    package var publicKey: [UInt8] {
        get throws(CryptoError) {
            if let known = self.written.withLock({ $0.publicKey }) { return known }
            let bytes = try self.encodedPublicKey
            self.written.withLock { $0.publicKey = bytes }
            return bytes
        }
    }

    private var encodedPublicKey: [UInt8] {
        get throws(CryptoError) {
            ERR_clear_error()
            let count = Int(unsafe i2d_PUBKEY(self.key, nil))
            guard count > 0 else { throw CryptoError(.noEncoding) }
            // unsafe: the first call said how many bytes the second writes.
            return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
                var next = buffer.baseAddress
                initializedCount = max(0, Int(unsafe i2d_PUBKEY(self.key, &next)))
            }
        }
    }

    /// The key as a PEM file has it, unencrypted PKCS #8 (RFC 5958).
    package var pem: String {
        get throws(CryptoError) {
            if let known = self.written.withLock({ $0.pem }) { return known }
            let text = try self.encodedPEM
            self.written.withLock { $0.pem = text }
            return text
        }
    }

    private var encodedPEM: String {
        get throws(CryptoError) {
            ERR_clear_error()
            let memory = try MemoryBIO()
            guard unsafe PEM_write_bio_PrivateKey(memory.bio, self.key, nil, nil, 0, nil, nil) == 1 else {
                throw CryptoError(.noEncoding)
            }
            return String(decoding: memory.contents(), as: UTF8.self)
        }
    }

    /// Whether a certificate, in DER, was issued for this key.
    package func isKey(of certificate: [UInt8]) throws(CryptoError) -> Bool {
        ERR_clear_error()
        return try ParsedCertificate(certificate).isOf(self)
    }

    /// Signs as certificates are signed: SHA-256 with RSA (PKCS #1 v1.5) and P-256, SHA-384 with P-384,
    /// SHA-512 with P-521.
    package func signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        guard let context = unsafe EVP_MD_CTX_new() else { throw CryptoError(.outOfMemory) }
        defer { unsafe EVP_MD_CTX_free(context) }
        // unsafe: digests are constants of the library; the key outlives the context.
        let digest: OpaquePointer?
        switch self.kind {
        case .ecdsaP256, .rsa: unsafe digest = EVP_sha256()
        case .ecdsaP384: unsafe digest = EVP_sha384()
        case .ecdsaP521: unsafe digest = EVP_sha512()
        // Ed25519 hashes by itself (RFC 8032).
        case .ed25519: unsafe digest = nil
        }
        var count = 0
        guard unsafe EVP_DigestSignInit(context, nil, digest, nil, self.key) == 1,
            unsafe EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { throw CryptoError(.noSignature) }
        var signature = [UInt8](repeating: 0, count: count)
        guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            throw CryptoError(.noSignature)
        }
        // The first count is what it takes at most: an ECDSA signature is as long as its numbers are.
        return Array(signature.prefix(count))
    }
}
