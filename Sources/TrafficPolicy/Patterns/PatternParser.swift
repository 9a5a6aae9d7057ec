/// Why a text is no regular expression.
struct PatternError: Error, Hashable {
    /// Lower case, no full stop.
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// Reads RE2's syntax, without what RE2 has beyond the everyday: Unicode classes (`\pL`), `\Q…\E`, octal escapes. Each of those
/// is an error that says so. What RE2 leaves out is left out too: back-references and looking around cannot be matched in
/// linear time.
struct PatternParser {
    private let pattern: [Unicode.Scalar]
    private var offset = 0
    private var depth = 0
    private var flags = Flags()

    /// `(?i)` and its like, until the end of the group they are in.
    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotIsEverything = false
    }

    private static let maximumDepth = 100
    /// RE2's bound of a repetition.
    private static let maximumRepetition = 1000

    private init(_ pattern: String) {
        self.pattern = Array(pattern.unicodeScalars)
    }

    static func parse(_ pattern: String) throws(PatternError) -> PatternSyntax {
        var parser = Self(pattern)
        let syntax = try parser.readAlternatives()
        guard parser.next == nil else { throw PatternError("a ')' without its '('") }
        return syntax
    }

    private var next: Unicode.Scalar? { self.offset < self.pattern.count ? self.pattern[self.offset] : nil }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard self.next == scalar else { return false }
        self.offset += 1
        return true
    }

    private mutating func accept(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard self.pattern[self.offset...].starts(with: scalars) else { return false }
        self.offset += scalars.count
        return true
    }

    private mutating func readAlternatives() throws(PatternError) -> PatternSyntax {
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= Self.maximumDepth else { throw PatternError("groups inside more than 100 groups") }
        var alternatives = [try self.readSequence()]
        while self.accept("|" as Unicode.Scalar) { alternatives.append(try self.readSequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func readSequence() throws(PatternError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = self.next, scalar != "|", scalar != ")" {
            parts.append(try self.readRepetition(of: try self.readAtom()))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func readRepetition(of atom: PatternSyntax) throws(PatternError) -> PatternSyntax {
        guard let (minimum, maximum) = try self.readCount() else { return atom }
        // Whether as little or as much as possible is taken makes no difference to whether there is a match.
        _ = self.accept("?" as Unicode.Scalar)
        guard try self.readCount() == nil else { throw PatternError("a repetition of a repetition, such as a**") }
        return .repeated(atom, minimum: minimum, maximum: maximum)
    }

    private mutating func readCount() throws(PatternError) -> (Int, Int?)? {
        switch self.next {
        case "*":
            self.offset += 1
            return (0, nil)
        case "+":
            self.offset += 1
            return (1, nil)
        case "?":
            self.offset += 1
            return (0, 1)
        case "{":
            return try self.readBounds()
        default:
            return nil
        }
    }

    /// `{3}`, `{3,}`, `{3,5}`; a brace that begins none of these stands for itself, as in RE2.
    private mutating func readBounds() throws(PatternError) -> (Int, Int?)? {
        let start = self.offset
        self.offset += 1
        guard let minimum = self.readNumber() else {
            self.offset = start
            return nil
        }
        var maximum: Int? = minimum
        if self.accept("," as Unicode.Scalar) { maximum = self.readNumber() }
        guard self.accept("}" as Unicode.Scalar) else {
            self.offset = start
            return nil
        }
        guard minimum <= Self.maximumRepetition, maximum ?? minimum <= Self.maximumRepetition,
            minimum <= maximum ?? minimum
        else { throw PatternError("a repetition may be at most {\(Self.maximumRepetition)}, and not backwards") }
        return (minimum, maximum)
    }

    private mutating func readNumber() -> Int? {
        let start = self.offset
        while let scalar = self.next, ScalarSet.digit.contains(scalar), self.offset - start < 6 { self.offset += 1 }
        return Int(String(String.UnicodeScalarView(self.pattern[start..<self.offset])))
    }
}

extension PatternParser {
    private mutating func readAtom() throws(PatternError) -> PatternSyntax {
        guard let scalar = self.next else { return .empty }
        self.offset += 1
        switch scalar {
        case "(": return try self.readGroup()
        case "[": return .scalars(self.cased(try self.readClass()))
        case ".": return .scalars(self.flags.dotIsEverything ? .everything : ScalarSet("\n").negated)
        case "^": return .assertion(self.flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(self.flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw PatternError("a '\(scalar)' with nothing to repeat")
        case "{" where self.isCount: throw PatternError("a '{' with nothing to repeat")
        case "\\": return try self.readEscapedAtom()
        default: return .scalars(self.cased(ScalarSet(scalar)))
        }
    }

    /// Whether what follows a brace makes it a repetition.
    private var isCount: Bool {
        var ahead = self
        ahead.offset -= 1
        guard let bounds = try? ahead.readBounds() else { return false }
        return bounds.0 >= 0
    }

    private func cased(_ set: ScalarSet) -> ScalarSet { self.flags.ignoresCase ? set.ignoringCase : set }

    private mutating func readGroup() throws(PatternError) -> PatternSyntax {
        let outer = self.flags
        if self.accept("?" as Unicode.Scalar) {
            if self.accept("P<") || self.accept("<") {
                try self.readGroupName()
            } else if try self.readFlags() {
                // (?i) holds until the end of the group around it.
                return .empty
            }
        }
        let inner = try self.readAlternatives()
        guard self.accept(")" as Unicode.Scalar) else { throw PatternError("a '(' without its ')'") }
        self.flags = outer
        return inner
    }

    private mutating func readGroupName() throws(PatternError) {
        let start = self.offset
        while let scalar = self.next, ScalarSet.word.contains(scalar) { self.offset += 1 }
        guard self.offset > start, self.accept(">" as Unicode.Scalar) else {
            throw PatternError("a group's name has letters, digits and '_', and ends with '>'; RE2 cannot look behind")
        }
    }

    /// Reads `i`, `-s`, `im-s` and `:` or `)` behind them; `true` if the group ends there.
    private mutating func readFlags() throws(PatternError) -> Bool {
        var isOn = true
        while let scalar = self.next {
            self.offset += 1
            switch scalar {
            case "i": self.flags.ignoresCase = isOn
            case "m": self.flags.isMultiline = isOn
            case "s": self.flags.dotIsEverything = isOn
            case "U": break
            case "-": isOn = false
            case ":": return false
            case ")": return true
            case "=", "!": throw PatternError("RE2 cannot look ahead, '(?\(scalar)'")
            default: throw PatternError("there is no flag '\(scalar)' of a group")
            }
        }
        throw PatternError("a '(' without its ')'")
    }

    private mutating func readEscapedAtom() throws(PatternError) -> PatternSyntax {
        switch self.next {
        case "A":
            self.offset += 1
            return .assertion(.textStart)
        case "z":
            self.offset += 1
            return .assertion(.textEnd)
        case "b":
            self.offset += 1
            return .assertion(.wordBoundary)
        case "B":
            self.offset += 1
            return .assertion(.noWordBoundary)
        default:
            if let set = self.readPerlClass() { return .scalars(set) }
            return .scalars(self.cased(ScalarSet(try self.readEscape())))
        }
    }

    private mutating func readPerlClass() -> ScalarSet? {
        let set: ScalarSet
        switch self.next {
        case "d": set = .digit
        case "D": set = .digit.negated
        case "w": set = .word
        case "W": set = .word.negated
        case "s": set = .space
        case "S": set = .space.negated
        default: return nil
        }
        self.offset += 1
        return set
    }

    /// What a backslash and what follows stand for.
    private mutating func readEscape() throws(PatternError) -> Unicode.Scalar {
        guard let scalar = self.next else { throw PatternError("a '\\' at the end") }
        self.offset += 1
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0b}"
        case "x": return try self.readCode()
        case "p", "P": throw PatternError("classes of Unicode, '\\\(scalar)', are not supported")
        case "0"..."9": throw PatternError("'\\\(scalar)': RE2 has no back-references, and octal is not supported")
        default:
            guard scalar.isASCII, !ScalarSet.word.contains(scalar) else {
                throw PatternError("there is no escape '\\' with \(SourceText.shown(scalar))")
            }
            return scalar
        }
    }

    /// `41` or `{1F431}`.
    private mutating func readCode() throws(PatternError) -> Unicode.Scalar {
        let isBraced = self.accept("{" as Unicode.Scalar)
        let start = self.offset
        while let scalar = self.next, scalar.properties.isASCIIHexDigit, self.offset - start < (isBraced ? 6 : 2) {
            self.offset += 1
        }
        let digits = String(String.UnicodeScalarView(self.pattern[start..<self.offset]))
        guard let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init), isBraced || digits.count == 2,
            !isBraced || self.accept("}" as Unicode.Scalar)
        else { throw PatternError("'\\x' needs two digits, or braces with a code point in them") }
        return scalar
    }
}

extension PatternParser {
    /// What stands between brackets, the first of which has been read.
    private mutating func readClass() throws(PatternError) -> ScalarSet {
        let isNegated = self.accept("^" as Unicode.Scalar)
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = self.next {
            if scalar == "]", !isFirst {
                self.offset += 1
                return isNegated ? ScalarSet(ranges).negated : ScalarSet(ranges)
            }
            isFirst = false
            ranges += try self.readClassItem(scalar)
        }
        throw PatternError("a '[' without its ']'")
    }

    private mutating func readClassItem(_ scalar: Unicode.Scalar) throws(PatternError) -> [ClosedRange<UInt32>] {
        if self.accept("[:") {
            let isNegated = self.accept("^" as Unicode.Scalar)
            let start = self.offset
            while let scalar = self.next, ScalarSet.word.contains(scalar) { self.offset += 1 }
            let name = String(String.UnicodeScalarView(self.pattern[start..<self.offset]))
            guard let set = ScalarSet.named[name], self.accept(":]") else {
                throw PatternError("there is no class '[:\(name):]'")
            }
            return isNegated ? set.complement : set.ranges
        }
        self.offset += 1
        var first = scalar
        if scalar == "\\" {
            if let set = self.readPerlClass() { return set.isNegated ? set.complement : set.ranges }
            first = try self.readEscape()
        }
        guard self.next == "-", self.offset + 1 < self.pattern.count, self.pattern[self.offset + 1] != "]" else {
            return [first.value...first.value]
        }
        self.offset += 1
        var last = self.pattern[self.offset]
        self.offset += 1
        if last == "\\" { last = try self.readEscape() }
        guard first <= last else { throw PatternError("the range '\(first)-\(last)' is backwards") }
        return [first.value...last.value]
    }
}
