import CLibCrypto

/// SHA-256 (FIPS 180-4) of bytes that come at once or piece by piece.
package struct SHA256: Sendable {
    private var state = DigestState()

    package init() {}

    package mutating func update(_ bytes: [UInt8]) {
        if !isKnownUniquelyReferenced(&self.state) { self.state = DigestState(copying: self.state) }
        self.state.update(bytes)
    }

    /// The digest of everything so far, 32 bytes. More bytes may follow.
    package var digest: [UInt8] { DigestState(copying: self.state).finish() }

    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        // unsafe: OpenSSL reads the array's bytes during the call and keeps no pointer; 32 bytes are written.
        let result = unsafe bytes.withUnsafeBytes {
            unsafe EVP_Digest($0.baseAddress, $0.count, &digest, nil, DigestState.algorithm, nil)
        }
        guard result == 1 else { fatalError("libcrypto cannot make a SHA-256: \(CryptoError(.outOfMemory))") }
        return digest
    }
}

/// An `EVP_MD_CTX`, freed with the object. It can only fail for want of memory, which ends a Swift program elsewhere too.
///
/// `@unchecked Sendable`: values of ``SHA256`` share one only as long as none of them changes it. `@safe`: the pointer
/// lives as long as the object.
@safe
private final class DigestState: @unchecked Sendable {
    /// Fetched once, and never freed: what `EVP_sha256()` gives is looked up again, behind a lock, by every digest.
    ///
    /// `nonisolated(unsafe)`: it is never changed, and OpenSSL's algorithms may be shared by threads.
    nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            fatalError("libcrypto has no SHA-256: \(CryptoError(.outOfMemory))")
        }
        return unsafe algorithm
    }()

    private let context: OpaquePointer

    init() {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
            fatalError("libcrypto has no SHA-256: \(CryptoError(.outOfMemory))")
        }
        unsafe self.context = context
    }

    init(copying other: DigestState) {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_MD_CTX_copy_ex(context, other.context) == 1 else {
            fatalError("libcrypto cannot copy a SHA-256: \(CryptoError(.outOfMemory))")
        }
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(self.context)
    }

    func update(_ bytes: [UInt8]) {
        // unsafe: OpenSSL reads the array's bytes during the call and keeps no pointer.
        let result = unsafe bytes.withUnsafeBytes {
            unsafe EVP_DigestUpdate(self.context, $0.baseAddress, $0.count)
        }
        guard result == 1 else { fatalError("libcrypto cannot go on with a SHA-256: \(CryptoError(.outOfMemory))") }
    }

    /// Ends the context: nothing may follow.
    func finish() -> [UInt8] {
        // unsafe: 32 bytes are written, for which there is room.
        var digest = [UInt8](repeating: 0, count: 32)
        guard unsafe EVP_DigestFinal_ex(self.context, &digest, nil) == 1 else {
            fatalError("libcrypto cannot end a SHA-256: \(CryptoError(.outOfMemory))")
        }
        return digest
    }
}
