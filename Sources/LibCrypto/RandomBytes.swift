import CLibCrypto

/// Bytes that nobody can guess, for keys and nonces.
package enum RandomBytes {
    package static func draw(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // unsafe: as many bytes are written as there is room for.
        guard let length = CInt(exactly: count), unsafe RAND_bytes(&bytes, length) == 1 else {
            throw CryptoError(.noRandomness)
        }
        return bytes
    }
}
