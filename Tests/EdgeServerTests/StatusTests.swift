import AgentProtocol
import EdgeAPI
import EdgeCore
import EdgeServer
import HTTPTesting
import HangTesting
import NIOCore
import NIOHTTP1
import Testing

@Suite("What an edge says is online, and how connections ended", .noHang)
struct StatusTests {
    private static func status(_ edge: TestEdge) async throws -> EdgeStatus {
        try EdgeStatus(reading: try await edge.api.send(.GET, "/status").body)
    }

    @Test("connections that found an endpoint are remembered for its account, in the words of the log")
    func connections() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "a.shakedown.test")
            let restricted = try await agent.bind {
                $0.hostname = "b.shakedown.test"
                $0.ipRestriction = .init(allowCIDRs: ["192.0.2.0/24"])
            }
            #expect(restricted.error.isEmpty)
            let others = try await TestAgent.serving(edge, "theirs.example.net", token: TestEdge.otherToken)
            for name in ["a.shakedown.test", "b.shakedown.test", "theirs.example.net", "nobody.shakedown.test"] {
                let client = try await edge.connectRaw()
                let hello = TestHello.bytes(serverName: name, offersTLS13: false)
                try await client.send(hello)
                if name.hasPrefix("a.") || name.hasPrefix("theirs") { _ = try await client.bytes(hello.count) }
                client.channel.close(promise: nil)
            }
            // Polls: a metric has no event.
            for line in [
                #"connections_total{outcome="refused",reason="ip_denied"} 1"#,
                #"connections_total{outcome="served",reason="closed"} 2"#,
            ] {
                while try await !edge.metrics().contains(line) { try await Task.sleep(for: .milliseconds(5)) }
            }
            let status = try await Self.status(edge)
            #expect(Set(status.connections.map(\.endpoint)) == ["tls://a.shakedown.test", "tls://b.shakedown.test"])
            let denied = try #require(status.connections.first { $0.endpoint == "tls://b.shakedown.test" })
            #expect([denied.outcome, denied.reason] == ["refused", "ip_denied"])
            let served = try #require(status.connections.first { $0.endpoint == "tls://a.shakedown.test" })
            #expect(served.outcome == "served" && served.bytesIn > 0 && served.bytesIn == served.bytesOut)
            #expect(status.endpoints.map(\.url) == ["tls://a.shakedown.test", "tls://b.shakedown.test"])
            #expect(status.sessions.map(\.isLate) == [false])
            try await agent.vanish()
            try await others.vanish()
        }
    }

    @Test("a hundred of an account are remembered, the newest first, until the account is there no longer")
    func limit() {
        let recent = RecentConnections()
        func end(_ number: Int, of account: String) {
            let connection = ConnectionStatus(
                id: "\(number)",
                endedAt: Timestamp(secondsSinceEpoch: Int64(number), nanoseconds: 0),
                endpoint: "tls://a.shakedown.test",
                clientAddress: "192.0.2.1:1",
                nanoseconds: 0,
                bytesIn: 0,
                bytesOut: 0,
                outcome: "served",
                reason: "closed"
            )
            recent.add(connection, of: account)
        }
        end(7, of: "ac_other")
        for number in 0..<250 {
            end(number, of: "ac_one")
            let newest = (0...number).suffix(RecentConnections.limit).reversed().map { "\($0)" }
            #expect(recent.all(of: "ac_one").map(\.id) == newest)
        }
        #expect(RecentConnections.limit == 100)
        recent.keep(accounts: ["ac_other"])
        #expect(recent.all(of: "ac_one").isEmpty)
        #expect(recent.all(of: "ac_other").map(\.id) == ["7"])
    }
}
