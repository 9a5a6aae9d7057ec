import EdgeCore
import EdgeEvents
import JSONText
import Testing

@Suite("Events and their envelope")
struct EdgeEventTests {
    @Test("an event is one line with ngrok's envelope")
    func envelope() {
        let event = EdgeEvent(
            id: "ev_1",
            type: EventTypeName(rawValue: "domain_created.v0"),
            timestamp: Timestamp(secondsSinceEpoch: 1_700_000_000, nanoseconds: 5),
            accountID: "ac_1",
            principal: Principal(
                id: "usr_1",
                subject: "a\n\"b\"@example.com",
                source: .api,
                credential: ResourceReference(id: "ak_1", uri: "https://edge.example.com/api_keys/ak_1")
            ),
            object: .object([.init("id", .string("rd_1"))])
        )
        #expect(
            event.line
                == #"{"event_id":"ev_1","event_type":"domain_created.v0","#
                + #""event_timestamp":"2023-11-14T22:13:20.000000005Z","account_id":"ac_1","#
                + #""principal":{"id":"usr_1","subject":"a\n\"b\"@example.com","source":"API","#
                + #""credential":{"id":"ak_1","uri":"https://edge.example.com/api_keys/ak_1"}},"#
                + #""object":{"id":"rd_1"}}"#
        )
    }

    @Test("who used no API key has no credential, and an object without an address no URI")
    func absent() {
        var event = EdgeEvent.test("ev_1")
        #expect(event.line.contains(#""principal":null,"#))
        event = EdgeEvent(
            id: "ev_1",
            type: .connectionClosed,
            timestamp: event.timestamp,
            accountID: "ac_1",
            principal: Principal(id: "usr_1", subject: "a", source: .dashboard, credential: nil),
            object: .null
        )
        #expect(event.line.contains(#"{"id":"usr_1","subject":"a","source":"Dashboard","credential":null}"#))
        event = EdgeEvent(
            id: "ev_1",
            type: .connectionClosed,
            timestamp: event.timestamp,
            accountID: "ac_1",
            principal: Principal(id: "usr_1", subject: "a", source: .api, credential: .init(id: "ak_1", uri: nil)),
            object: .null
        )
        #expect(event.line.contains(#""credential":{"id":"ak_1","uri":null}"#))
    }

    @Test("fields are chosen of the object, and the envelope stays whole")
    func fields() {
        let event = EdgeEvent(connectionClosed: .test(decision: .allow))
        #expect(
            event.line(["ip_policy.decision", "conn.server_name"])
                == #"{"event_id":"ev_1","event_type":"tcp_connection_closed.v0","#
                + #""event_timestamp":"2023-11-14T22:13:21.000000000Z","account_id":"ac_1","principal":null,"#
                + #""object":{"conn":{"server_name":"a.example.com"},"ip_policy":{"decision":"allow"}}}"#
        )
        #expect(event.line([]) == event.line)
    }
}
