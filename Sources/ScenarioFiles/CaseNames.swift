/// The names of one case's endpoints: the same in every process and on every machine, and another case's never.
package struct CaseNames: Hashable, Sendable {
    private let suffix: String
    private let baseDomain: String
    /// Names that are given, by the endpoint's key.
    private let given: [String: String]

    package init(caseID: String, baseDomain: String, given: [String: String] = [:]) {
        self.suffix = Self.hexadecimal(StableHash.value(of: caseID))
        self.baseDomain = baseDomain
        self.given = given
    }

    /// `tenant-3fa9c2d1b07e.shakedown.test`
    package func name(of key: String) -> String { self.given[key] ?? "\(key)-\(self.suffix).\(self.baseDomain)" }

    /// A name that nobody serves.
    package var unknown: String { self.name(of: "unknown") }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}

/// FNV-1a over the bytes of a text, 64 bits folded to 48; `Hasher` differs from process to process.
///
/// Of 20,000 cases, two have the same 48 bits once in a million catalogues; with 32 bits it is once in twenty.
package enum StableHash {
    package static func value(of text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash ^= UInt64(byte)
            hash &*= 0x0000_0100_0000_01b3
        }
        return (hash >> 48) ^ (hash & 0xffff_ffff_ffff)
    }
}
