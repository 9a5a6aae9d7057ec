import EdgeCore
import Testing

@Suite("The event of a closed connection")
struct ConnectionClosedEventTests {
    @Test("it is one line with the envelope, the connection and the decision")
    func line() {
        let event = ConnectionClosedEvent(
            id: "ev_1",
            accountID: "ac_1",
            bytesIn: 12,
            bytesOut: 34,
            clientAddress: "192.0.2.7",
            start: Timestamp(secondsSinceEpoch: 1_700_000_000, nanoseconds: 5),
            end: Timestamp(secondsSinceEpoch: 1_700_000_001, nanoseconds: 0),
            serverAddress: "::1",
            serverPort: 8443,
            serverName: "a\"\n.example.com",
            ipPolicyDecision: .block
        )
        #expect(
            event.jsonLine
                == #"{"event_id":"ev_1","event_type":"tcp_connection_closed.v0","#
                + #""event_timestamp":"2023-11-14T22:13:21.000000000Z","account_id":"ac_1","principal":null,"#
                + #""object":{"conn":{"bytes_in":12,"bytes_out":34,"client_ip":"192.0.2.7","#
                + #""start_ts":"2023-11-14T22:13:20.000000005Z","end_ts":"2023-11-14T22:13:21.000000000Z","#
                + #""server_ip":"::1","server_name":"a\"\n.example.com","server_port":8443},"#
                + #""ip_policy":{"decision":"block"}}}"#
        )
    }

    @Test(
        "times are RFC 3339 in UTC with nine decimals",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_399, 999_999_999, "2000-02-28T23:59:59.999999999Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.000000001Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000000Z"),
            (-1, 0, "1969-12-31T23:59:59.000000000Z"),
        ] as [(Int64, Int32, String)]
    )
    func time(_ seconds: Int64, _ nanoseconds: Int32, expected: String) {
        #expect(Timestamp(secondsSinceEpoch: seconds, nanoseconds: nanoseconds).description == expected)
    }

    @Test("moving a time carries over seconds both ways")
    func advanced() {
        let time = Timestamp(secondsSinceEpoch: 10, nanoseconds: 999_999_999)
        #expect(time.advanced(byNanoseconds: 2) == Timestamp(secondsSinceEpoch: 11, nanoseconds: 1))
        #expect(
            time.advanced(byNanoseconds: -1_000_000_000) == Timestamp(secondsSinceEpoch: 9, nanoseconds: 999_999_999)
        )
    }
}
