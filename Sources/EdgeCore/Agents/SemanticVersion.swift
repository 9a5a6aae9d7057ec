/// A version as Semantic Versioning 2.0.0 has it. What stands behind `+` says nothing of the order, and is not kept.
package struct SemanticVersion: Hashable, Sendable, CustomStringConvertible {
    private let numbers: [UInt64]
    /// What stands behind `-`, of a version that comes before the one without it.
    private let preRelease: [Identifier]

    private enum Identifier: Hashable, Sendable {
        case number(UInt64)
        case word(String)
    }

    /// `nil` for a text that is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, Self.identifiers(parts[1], areOrdered: false) == nil { return nil }
        let halves = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map { Self.number($0) }
        guard numbers.count == 3, !numbers.contains(nil) else { return nil }
        self.numbers = numbers.compactMap(\.self)
        guard halves.count == 2 else {
            self.preRelease = []
            return
        }
        guard let preRelease = Self.identifiers(halves[1], areOrdered: true) else { return nil }
        self.preRelease = preRelease
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard text == "0" || text.first != "0", text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return UInt64(text)
    }

    /// - Parameter areOrdered: Then those of digits are numbers, which have no zero in front.
    private static func identifiers(_ text: Substring, areOrdered: Bool) -> [Identifier]? {
        var identifiers: [Identifier] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
                return nil
            }
            if areOrdered, part.allSatisfy(\.isNumber) {
                guard let number = Self.number(part) else { return nil }
                identifiers.append(.number(number))
            } else {
                identifiers.append(.word(String(part)))
            }
        }
        return identifiers
    }

    package var description: String {
        let release = self.numbers.map { "\($0)" }.joined(separator: ".")
        guard !self.preRelease.isEmpty else { return release }
        let words = self.preRelease.map { identifier in
            switch identifier {
            case .number(let number): "\(number)"
            case .word(let word): word
            }
        }
        return "\(release)-\(words.joined(separator: "."))"
    }
}

extension SemanticVersion: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        guard lhs.numbers == rhs.numbers else { return lhs.numbers.lexicographicallyPrecedes(rhs.numbers) }
        guard !lhs.preRelease.isEmpty, !rhs.preRelease.isEmpty else {
            return !lhs.preRelease.isEmpty && rhs.preRelease.isEmpty
        }
        return lhs.preRelease.lexicographicallyPrecedes(rhs.preRelease) { Self.precedes($0, $1) }
    }

    private static func precedes(_ lhs: Identifier, _ rhs: Identifier) -> Bool {
        switch (lhs, rhs) {
        case (.number(let lhs), .number(let rhs)): lhs < rhs
        case (.number, .word): true
        case (.word, .number): false
        case (.word(let lhs), .word(let rhs)): lhs.utf8.lexicographicallyPrecedes(rhs.utf8)
        }
    }
}
