/// The reason in a RST or GOAWAY frame. Codes we do not know survive.
package struct ErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let noError = ErrorCode(rawValue: 0)
    package static let protocolError = ErrorCode(rawValue: 1)
    package static let internalError = ErrorCode(rawValue: 2)
    package static let flowControl = ErrorCode(rawValue: 3)
    package static let streamClosed = ErrorCode(rawValue: 4)
    package static let streamRefused = ErrorCode(rawValue: 5)
    /// The stream was given up: what its reader has not taken is worth nothing.
    package static let streamCancelled = ErrorCode(rawValue: 6)
    /// The stream was cut *behind* its data: what came before is still read, and then is not taken for the whole.
    ///
    /// No known peer sends 6 or 7 by itself, and to all of them a code is words for a log. Go's hands on what it has
    /// buffered before any reset, and Rust's too.
    package static let streamReset = ErrorCode(rawValue: 7)
    package static let frameSize = ErrorCode(rawValue: 8)
    package static let acceptQueueFull = ErrorCode(rawValue: 9)
    package static let enhanceYourCalm = ErrorCode(rawValue: 10)
    package static let remoteGoneAway = ErrorCode(rawValue: 11)
    package static let streamsExhausted = ErrorCode(rawValue: 12)
    package static let writeTimeout = ErrorCode(rawValue: 13)
    package static let sessionClosed = ErrorCode(rawValue: 14)
    package static let peerEOF = ErrorCode(rawValue: 15)
}

extension ErrorCode: CustomStringConvertible {
    private static let names = [
        "no error", "protocol error", "internal error", "flow control error", "stream closed", "stream refused",
        "stream cancelled", "stream reset", "frame size error", "accept queue full", "enhance your calm",
        "remote gone away", "streams exhausted", "write timeout", "session closed", "peer ended the connection",
    ]

    package var description: String {
        self.rawValue < Self.names.count ? Self.names[Int(self.rawValue)] : "error \(self.rawValue)"
    }
}
