/// Why a text is no expression, and where.
///
/// Two are equal when their ``code`` is, so a test can expect a kind without saying where.
package struct ExpressionError: Error, Hashable, Sendable {
    package let code: Code
    /// Lower case, no full stop, with what was most likely meant.
    package let message: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let malformed = Code(rawValue: "malformed")
        package static let tooLong = Code(rawValue: "too long")
        package static let tooDeep = Code(rawValue: "too deep")
        package static let unknownName = Code(rawValue: "unknown name")
        /// A name that ngrok knows and that has no value here.
        package static let unavailable = Code(rawValue: "unavailable")
        package static let wrongType = Code(rawValue: "wrong type")
        package static let unsupported = Code(rawValue: "unsupported")
        package static let invalidPattern = Code(rawValue: "invalid pattern")
    }
}

extension ExpressionError: CustomStringConvertible {
    package var description: String { "\(self.message) (line \(self.line), column \(self.column))" }
}

/// The same with a place in bytes, which is all that lexer, parser and checker know.
struct SourceError: Error {
    let code: ExpressionError.Code
    let message: String
    let offset: Int

    init(_ code: ExpressionError.Code, _ message: String, at offset: Int) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    func located(in source: [UInt8]) -> ExpressionError {
        var line = 1
        var column = 1
        for byte in source.prefix(self.offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                // Not the rest of a scalar that has been counted.
                column += 1
            }
        }
        return ExpressionError(code: self.code, message: self.message, line: line, column: column)
    }
}

/// What an expression may be at most: everything that reads or runs one ends within these, whatever it is given.
enum ExpressionLimits {
    /// ngrok names none. A rule with a thousand CIDR blocks in it has some 20 KiB.
    static let length = 64 * 1024
    /// cel-spec asks for 32 repetitions ("Limits"). Each level takes a few frames of the stack in the parser, the checker and
    /// the evaluator.
    static let depth = 100
}
