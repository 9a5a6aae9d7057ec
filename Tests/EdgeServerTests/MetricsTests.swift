import AgentProtocol
import CredentialTesting
import EdgeServer
import HangTesting
import NIOCore
import Testing

@Suite("What an edge has counted", .noHang)
struct MetricsTests {
    /// Asks until the answer is the one expected, because counts come a little later than what they count.
    private static func metrics(_ edge: TestEdge, are expected: [String]) async throws -> [String] {
        var seen: [String] = []
        for _ in 0..<2_000 {
            seen = try await edge.metrics()
            if seen == expected { break }
        }
        return seen
    }

    @Test("a connection has one answer, so that answers that nobody reads do not pile up")
    func oneAnswer() async throws {
        try await TestEdge.run { edge in
            let client = try await edge.connectToMetrics()
            let request = "GET /healthz HTTP/1.1\r\nhost: edge\r\n\r\n"
            try await client.send(Array(String(repeating: request, count: 3).utf8))
            let answers = try await client.end().text
            #expect(answers.split(separator: "HTTP/1.1 200").count == 1)
            #expect(answers.hasSuffix("ok\n"))
        }
    }

    @Test("32 connections may wait there, and one that goes makes room")
    func readers() async throws {
        try await TestEdge.run { edge in
            var waiting: [TestClient] = []
            for _ in 0..<32 { waiting.append(try await edge.connectToMetrics()) }
            let refused = try await edge.connectToMetrics()
            #expect(try await refused.end().bytes.isEmpty)
            waiting.removeLast().channel.close(promise: nil)
            var metrics: [String] = []
            // The edge may hear of the end later than its client.
            for _ in 0..<2_000 where metrics.isEmpty { metrics = (try? await edge.metrics()) ?? [] }
            #expect(metrics.contains { $0.hasPrefix(#"limits_met_total{limit="metrics_readers"}"#) })
            for client in waiting { client.channel.close(promise: nil) }
        }
    }

    @Test("each connection, session and refusal once, and what is over no more")
    func counts() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "count.shakedown.test")
            _ = try await agent.bind {
                $0.hostname = "edge.shakedown.test"
                $0.tlsTermination = .init()
                $0.mutualTLSAtEdge = Array(edge.authority.certificatePEM.utf8)
            }
            _ = try await agent.bind { $0.hostname = "not.reserved.com" }
            let stranger = try await TestAgent.connect(to: edge)
            _ = try await stranger.authenticate(token: "wrong")
            _ = try await stranger.sessionEnded.get()

            let hello = TestHello.bytes(serverName: "count.shakedown.test", offersTLS13: false)
            let open = try await edge.connectRaw()
            try await open.send(hello)
            _ = try await open.bytes(hello.count)
            for _ in 0..<2 {
                let unknown = try await edge.connectRaw()
                try await unknown.send(TestHello.bytes(serverName: "unknown.example.com"))
                _ = try await unknown.end()
            }
            let certificate = try edge.authority.issue(["c"], usage: [.client])
            let served = try await edge.connect("edge.shakedown.test", certificate: certificate)
            try await served.send(Array("hello".utf8))
            _ = try await served.bytes(5)
            try await served.endInput()
            _ = try await served.end()
            _ = try await edge.connect("edge.shakedown.test").end()

            let common = [
                "connections_accepted_total 5",
                "connections_active 1",
                #"handshake_failures_total{reason="peer_did_not_return_a_certificate"} 1"#,
                "handshakes_total 1",
                "hellos_total 3",
                #"alerts_sent_total{alert="unrecognized_name"} 2"#,
                "agent_sessions 1",
                #"agent_auth_failures_total{code="ERR_NGROK_107"} 1"#,
                "endpoints 2",
                "tunnels 0",
                #"binds_refused_total{code="ERR_NGROK_319"} 1"#,
                // What the file has put in are nine events; then the session's start and two connections.
                #"events_delivered_total{destination="file"} 12"#,
            ]
            let before = [
                #"connections_total{outcome="handshake_failed",reason="peer_did_not_return_a_certificate"} 1"#,
                #"connections_total{outcome="refused",reason="unknown_name"} 2"#,
                #"connections_total{outcome="served",reason="closed"} 1"#,
            ]
            let now = before + common[0...4] + ["bytes_in_total 5", "bytes_out_total 5"] + common[5...]
            #expect(try await Self.metrics(edge, are: now) == now)

            try await open.endInput()
            _ = try await open.end()
            try await agent.vanish()
            let after =
                before.dropLast() + [#"connections_total{outcome="served",reason="closed"} 2"#]
                + now.dropFirst(before.count).map { line in
                    switch line {
                    case "connections_active 1", "agent_sessions 1": String(line.dropLast()) + "0"
                    case "endpoints 2": "endpoints 0"
                    case #"events_delivered_total{destination="file"} 12"#:
                        #"events_delivered_total{destination="file"} 14"#
                    case "bytes_in_total 5", "bytes_out_total 5": String(line.dropLast()) + "\(5 + hello.count)"
                    default: line
                    }
                }
            #expect(try await Self.metrics(edge, are: after) == after)
        }
    }
}
