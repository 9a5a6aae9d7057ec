package import JSONText

/// A request or a reply of ngrok's agent protocol: one JSON value on a stream of its own.
///
/// Keys are written as the Go agent spells them and read without regard to case. Unknown keys are ignored, so that newer agents
/// are understood.
package protocol AgentMessage: Hashable, Sendable {
    init(json: JSONValue) throws(MessageError)
    var json: JSONValue { get }
}

extension AgentMessage {
    package init(decoding text: [UInt8]) throws(MessageError) {
        let json: JSONValue
        do {
            json = try JSONValue(reading: text)
        } catch {
            throw MessageError(error)
        }
        try self.init(json: json)
    }

    /// Compact JSON with a line feed, as Go's encoder ends a value.
    package var encoded: [UInt8] { self.json.encoded + [UInt8(ascii: "\n")] }
}

/// A reply that can refuse: an empty ``error`` is success.
package protocol AgentReply: AgentMessage {
    /// Text for people with an `ERR_NGROK_…` line at its end, or empty. See ``NgrokError/init(text:)``.
    var error: String { get }
}
