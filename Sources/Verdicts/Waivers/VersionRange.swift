/// Versions that all of some comparisons hold for: `>=2.6 <2.8`.
package struct VersionRange: Hashable, Sendable, Codable {
    private let comparisons: [Comparison]

    private struct Comparison: Hashable, Sendable, Codable {
        var sign: Sign
        var version: [Int]
    }

    private enum Sign: String, CaseIterable, Codable {
        // The two-character signs first: each begins with another one.
        case notBefore = ">="
        case notAfter = "<="
        case after = ">"
        case before = "<"
        case equal = "="
    }

    /// `nil` when a word is no comparison.
    package init?(_ text: String) {
        var comparisons: [Comparison] = []
        for word in text.split(separator: " ") {
            guard let sign = Sign.allCases.first(where: { word.hasPrefix($0.rawValue) }) else { return nil }
            let version = Self.numbers(of: String(word.dropFirst(sign.rawValue.count)))
            guard !version.isEmpty else { return nil }
            comparisons.append(Comparison(sign: sign, version: version))
        }
        guard !comparisons.isEmpty else { return nil }
        self.comparisons = comparisons
    }

    /// A version counts to the depth that the range names: `2.6.12-1` is `=2.6` and `<=2.6`.
    package func contains(_ version: String) -> Bool {
        let numbers = Self.numbers(of: version)
        guard !numbers.isEmpty else { return false }
        return self.comparisons.allSatisfy { comparison in
            let depth = comparison.version.count
            let version = Array((numbers + Array(repeating: 0, count: depth)).prefix(depth))
            return switch comparison.sign {
            case .notBefore: !version.lexicographicallyPrecedes(comparison.version)
            case .notAfter: !comparison.version.lexicographicallyPrecedes(version)
            case .after: comparison.version.lexicographicallyPrecedes(version)
            case .before: version.lexicographicallyPrecedes(comparison.version)
            case .equal: version == comparison.version
            }
        }
    }

    /// The numbers at the beginning: 2, 6 and 12 of `2.6.12-1+deb12u4`.
    private static func numbers(of text: String) -> [Int] {
        var numbers: [Int] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { break }
            numbers.append(number)
            if digits.count != part.count { break }
        }
        return numbers
    }
}
