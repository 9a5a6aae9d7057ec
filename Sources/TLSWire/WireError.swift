/// Why some bytes are not the message they claim to be.
///
/// Two are equal when their ``code`` is, so a test can expect a kind without saying where.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    /// The field being read, named as its specification names it.
    package let field: String
    /// Where it went wrong, counted in the stream as it was received, record headers included.
    package var offset: Int
    /// What was found, for people.
    package let detail: String

    package init(_ code: Code, field: String, offset: Int, detail: String) {
        self.code = code
        self.field = field
        self.offset = offset
        self.detail = detail
    }

    /// The fatal alert that answers it.
    package var alert: AlertDescription { self.code.alert }

    package var description: String { "\(self.code) in \(self.field) at byte \(self.offset): \(self.detail)" }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}

extension WireError {
    /// A kind of error, with the alert that RFC 9846 (and 5246, 6066 where they say more) names for it.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        /// Permanent, such as `record-too-long`: log fields and vectors carry it.
        package let name: String
        package let alert: AlertDescription
        package init(name: String, alert: AlertDescription) {
            self.name = name
            self.alert = alert
        }
        package var description: String { self.name }

        /// A record that may not stand here (RFC 9846 section 5).
        package static let unexpectedRecordType = Code(name: "unexpected-record-type", alert: .unexpectedMessage)
        /// The record's major version is not 3.
        package static let badRecordVersion = Code(name: "bad-record-version", alert: .protocolVersion)
        /// A handshake record without bytes, which "MUST NOT" be sent (RFC 9846 section 5.1).
        package static let emptyRecord = Code(name: "empty-record", alert: .unexpectedMessage)
        /// A record that announces more than its limit (RFC 9846 section 5.1).
        package static let recordTooLong = Code(name: "record-too-long", alert: .recordOverflow)
        /// A handshake message of another type.
        package static let unexpectedHandshakeType = Code(name: "unexpected-handshake-type", alert: .unexpectedMessage)
        /// The message announces more than our own limit. No RFC names an alert for a limit; decode_error covers "the
        /// length of the message was incorrect" and is what most suites expect.
        package static let messageTooLong = Code(name: "message-too-long", alert: .decodeError)
        /// Bytes of another message in the record that ends the ClientHello, before anyone answered it.
        package static let bytesAfterMessage = Code(name: "bytes-after-message", alert: .unexpectedMessage)
        /// A field runs past the vector that it is in.
        package static let truncated = Code(name: "truncated", alert: .decodeError)
        /// A vector whose length its specification does not allow.
        package static let badLength = Code(name: "bad-length", alert: .decodeError)
        /// Bytes left over in a vector or message.
        package static let trailingBytes = Code(name: "trailing-bytes", alert: .decodeError)
        /// Two extensions of one type (RFC 9846 section 4.3).
        package static let duplicateExtension = Code(name: "duplicate-extension", alert: .illegalParameter)
        /// No null in the compression methods (RFC 5246 section 7.4.1.2).
        package static let missingNullCompression = Code(name: "missing-null-compression", alert: .illegalParameter)
        /// pre_shared_key before another extension (RFC 9846 section 4.3.11).
        package static let preSharedKeyNotLast = Code(name: "pre-shared-key-not-last", alert: .illegalParameter)
        /// A second host_name (RFC 6066 section 3).
        package static let duplicateServerName = Code(name: "duplicate-server-name", alert: .illegalParameter)
        /// A server_name entry that is no host_name: its body's shape is unknown, so nothing after it can be read.
        package static let unknownNameType = Code(name: "unknown-name-type", alert: .illegalParameter)
        /// A host_name that is no DNS name (RFC 6066 section 3).
        package static let invalidServerName = Code(name: "invalid-server-name", alert: .illegalParameter)
    }
}
