import AgentProtocol
import Testing
import TrafficPolicy

@Suite("Event filters")
struct EventFilterTests {
    private let subject = EventFilter.Subject(
        clientIP: "192.0.2.7",
        serverIP: "198.51.100.1",
        serverName: "docs.example",
        serverPort: 443
    )

    @Test(
        "want events by their fields",
        arguments: [
            (#"ev.conn.server_name.matches("docs\\.example")"#, true), ("ev.conn.server_port == 80", false),
            ("ev.conn.server_name.matches('.*-your-org.*') && ev.conn.server_port == 80", false),
            ("inCidrRange(ev.conn.client_ip, '192.0.2.0/24') && ev.conn.server_ip != ''", true), ("true", true),
        ]
    )
    func filters(_ source: String, _ isWanted: Bool) throws {
        #expect(try EventFilter(source).admits(self.subject) == isWanted)
    }

    @Test(
        "are refused that ask for what they cannot see",
        arguments: [
            (
                "ev.conn.bytes_in > 0", 5406,
                "'ev.conn.bytes_in' has no value here: filters cannot ask for it (line 1, column 1)"
            ),
            (
                "ev.ip_policy.decision == 'allow'", 5406,
                "'ev.ip_policy' has no value here: filters cannot ask for it (line 1, column 1)"
            ),
            (
                "ev.conn.server_nam == 'a'", 5404,
                "there is no 'ev.conn.server_nam'; did you mean 'ev.conn.server_name'? (line 1, column 1)"
            ),
            ("ev.response.status == 200", 5404, "there is no 'ev.response'; there are 'ev.conn' (line 1, column 1)"),
            ("event_id == 'a'", 5404, "there is no 'event_id'; there are 'ev' (line 1, column 1)"),
            ("ev.conn.server_port", 5404, "the expression must be a bool, not int (line 1, column 1)"),
            (
                "ev.conn.server_port == '443'", 5404,
                "'==' cannot take int and string; convert one, such as with int(…) (line 1, column 21)"
            ),
        ]
    )
    func refusals(_ source: String, _ code: Int, _ reason: String) throws {
        let error = try #require(throws: NgrokError.self) { try EventFilter(source) }
        #expect(error.code == code)
        #expect(error.message.hasSuffix("\(reason)."))
    }

    @Test("may have no answer")
    func errors() throws {
        let filter = try EventFilter("1 / (ev.conn.server_port - 443) > 0")
        #expect(throws: EvaluationError.self) { try filter.admits(self.subject) }
    }
}
