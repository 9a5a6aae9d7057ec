import EdgeCore
import EdgeEvents
import JSONText
import Testing

@Suite("The event of a closed connection")
struct ConnectionClosedTests {
    private static let start =
        #"{"event_id":"ev_1","event_type":"tcp_connection_closed.v0","#
        + #""event_timestamp":"2023-11-14T22:13:21.000000000Z","account_id":"ac_1","principal":null,"#
        + #""object":{"conn":{"bytes_in":12,"bytes_out":34,"client_ip":"192.0.2.7","#
        + #""start_ts":"2023-11-14T22:13:20.000000005Z","end_ts":"2023-11-14T22:13:21.000000000Z","#
        + #""server_ip":"::1","server_name":""#

    @Test("it is one line with the envelope and the connection, whatever the name has in it")
    func line() {
        let event = EdgeEvent(connectionClosed: .test(serverName: "a\"\n.example.com"))
        #expect(event.line == Self.start + #"a\"\n.example.com","server_port":8443}}}"#)
    }

    @Test(
        "the decision about the client's address is in it where there is one",
        arguments: [.allow, .block] as [IPPolicyDecision]
    )
    func decision(_ decision: IPPolicyDecision) {
        let event = EdgeEvent(connectionClosed: .test(decision: decision))
        #expect(
            event.line == Self.start
                + #"a.example.com","server_port":8443},"ip_policy":{"decision":"\#(decision.rawValue)"}}}"#
        )
    }

    @Test("what a traffic policy logged is in it, after the decision about the client's address")
    func policyLogs() {
        let logs: [JSONValue] = [
            .object([.init("rule", .string("first"))]), .object([.init("rule", .string("second"))]),
        ]
        #expect(
            EdgeEvent(connectionClosed: .test(decision: .allow), policyLogs: logs).line == Self.start
                + #"a.example.com","server_port":8443},"ip_policy":{"decision":"allow"},"#
                + #""traffic_policy":{"logs":[{"rule":"first"},{"rule":"second"}]}}}"#
        )
    }
}
