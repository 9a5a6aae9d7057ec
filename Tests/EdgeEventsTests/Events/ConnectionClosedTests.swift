import EdgeCore
import EdgeEvents
import JSONText
import Testing

@Suite("The event of a closed connection, among others")
struct ConnectionClosedTests {
    @Test(
        "it is byte for byte the line that the edge has always written",
        arguments: [nil, .allow, .block] as [IPPolicyDecision?],
        ["a.example.com", "a\"\n\u{7f}\u{2028}é.example.com", ""]
    )
    func sameLine(_ decision: IPPolicyDecision?, _ serverName: String) {
        let event = ConnectionClosedEvent.test(serverName: serverName, decision: decision)
        #expect(EdgeEvent(connectionClosed: event).line == event.jsonLine)
    }

    @Test("what a traffic policy logged is in it, after the decision about the client's address")
    func policyLogs() {
        let event = ConnectionClosedEvent.test(decision: .allow)
        let logs: [JSONValue] = [
            .object([.init("rule", .string("first"))]), .object([.init("rule", .string("second"))]),
        ]
        #expect(
            EdgeEvent(connectionClosed: event, policyLogs: logs).line
                == event.jsonLine.dropLast(2)
                + #","traffic_policy":{"logs":[{"rule":"first"},{"rule":"second"}]}}}"#
        )
    }
}
