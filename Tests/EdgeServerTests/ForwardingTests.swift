import AgentProtocol
import CredentialTesting
import EdgeServer
import HTTPTesting
import HangTesting
import JSONText
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@Suite("Forwarding to internal endpoints", .noHang)
struct ForwardingTests {
    private static let name = "front.shakedown.test"

    private static func forward(to url: String, _ rest: String = "") -> String {
        "on_tcp_connect: [{ actions: [{ type: forward-internal, config: { url: '\(url)' \(rest) } }] }]"
    }

    /// An agent that says which it is, under a name.
    private static func serve(
        _ edge: TestEdge,
        _ name: String,
        as word: String,
        token: String = TestEdge.token,
        policy: String = ""
    ) async throws -> TestAgent {
        try await TestAgent.serving(edge, name, token: token, behaviour: .speakAndEnd(Array(word.utf8))) {
            $0.trafficPolicy = policy
        }
    }

    private static func answer(_ edge: TestEdge, _ name: String = Self.name) async throws -> String {
        let client = try await edge.connectRaw()
        try await client.send(TestHello.bytes(serverName: name))
        return try await client.end().text
    }

    @Test("a connection goes to the internal endpoint's agent as it came, and its event is the public endpoint's")
    func forwards() async throws {
        let events = try await TestEdge.run { edge in
            let front = try await Self.serve(
                edge,
                Self.name,
                as: "front",
                policy: Self.forward(to: "tls://app.internal")
            )
            let app = try await TestAgent.connect(to: edge)
            _ = try await app.authenticate()
            let bound = try await app.bind { $0.url = "tls://app.internal" }
            #expect(bound.url == "tls://app.internal" && bound.error.isEmpty)
            let hello = TestHello.bytes(serverName: Self.name)
            let client = try await edge.connectRaw()
            try await client.send(hello)
            #expect(try await client.bytes(hello.count) == hello)
            try await client.endInput()
            _ = try await client.end()
            let header = try #require(try await app.nextStream().header)
            #expect(header.id == bound.id && header.passthroughTLS)
            try await front.vanish()
            try await app.vanish()
        }
        #expect(events.map(\.object.conn.serverName) == [Self.name])
    }

    @Test("an internal endpoint has no public name, and is its account's alone")
    func apart() async throws {
        try await TestEdge.run { edge in
            let app = try await Self.serve(edge, "app.internal", as: "app")
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "app.internal"))
            #expect(try await client.end().onlyAlert == 112)
            let other = try await Self.serve(
                edge,
                "theirs.example.net",
                as: "theirs",
                token: TestEdge.narrowToken,
                policy: Self.forward(to: "tls://app.internal", ", on_error: continue")
            )
            #expect(try await Self.answer(edge, "theirs.example.net") == "theirs")
            let endpoints = try await edge.api.send(.GET, "/endpoints").json?["endpoints"]?.elements ?? []
            #expect(endpoints.map { $0["bindings"]?.elements } == [[.string("internal")]])
            try await app.vanish()
            try await other.vanish()
        }
    }

    @Test("where nobody is there, on_error decides", arguments: [("halt", ""), ("continue", "front")])
    func offline(onError: String, answer: String) async throws {
        try await TestEdge.run { edge in
            let policy = Self.forward(to: "tls://app.internal", ", on_error: \(onError)")
            let front = try await Self.serve(edge, Self.name, as: "front", policy: policy)
            #expect(try await Self.answer(edge) == answer)
            if answer.isEmpty {
                let counted = try await edge.connectionsCounted()
                #expect(counted == [#"{outcome="refused",reason="policy_forward_failed"} 1"#])
            }
            let app = try await Self.serve(edge, "app.internal", as: "app")
            #expect(try await Self.answer(edge) == "app")
            try await app.vanish()
            try await front.vanish()
        }
    }

    @Test("the internal endpoint's own restrictions and policy are asked too, whatever on_error says")
    func innerRules() async throws {
        let events = try await TestEdge.run { edge in
            let front = try await TestAgent.connect(to: edge, behaviour: .speakAndEnd(Array("in".utf8)))
            _ = try await front.authenticate()
            for (name, inner) in [("a.shakedown.test", "a.internal"), ("b.shakedown.test", "b.internal")] {
                let bound = try await front.bind {
                    $0.hostname = name
                    $0.trafficPolicy = """
                        on_tcp_connect:
                          - actions:
                              - { type: log, config: { metadata: { at: '${endpoint.host}' } } }
                              - { type: forward-internal, config: { url: 'tls://\(inner)', on_error: continue } }
                        """
                }
                #expect(bound.error.isEmpty)
            }
            try #require(
                try await front.bind {
                    $0.hostname = "a.internal"
                    $0.ipRestriction = .init(allowCIDRs: ["192.0.2.0/24"])
                }.error.isEmpty
            )
            try #require(
                try await front.bind {
                    $0.hostname = "b.internal"
                    $0.trafficPolicy = """
                        on_tcp_connect:
                          - actions:
                              - { type: log, config: { metadata: { at: '${endpoint.host}' } } }
                              - { type: deny }
                        """
                }.error.isEmpty
            )
            #expect(try await Self.answer(edge, "a.shakedown.test") == "")
            #expect(try await Self.answer(edge, "b.shakedown.test") == "")
            try await front.vanish()
        }
        #expect(events.map(\.object.ipPolicy?.decision) == ["block", nil])
        let logs = [[["at": "a.shakedown.test"]], [["at": "b.shakedown.test"], ["at": "b.internal"]]]
        #expect(events.map(\.object.trafficPolicy?.logs) == logs)
    }

    @Test("endpoints that forward to each other in a circle are left after some of them")
    func circle() async throws {
        let events = try await TestEdge.run { edge in
            let log = "{ type: log, config: { metadata: { at: '${endpoint.host}' } } }"
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            for (name, next) in [(Self.name, "a.internal"), ("a.internal", "b.internal"), ("b.internal", "a.internal")]
            {
                let bound = try await agent.bind {
                    $0.hostname = name
                    $0.trafficPolicy = """
                        on_tcp_connect:
                          - actions: [\(log), { type: forward-internal, config: { url: 'tls://\(next)' } }]
                        """
                }
                #expect(bound.error.isEmpty)
            }
            #expect(try await Self.answer(edge) == "")
            try await agent.vanish()
        }
        #expect(events.map { $0.object.trafficPolicy?.logs.count } == [8])
    }

    @Test("ports of an internal name are endpoints of their own")
    func ports() async throws {
        try await TestEdge.run { edge in
            let agent = try await Self.serve(edge, "app.internal", as: "443")
            let other = try await TestAgent.connect(to: edge, behaviour: .speakAndEnd(Array("8443".utf8)))
            _ = try await other.authenticate()
            let bound = try await other.bind { $0.url = "tls://app.internal:8443" }
            #expect(bound.error.isEmpty && bound.url == "tls://app.internal:8443")
            let policy = """
                on_tcp_connect:
                  - expressions: ["conn.tls.sni.startsWith('other.')"]
                    actions: [{ type: forward-internal, config: { url: 'tls://app.internal:8443' } }]
                  - actions: [{ type: forward-internal, config: { url: 'tls://app.internal' } }]
                """
            let front = try await Self.serve(edge, "*.example.org", as: "front", policy: policy)
            #expect(try await Self.answer(edge, "one.example.org") == "443")
            #expect(try await Self.answer(edge, "other.example.org") == "8443")
            for session in [agent, other, front] { try await session.vanish() }
        }
    }

    @Test("TLS that has ended is forwarded as plaintext, and not to who would end it once more")
    func ended() async throws {
        try await TestEdge.run { edge in
            func policy(_ name: String) -> String {
                """
                on_tcp_connect:
                  - actions:
                      - type: terminate-tls
                      - { type: forward-internal, config: { url: 'tls://\(name)', on_error: continue } }
                """
            }
            let front = try await TestAgent.serving(edge, Self.name) { $0.trafficPolicy = policy("plain.internal") }
            try #require(
                try await front.bind {
                    $0.hostname = "second.shakedown.test"
                    $0.trafficPolicy = policy("tls.internal")
                }.error.isEmpty
            )
            let inner = try await TestAgent.serving(edge, "plain.internal") {
                $0.trafficPolicy =
                    "on_tcp_connect: [{ expressions: [\"conn.tls.version != '1.3'\"], actions: [{ type: deny }] }]"
            }
            try #require(
                try await inner.bind {
                    $0.hostname = "tls.internal"
                    $0.tlsTermination = .init()
                }.error.isEmpty
            )
            for (name, agent) in [(Self.name, inner), ("second.shakedown.test", front)] {
                let client = try await edge.connect(name)
                try await client.send([1])
                #expect(try await client.bytes(1) == [1])
                client.channel.close(promise: nil)
                let stream = try await agent.nextStream()
                #expect(stream.payload == [1] && stream.header?.passthroughTLS == false, "\(name)")
            }
            try await front.vanish()
            try await inner.vanish()
        }
    }
}
