import JSONText

/// Why some bytes are not the message they should be.
///
/// Two are equal when their ``code`` is, so a test can expect a kind without saying where.
package struct MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    /// The JSON key, or the place in the text.
    package let field: String

    init(_ code: Code, field: String) {
        self.code = code
        self.field = field
    }

    init(_ error: JSONError) {
        self.init(error.code == .tooDeep ? .tooDeep : .malformed, field: "json at byte \(error.offset)")
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package var description: String { "\(self.code.rawValue): \(self.field)" }

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let malformed = Code(rawValue: "malformed JSON")
        package static let tooDeep = Code(rawValue: "JSON nested too deeply")
        package static let tooLong = Code(rawValue: "message too long")
        /// A value of another JSON type than the field's.
        package static let wrongType = Code(rawValue: "value of the wrong type")
        package static let notBase64 = Code(rawValue: "bytes that are not base64")
    }
}
