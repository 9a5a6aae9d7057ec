import CLibCrypto

/// A `BIO` that keeps what is written to it in memory, freed when it goes out of scope.
@safe
struct MemoryBIO: ~Copyable {
    let bio: OpaquePointer

    init() throws(CryptoError) {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw CryptoError(.outOfMemory) }
        unsafe self.bio = bio
    }

    deinit {
        unsafe BIO_free(self.bio)
    }

    func write(_ bytes: [UInt8]) throws(CryptoError) {
        guard !bytes.isEmpty else { return }
        // unsafe: OpenSSL copies the array's bytes during the call.
        guard let count = CInt(exactly: bytes.count), unsafe BIO_write(self.bio, bytes, count) == count else {
            throw CryptoError(.outOfMemory)
        }
    }

    /// Everything that was written and not yet read.
    func contents() -> [UInt8] {
        let count = unsafe shim_BIO_available(self.bio)
        guard count > 0 else { return [] }
        // unsafe: OpenSSL writes at most `count` bytes and says how many.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            initializedCount = max(0, Int(unsafe BIO_read(self.bio, buffer.baseAddress, CInt(count))))
        }
    }
}
