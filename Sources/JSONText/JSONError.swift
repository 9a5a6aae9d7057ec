/// Why a text is no JSON value. Two are equal when their ``code`` is.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    /// Where reading stopped, in bytes.
    package let offset: Int

    init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package var description: String { "\(self.code.rawValue) at byte \(self.offset)" }

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let malformed = Code(rawValue: "malformed JSON")
        package static let tooDeep = Code(rawValue: "JSON nested too deeply")
    }
}
