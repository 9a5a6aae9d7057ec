/// CRC-32C, the Castagnoli polynomial (RFC 4960 appendix B).
package enum CRC32C {
    /// The checksum of `bytes`; `zeroing` is read as zeros, which is how a checksum field is left out of its own sum.
    package static func checksum(_ bytes: some Collection<UInt8>, zeroing: Range<Int> = 0..<0) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for (offset, byte) in bytes.enumerated() {
            let byte = zeroing.contains(offset) ? 0 : byte
            sum = sum >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)]
        }
        return ~sum
    }

    /// One step for each value of a byte, from the reflected polynomial.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82f6_3b78 }
    }
}
