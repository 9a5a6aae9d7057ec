import AgentProtocol
import CredentialTesting
import EdgeServer
import HangTesting
import LogTesting
import NIOCore
import NIOSSL
import ProxyProtocol
import Testing

@Suite("How a connection went, as the metrics tell it", .noHang)
struct OutcomeTests {
    private static let name = "outcome.shakedown.test"
    private static let hello = TestHello.bytes(serverName: name)

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let outcome: String
        let reason: String
        var configuration = "deadlines: { hello: 60s }"
        /// Where the endpoint was found.
        var hasEvent = true
        var behaviour = TestAgent.Behaviour.echo
        var options: @Sendable (inout TLSOptions) throws -> Void = { _ in }
        let play: @Sendable (TestEdge) async throws -> Void
    }

    static let rows: [Row] = [
        Row(testDescription: "both sides end", outcome: "served", reason: "closed") { edge in
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            try await client.endInput()
            _ = try await client.end()
        },
        Row(testDescription: "the client resets", outcome: "served", reason: "reset") { edge in
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            _ = try await client.bytes(Self.hello.count)
            try await client.reset()
        },
        Row(
            testDescription: "the client of the edge's TLS ends without close_notify",
            outcome: "served",
            reason: "truncated",
            options: { $0.tlsTermination = .init() }
        ) { edge in
            let client = try await edge.connect(Self.name)
            try await client.send([1])
            _ = try await client.bytes(1)
            try await client.truncate()
            _ = try await client.end()
        },
        Row(
            testDescription: "the agent cuts an answer",
            outcome: "served",
            reason: "truncated",
            behaviour: .speakAndCut([1])
        ) { edge in
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            _ = try await client.end()
        },
        Row(
            testDescription: "nothing moves",
            outcome: "served",
            reason: "idle",
            configuration: "deadlines: { hello: 60s, idle: 1s }"
        ) { edge in
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            _ = try await client.end()
        },
        Row(
            testDescription: "the agent resets before a byte",
            outcome: "agent_failed",
            reason: "agent_failed",
            behaviour: .fail
        ) { edge in
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            _ = try await client.end()
        },
        Row(
            testDescription: "the client ends inside its hello",
            outcome: "refused",
            reason: "hello_abandoned",
            hasEvent: false
        ) {
            edge in
            let client = try await edge.connectRaw()
            try await client.send(Array(Self.hello.prefix(20)))
            try await client.endInput()
            _ = try await client.end()
        },
        Row(
            testDescription: "the client resets inside its hello",
            outcome: "refused",
            reason: "hello_abandoned",
            hasEvent: false
        ) {
            edge in
            let client = try await edge.connectRaw()
            try await client.send(Array(Self.hello.prefix(20)))
            // One that is gone before it is accepted is none that could be counted.
            try await edge.awaitAccepted(1)
            try await client.reset()
        },
        Row(
            testDescription: "the hello is late",
            outcome: "refused",
            reason: "hello_timeout",
            configuration: "deadlines: { hello: 100ms }",
            hasEvent: false
        ) { edge in
            _ = try await edge.connectRaw().end()
        },
        Row(
            testDescription: "a trusted peer's header is late",
            outcome: "refused",
            reason: "hello_timeout",
            configuration: "deadlines: { hello: 100ms }\ntrusted-proxies: [127.0.0.0/8]",
            hasEvent: false
        ) { edge in
            let client = try await edge.connectRaw()
            try await client.send(Array("PROXY TCP4 192.0.2.7".utf8))
            _ = try await client.end()
        },
        Row(
            testDescription: "a trusted peer's header is bad",
            outcome: "refused",
            reason: "bad_proxy_header",
            configuration: "deadlines: { hello: 60s }\ntrusted-proxies: [127.0.0.0/8]",
            hasEvent: false
        ) { edge in
            let client = try await edge.connectRaw()
            try await client.send(Array("PROXY TCP9 192.0.2.7 192.0.2.8 1 2\r\n".utf8) + Self.hello)
            _ = try await client.end()
        },
        Row(
            testDescription: "the client has no certificate",
            outcome: "handshake_failed",
            reason: "peer_did_not_return_a_certificate",
            options: {
                $0.tlsTermination = .init()
                $0.mutualTLSAtEdge = Array(try TestAuthority(name: "clients").certificatePEM.utf8)
            }
        ) { edge in
            _ = try await edge.connect(Self.name).end()
        },
        Row(
            testDescription: "the client stops in its handshake",
            outcome: "handshake_failed",
            reason: "handshake_timeout",
            configuration: "deadlines: { hello: 60s, handshake: 1s }",
            options: { $0.tlsTermination = .init() }
        ) { edge in
            let stalled = StalledHandshake()
            let client = try await edge.connect(Self.name, verifies: stalled.stall)
            _ = try await client.end()
            await stalled.end()
        },
    ]

    @Test("each end has its outcome, its reason and one event", arguments: Self.rows)
    func outcome(_ row: Row) async throws {
        let events = try await TestEdge.run(configuration: row.configuration) { edge in
            let agent = try await TestAgent.connect(to: edge, behaviour: row.behaviour)
            _ = try await agent.authenticate()
            let bound = try await agent.bind {
                $0.hostname = Self.name
                try row.options(&$0)
            }
            try #require(bound.error.isEmpty)
            try await row.play(edge)
            let line = #"{outcome="\#(row.outcome)",reason="\#(row.reason)"} 1"#
            #expect(try await edge.connectionsCounted() == [line])
            try await agent.vanish()
        }
        #expect(events.count == (row.hasEvent ? 1 : 0))
        #expect(events.allSatisfy { $0.duration > 0 })
    }

    @Test("an agent that goes cuts what its clients had open, and that is told as a reset")
    func agentGoesLater() async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, Self.name)
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            _ = try await client.bytes(Self.hello.count)
            try await agent.vanish()
            #expect(try await !client.end().endedInOrder)
            #expect(try await edge.connectionsCounted() == [#"{outcome="served",reason="reset"} 1"#])
        }
        #expect(events.count == 1)
    }

    @Test("the log says of each connection which name it asked for and how many bytes went each way")
    func logged() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, Self.name, behaviour: .answerAtEnd([1, 2, 3]))
            let client = try await edge.connectRaw()
            try await client.send(Self.hello)
            try await client.endInput()
            _ = try await client.end()
            let stranger = try await edge.connectRaw()
            try await stranger.send(TestHello.bytes(serverName: "nobody.shakedown.test"))
            _ = try await stranger.end()
            try await agent.vanish()
            while try await edge.connectionsCounted().count < 2 { try await Task.sleep(for: .milliseconds(5)) }
            let served = edge.log.lines.first { $0.contains(#""tls.sni": \#(Self.name)"#) }
            #expect(served?.contains(#""connection.bytes_in": \#(Self.hello.count)"#) == true, "\(edge.log.lines)")
            #expect(served?.contains(#""connection.bytes_out": 3"#) == true)
            #expect(edge.log.lines.contains { $0.contains(#""tls.sni": nobody.shakedown.test"#) })
        }
    }

    @Test("an agent that goes while its client shakes hands leaves the client a close in order")
    func agentGoes() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, Self.name) { $0.tlsTermination = .init() }
            let stalled = StalledHandshake()
            let client = try await edge.connect(Self.name, verifies: stalled.stall)
            let promise = try await stalled.next()
            try await agent.vanish()
            // Until the edge knows.
            while true {
                let other = try await edge.connectRaw()
                try await other.send(Self.hello)
                if try await other.end().onlyAlert == 112 { break }
            }
            promise.succeed(.certificateVerified)
            let seen = try await client.end()
            #expect(seen.handshake)
            #expect(seen.bytes.isEmpty)
            #expect(seen.endedInOrder)
        }
    }

    @Test("the deadlines of the opening do not end a connection that is past them")
    func deadlines() async throws {
        try await TestEdge.run(configuration: "deadlines: { hello: 3s, handshake: 3s }") { edge in
            let agent = try await TestAgent.serving(edge, Self.name) { $0.tlsTermination = .init() }
            let client = try await edge.connect(Self.name)
            try await client.send(Array("hello".utf8))
            #expect(try await client.bytes(5) == Array("hello".utf8))
            // Their time began later, so that the first one's is over when they end.
            let silent = try await edge.connectRaw()
            let stalled = StalledHandshake()
            let half = try await edge.connect(Self.name, verifies: stalled.stall)
            let promise = try await stalled.next()
            for other in [silent, half] { _ = try await other.end() }
            promise.succeed(.failed)
            try await client.send(Array("again".utf8))
            #expect(try await client.bytes(10) == Array("helloagain".utf8))
            client.channel.close(promise: nil)
            try await agent.vanish()
        }
    }
}
