import AgentProtocol
import HangTesting
import LogTesting
import MuxadoChannel
import NIOCore
import Testing

@Suite("What one party can take from the others", .noHang)
struct LimitsTests {
    private static let hello = TestHello.bytes(serverName: "a.shakedown.test", offersTLS13: false)

    /// Whether a client of the endpoint is served; its connection stays.
    private static func isServed(_ client: TestClient, _ hello: [UInt8] = Self.hello) async throws -> Bool {
        // The edge may have closed before this is sent.
        try? await client.send(hello)
        return (try? await client.bytes(hello.count)) == hello
    }

    @Test("a source has the connections that it may have, and another has its own")
    func source() async throws {
        try await TestEdge.run(configuration: "limits: { connections-of-source: 1 }") { edge in
            let agent = try await TestAgent.serving(edge, "a.shakedown.test")
            let first = try await edge.connectRaw()
            #expect(try await Self.isServed(first))
            let second = try await edge.connectRaw()
            #expect(try await !Self.isServed(second))
            let other = try await edge.connectRaw(from: "127.0.0.2")
            #expect(try await Self.isServed(other))
            let metrics = try await edge.metrics()
            #expect(metrics.contains(#"limits_met_total{limit="connections_of_source"} 1"#))
            #expect(metrics.contains(#"connections_total{outcome="refused",reason="too_many_of_source"} 1"#))
            for client in [first, second, other] { client.channel.close(promise: nil) }
            try await agent.vanish()
        }
    }

    @Test("who comes through a trusted proxy is counted by the address that the proxy announces")
    func announcedSource() async throws {
        let configuration = "limits: { connections-of-source: 1 }\ntrusted-proxies: [127.0.0.0/8]"
        try await TestEdge.run(configuration: configuration) { edge in
            let agent = try await TestAgent.serving(edge, "a.shakedown.test")
            func client(_ address: String) async throws -> (TestClient, Bool) {
                let client = try await edge.connectRaw()
                try? await client.send(Array("PROXY TCP4 \(address) 192.0.2.1 40000 443\r\n".utf8))
                return (client, try await Self.isServed(client))
            }
            let first = try await client("198.51.100.1")
            let second = try await client("198.51.100.2")
            let third = try await client("198.51.100.1")
            #expect([first.1, second.1, third.1] == [true, true, false])
            for (client, _) in [first, second, third] { client.channel.close(promise: nil) }
            try await agent.vanish()
        }
    }

    @Test("an endpoint and an account have the connections that they may have, and the others have theirs")
    func endpointAndAccount() async throws {
        let configuration = "limits: { connections-of-endpoint: 1, connections-of-account: 2 }"
        try await TestEdge.run(configuration: configuration) { edge in
            let agent = try await TestAgent.serving(edge, "a.shakedown.test")
            for name in ["b.shakedown.test", "c.shakedown.test"] {
                #expect(try await agent.bind { $0.hostname = name }.error.isEmpty)
            }
            let others = try await TestAgent.serving(edge, "theirs.example.net", token: TestEdge.otherToken)
            var clients: [TestClient] = []
            var served: [Bool] = []
            for name in [
                "a.shakedown.test", "a.shakedown.test", "b.shakedown.test", "c.shakedown.test", "theirs.example.net",
            ] {
                let client = try await edge.connectRaw()
                let hello = TestHello.bytes(serverName: name, offersTLS13: false)
                served.append(try await Self.isServed(client, hello))
                clients.append(client)
            }
            #expect(served == [true, false, true, false, true])
            let metrics = try await edge.metrics()
            #expect(metrics.contains(#"limits_met_total{limit="connections_of_endpoint"} 1"#))
            #expect(metrics.contains(#"limits_met_total{limit="connections_of_account"} 1"#))
            for client in clients { client.channel.close(promise: nil) }
            try await agent.vanish()
            try await others.vanish()
        }
    }

    /// The configuration of a test's edge, in which the account of ``TestEdge/token`` has limits.
    private static func limit(_ text: String, to limits: String) -> String {
        text.replacing("    name: test\n", with: "    name: test\n    limits: \(limits)\n")
    }

    @Test("an account has so many connections a minute, and whoever comes besides is closed, logged and told of")
    func connectionRate() async throws {
        let events = try await TestEdge.run { edge in
            edge.reload { Self.limit($0, to: "{ connections-per-minute: 2 }") }
            let agent = try await TestAgent.serving(edge, "a.shakedown.test")
            let others = try await TestAgent.serving(edge, "theirs.example.net", token: TestEdge.otherToken)
            // A third would have to wait for half a minute.
            var served: [Bool] = []
            for name in ["a.shakedown.test", "a.shakedown.test", "a.shakedown.test", "theirs.example.net"] {
                let client = try await edge.connectRaw()
                served.append(
                    try await Self.isServed(client, TestHello.bytes(serverName: name, offersTLS13: false))
                )
                client.channel.close(promise: nil)
            }
            #expect(served == [true, true, false, true])
            let metrics = try await edge.metrics()
            #expect(metrics.contains(#"limits_met_total{limit="connection_rate_of_account"} 1"#))
            #expect(metrics.contains(#"connections_total{outcome="refused",reason="too_many_per_minute"} 1"#))
            #expect(edge.log.lines.contains { $0.contains("ERR_NGROK_703") })
            try await agent.vanish()
            try await others.vanish()
        }
        #expect(events.filter { $0.object.conn.serverName == "a.shakedown.test" }.count == 3)
    }

    @Test("an account has the agents that it may have, one that comes back among them, and another has its own")
    func agentsOfAccount() async throws {
        try await TestEdge.run { edge in
            edge.reload { Self.limit($0, to: "{ agents: 1 }") }
            let first = try await TestAgent.connect(to: edge)
            let welcome = try await first.authenticate()
            let second = try await TestAgent.connect(to: edge)
            let refusal = try await second.authenticate(token: TestEdge.secondToken)
            #expect(NgrokError(text: refusal.error).code == 108)
            _ = try await second.sessionEnded.get()
            let neighbour = try await TestAgent.connect(to: edge)
            #expect(try await neighbour.authenticate(token: TestEdge.otherToken).error.isEmpty)
            let back = try await TestAgent.connect(to: edge)
            let again = try await back.authenticate(clientID: welcome.clientID, cookie: welcome.extra.cookie)
            #expect(again.error.isEmpty)
            let metrics = try await edge.metrics()
            #expect(metrics.contains(#"limits_met_total{limit="agents_of_account"} 1"#))
            #expect(metrics.contains("agent_sessions 2"))
            for agent in [neighbour, back] { try await agent.vanish() }
        }
    }

    @Test("an account has the endpoints that it may have, of all its agents, and has room again when one is gone")
    func endpointsOfAccount() async throws {
        try await TestEdge.run { edge in
            edge.reload { Self.limit($0, to: "{ endpoints: 1 }") }
            let first = try await TestAgent.serving(edge, "a.shakedown.test")
            let second = try await TestAgent.connect(to: edge)
            #expect(try await second.authenticate().error.isEmpty)
            let refused = try await second.bind { $0.hostname = "b.shakedown.test" }
            #expect(NgrokError(text: refused.error).code == 324)
            let tunnel: StartTunnelWithLabelResp = try await second.request(
                .startTunnelWithLabel,
                StartTunnelWithLabel(labels: ["team": "web"])
            )
            #expect(NgrokError(text: tunnel.error).code == 324)
            let others = try await TestAgent.serving(edge, "theirs.example.net", token: TestEdge.otherToken)
            #expect(try await edge.metrics().contains(#"limits_met_total{limit="endpoints_of_account"} 2"#))
            try await first.vanish()
            while try await !edge.metrics().contains("endpoints 1") { await Task.yield() }
            #expect(try await second.bind { $0.hostname = "b.shakedown.test" }.error.isEmpty)
            try await second.vanish()
            try await others.vanish()
        }
    }

    /// An agent's connection is closed at once; waits for that, for as long as the test may last.
    private static func isTurnedAway(_ edge: TestEdge) async throws {
        // It may be over before the agent has taken notice of it.
        guard let agent = try? await TestAgent.connect(to: edge) else { return }
        _ = try await agent.sessionEnded.get()
    }

    @Test("one agent more than may be connected is closed, and those that are stay")
    func agents() async throws {
        try await TestEdge.run(configuration: "limits: { agents: 1 }") { edge in
            let first = try await TestAgent.connect(to: edge)
            #expect(try await first.authenticate().error.isEmpty)
            try await Self.isTurnedAway(edge)
            #expect(try await first.bind { $0.hostname = "a.shakedown.test" }.error.isEmpty)
            #expect(try await edge.metrics().contains(#"limits_met_total{limit="agents"} 1"#))
            try await first.vanish()
        }
    }

    @Test("of agents that have not said who they are one source has 64 connections")
    func unknownAgents() async throws {
        try await TestEdge.run { edge in
            var waiting: [TestAgent] = []
            for _ in 0..<64 {
                let agent = try await TestAgent.connect(to: edge)
                // Its connection was accepted, and what it asked was answered.
                let info: SrvInfoResp = try await agent.request(.serverInfo, SrvInfo())
                #expect(info.error.isEmpty)
                waiting.append(agent)
            }
            try await Self.isTurnedAway(edge)
            // One that says who it is makes room, and stays.
            #expect(try await waiting[0].authenticate().error.isEmpty)
            let next = try await TestAgent.connect(to: edge)
            #expect(try await next.authenticate().error.isEmpty)
            #expect(try await edge.metrics().contains(#"limits_met_total{limit="unknown_agents_of_source"} 1"#))
            for agent in waiting + [next] { try await agent.vanish() }
        }
    }

    @Test("before Auth an agent has four streams, and a thousand and more afterwards")
    func streams() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            // Beside its heartbeat.
            var unfinished = [try await agent.say(Array("{".utf8), as: .auth), try await agent.say([], as: .bind)]
            unfinished.append(try await agent.say([], as: .serverInfo))
            let refused = try await agent.say(Array("{}".utf8), as: .serverInfo)
            await #expect(throws: (any Error).self) { _ = try await refused.get() }
            try await agent.vanish()

            let known = try await TestAgent.connect(to: edge)
            #expect(try await known.authenticate().error.isEmpty)
            for _ in 0..<100 { unfinished.append(try await known.say(Array("{".utf8), as: .bind)) }
            #expect(try await known.bind { $0.hostname = "a.shakedown.test" }.error.isEmpty)
            try await known.vanish()
            for future in unfinished { await #expect(throws: (any Error).self) { _ = try await future.get() } }
        }
    }

    @Test("an Auth that does not end is refused when it is longer than any Auth, and the session ends")
    func endlessAuth() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            let text = Array("{\"a\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 65_536)
            let reply = try AuthResp(decoding: try await agent.say(text, as: .auth).get())
            #expect(NgrokError(text: reply.error).code == NgrokError.authPayloadInvalid.code)
            _ = try await agent.sessionEnded.get()
        }
    }

    @Test("garbage in Auth, Bind and Unbind is answered with its code", arguments: ["[]", "nul!", "{\"a\":}", "\u{0}"])
    func garbage(_ text: String) async throws {
        try await TestEdge.run { edge in
            let stranger = try await TestAgent.connect(to: edge)
            let auth = try AuthResp(decoding: try await stranger.say(Array(text.utf8), as: .auth).get())
            #expect(NgrokError(text: auth.error).code == NgrokError.authPayloadInvalid.code)
            _ = try await stranger.sessionEnded.get()

            let agent = try await TestAgent.connect(to: edge)
            #expect(try await agent.authenticate().error.isEmpty)
            let bind = try BindResp(decoding: try await agent.say(Array(text.utf8), as: .bind).get())
            #expect(NgrokError(text: bind.error).code == NgrokError.bindPayloadInvalid.code)
            let unbind = try UnbindResp(decoding: try await agent.say(Array(text.utf8), as: .unbind).get())
            #expect(!unbind.error.isEmpty)
            #expect(try await agent.bind { $0.hostname = "a.shakedown.test" }.error.isEmpty)
            try await agent.vanish()
        }
    }

    @Test("the unfinished requests of a session are 4 MiB together, and one more is refused")
    func unfinishedRequests() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            #expect(try await agent.authenticate().error.isEmpty)
            let text = Array("{\"a\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
            var replies: [EventLoopFuture<[UInt8]>] = []
            for _ in 0..<5 { replies.append(try await agent.say(text, as: .bind)) }
            // Which of them is the last to come is the network's choice.
            let loop = replies[0].eventLoop
            let first = loop.makePromise(of: [UInt8].self)
            for reply in replies { reply.whenSuccess { first.succeed($0) } }
            let refused = try BindResp(decoding: try await first.futureResult.get())
            #expect(NgrokError(text: refused.error).code == NgrokError.bindPayloadInvalid.code)
            // What was refused is kept no longer.
            #expect(try await agent.bind { $0.hostname = "a.shakedown.test" }.error.isEmpty)
            #expect(try await edge.metrics().contains(#"limits_met_total{limit="unfinished_requests"} 1"#))
            try await agent.vanish()
            for reply in replies { _ = try? await reply.get() }
        }
    }
}
