import EdgeCore
import EdgeEvents
import JSONText

extension EdgeEvent {
    /// An event that is no more than it must be.
    static func test(
        _ id: String,
        type: EventTypeName = .connectionClosed,
        account: String = "ac_1",
        object: JSONValue = .object([])
    ) -> EdgeEvent {
        EdgeEvent(
            id: id,
            type: type,
            timestamp: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0),
            accountID: account,
            principal: nil,
            object: object
        )
    }

    var line: String { String(decoding: self.encoded, as: UTF8.self) }

    func line(_ fields: [String]) -> String {
        String(decoding: self.encoded(FieldSelection(fields)), as: UTF8.self)
    }
}

extension ConnectionClosedEvent {
    static func test(
        id: String = "ev_1",
        accountID: String = "ac_1",
        serverName: String = "a.example.com",
        decision: IPPolicyDecision? = nil
    ) -> ConnectionClosedEvent {
        ConnectionClosedEvent(
            id: id,
            accountID: accountID,
            bytesIn: 12,
            bytesOut: 34,
            clientAddress: "192.0.2.7",
            start: Timestamp(secondsSinceEpoch: 1_700_000_000, nanoseconds: 5),
            end: Timestamp(secondsSinceEpoch: 1_700_000_001, nanoseconds: 0),
            serverAddress: "::1",
            serverPort: 8443,
            serverName: serverName,
            ipPolicyDecision: decision
        )
    }
}

/// The ids of some events, as they came out.
func ids(_ lines: some Sequence<some StringProtocol>) throws -> [String] {
    try lines.map { try JSONValue(reading: Array($0.utf8))["event_id"]?.text ?? "none" }
}
