/// A regular expression as a tree.
indirect enum PatternSyntax {
    case empty
    case scalars(ScalarSet)
    case sequence([PatternSyntax])
    case alternatives([PatternSyntax])
    /// `maximum` is `nil` for any number.
    case repeated(PatternSyntax, minimum: Int, maximum: Int?)
    case assertion(PatternAssertion)
}

/// What is true of a place between two scalars.
enum PatternAssertion {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary

    func holds(before: Unicode.Scalar?, after: Unicode.Scalar?) -> Bool {
        switch self {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    /// ASCII only, as in RE2.
    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(ScalarSet.word.contains) ?? false }
}

/// A set of Unicode scalars, as a class in brackets says one.
struct ScalarSet {
    private(set) var ranges: [ClosedRange<UInt32>]
    private(set) var isNegated = false
    /// Whether upper and lower case are the same.
    private(set) var ignoresCase = false

    init(_ ranges: [ClosedRange<UInt32>]) {
        self.ranges = ranges
    }

    init(_ scalar: Unicode.Scalar) {
        self.init([scalar.value...scalar.value])
    }

    static let everything = ScalarSet([0...0x10ffff])
    static let digit = ScalarSet([0x30...0x39])
    static let word = ScalarSet([0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])
    static let space = ScalarSet([0x09...0x0a, 0x0c...0x0d, 0x20...0x20])

    /// POSIX names, `[[:alpha:]]`.
    static let named: [String: ScalarSet] = [
        "alnum": ScalarSet([0x30...0x39, 0x41...0x5a, 0x61...0x7a]), "alpha": ScalarSet([0x41...0x5a, 0x61...0x7a]),
        "ascii": ScalarSet([0...0x7f]), "blank": ScalarSet([0x09...0x09, 0x20...0x20]),
        "cntrl": ScalarSet([0...0x1f, 0x7f...0x7f]), "digit": .digit, "graph": ScalarSet([0x21...0x7e]),
        "lower": ScalarSet([0x61...0x7a]), "print": ScalarSet([0x20...0x7e]),
        "punct": ScalarSet([0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e]),
        "space": ScalarSet([0x09...0x0d, 0x20...0x20]), "upper": ScalarSet([0x41...0x5a]), "word": .word,
        "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]

    var negated: ScalarSet {
        var set = self
        set.isNegated.toggle()
        return set
    }

    var ignoringCase: ScalarSet {
        var set = self
        set.ignoresCase = true
        return set
    }

    /// The ranges outside this set's.
    var complement: [ClosedRange<UInt32>] {
        var rest: [ClosedRange<UInt32>] = []
        var start: UInt32 = 0
        for range in self.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > start { rest.append(start...(range.lowerBound - 1)) }
            start = max(start, range.upperBound + 1)
        }
        if start <= 0x10ffff { rest.append(start...0x10ffff) }
        return rest
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var isInside = self.covers(scalar.value)
        if !isInside, self.ignoresCase {
            isInside = Self.otherCases(of: scalar).contains { self.covers($0.value) }
        }
        return isInside != self.isNegated
    }

    private func covers(_ value: UInt32) -> Bool {
        for range in self.ranges where range.contains(value) { return true }
        return false
    }

    private static func otherCases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        let letter = scalar.value & ~0x20
        if scalar.isASCII {
            return (0x41...0x5a).contains(letter) ? [Unicode.Scalar(UInt8(scalar.value ^ 0x20))] : []
        }
        return [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { mapping in
            mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
        }
    }
}
