/// Why some bytes are not a valid PROXY header, or why a header cannot be written.
///
/// Two are equal when their ``code`` is, so a test can expect a kind without saying where.
package struct ProxyError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    /// The field being read or written, named as the specification names it.
    package let field: String
    /// Where in the header.
    package let offset: Int

    init(_ code: Code, field: String, offset: Int) {
        self.code = code
        self.field = field
        self.offset = offset
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package var description: String { "\(self.code.rawValue) in \(self.field) at byte \(self.offset)" }

    /// An open set of kinds; the text is for people and log files.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A version 1 line breaks the grammar: spaces, line end, number of fields.
        package static let lineMalformed = Code(rawValue: "malformed line")
        /// No CRLF within 107 bytes.
        package static let lineTooLong = Code(rawValue: "line too long")
        package static let protocolUnknown = Code(rawValue: "unknown protocol")
        package static let addressInvalid = Code(rawValue: "invalid address")
        package static let familyMismatch = Code(rawValue: "address of another family")
        package static let portInvalid = Code(rawValue: "invalid port")
        package static let versionUnsupported = Code(rawValue: "unsupported version")
        package static let commandUnknown = Code(rawValue: "unknown command")
        /// A combination of address family and transport that version 2 does not define.
        package static let familyUnknown = Code(rawValue: "unknown family or transport")
        package static let addressBlockTooShort = Code(rawValue: "address block too short")
        /// The declared length is above the reader's limit, or a value is above its field's.
        package static let tooLong = Code(rawValue: "too long")
        package static let tlvTruncated = Code(rawValue: "truncated tlv")
        package static let checksumWrong = Code(rawValue: "wrong checksum")
        package static let checksumInvalid = Code(rawValue: "invalid checksum tlv")
        package static let uniqueIDTooLong = Code(rawValue: "unique id too long")
        package static let sslInvalid = Code(rawValue: "invalid ssl tlv")
        package static let notRepresentable = Code(rawValue: "not representable in this version")
    }
}
