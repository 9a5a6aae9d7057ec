/// The number that every random choice of ours is derived from: payloads, nonces and all that the byte client sends are the
/// same for the same seed. OpenSSL and BoringSSL draw their random values and key shares themselves.
package struct Seed: Hashable, Sendable, CustomStringConvertible {
    package let value: UInt64
    package init(value: UInt64) { self.value = value }

    /// Reads `0x5eed` or a decimal number; `nil` for anything else.
    package init?(_ text: String) {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        guard let value = UInt64(isHexadecimal ? String(text.dropFirst(2)) : text, radix: isHexadecimal ? 16 : 10)
        else { return nil }
        self.value = value
    }

    package static func random() -> Seed { Seed(value: .random(in: .min ... .max)) }

    package var description: String { "0x" + String(self.value, radix: 16) }

    /// The seed of one case: a mix of the run's seed and the case's id (FNV-1a, then the finaliser of splitmix64), so
    /// that a case has the same seed whether it runs alone or among others.
    package func derived(for id: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        var mixed = hash ^ self.value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Sixteen hexadecimal digits that mark the data of one connection, so that an upstream's record shows whose it was.
    ///
    /// - Parameters:
    ///   - repetition: how often the case was played before.
    ///   - connection: which of its connections it is.
    package func nonce(for id: String, repetition: Int = 0, connection: Int = 0) -> String {
        let text = String(self.derived(for: "\(id)#nonce.\(repetition).\(connection)"), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
