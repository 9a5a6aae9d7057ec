import AgentProtocol
import EdgeServer
import LogTesting
import MuxadoChannel
import NIOCore
import Testing

@Suite("Several agents of one endpoint")
struct PoolTests {
    private static let name = "pool.shakedown.test"

    private static let pooled: Bind.Extra = {
        var extra = Bind.Extra()
        extra.poolingEnabled = true
        return extra
    }()

    /// An agent that says its word to every client.
    private static func member(
        of edge: TestEdge,
        saying word: String,
        extra: Bind.Extra = Self.pooled,
        _ edit: (inout Auth.Extra) -> Void = { _ in }
    ) async throws -> TestAgent {
        let agent = try await TestAgent.connect(to: edge, behaviour: .speakAndEnd(Array(word.utf8)))
        #expect(try await agent.authenticate(edit).error.isEmpty)
        #expect(try await agent.bind(extra: extra) { $0.hostname = Self.name }.error.isEmpty)
        return agent
    }

    /// What one client of the name is told; empty where it is closed without a word.
    private static func answer(_ edge: TestEdge) async throws -> String {
        let client = try await edge.connectRaw()
        try await client.send(TestHello.bytes(serverName: Self.name))
        return String(decoding: try await client.end().bytes, as: UTF8.self)
    }

    /// What many clients are told.
    private static func answers(_ edge: TestEdge) async throws -> Set<String> {
        var answers: Set<String> = []
        for _ in 0..<60 { answers.insert(try await Self.answer(edge)) }
        return answers
    }

    @Test("clients of a pool come to all of its members, and to those that are left when one goes")
    func pool() async throws {
        try await TestEdge.run { edge in
            let one = try await Self.member(of: edge, saying: "one")
            let two = try await Self.member(of: edge, saying: "two")
            #expect(try await Self.answers(edge) == ["one", "two"])
            let alone = try await TestAgent.connect(to: edge)
            _ = try await alone.authenticate()
            let refused = try await alone.bind { $0.hostname = Self.name }
            #expect(NgrokError(text: refused.error).code == 334)
            try await one.vanish()
            // The edge hears of it a moment later than we.
            var last: [String] = []
            while last.suffix(20) != Array(repeating: "two", count: 20) { last.append(try await Self.answer(edge)) }
            try await two.vanish()
            try await alone.vanish()
        }
    }

    @Test("an agent's second leg binds what its first has, and a reconnecting leg takes the place of its own")
    func legs() async throws {
        try await TestEdge.run { edge in
            let first = try await TestAgent.connect(to: edge, behaviour: .speakAndEnd(Array("first".utf8)))
            let welcome = try await first.authenticate()
            #expect(try await first.bind { $0.hostname = Self.name }.error.isEmpty)
            var legs: [TestAgent] = []
            for word in ["second", "third"] {
                let leg = try await TestAgent.connect(to: edge, behaviour: .speakAndEnd(Array(word.utf8)))
                let reply = try await leg.authenticate(clientID: welcome.clientID, cookie: welcome.extra.cookie) {
                    $0.legNumber = 1
                }
                #expect(reply.clientID == welcome.clientID && reply.extra.cookie == welcome.extra.cookie)
                #expect(try await leg.bind { $0.hostname = Self.name }.error.isEmpty)
                legs.append(leg)
            }
            _ = try await legs[0].sessionEnded.get()
            #expect(try await Self.answers(edge) == ["first", "third"])
            try await first.vanish()
            try await legs[1].vanish()
        }
    }

    @Test("a session that is late with a heartbeat gets no clients until it answers again, and then it does")
    func late() async throws {
        try await TestEdge.run { edge in
            let steady = try await Self.member(of: edge, saying: "steady")
            let frozen = try await Self.member(of: edge, saying: "frozen") {
                $0.heartbeatInterval = 1_000_000_000
                $0.heartbeatTolerance = 3_600_000_000_000
            }
            try await frozen.freeze()
            while !edge.log.lines.contains(where: { $0.contains("agent is late with a heartbeat") }) {
                await Task.yield()
            }
            #expect(try await Self.answers(edge) == ["steady"])
            try await frozen.thaw()
            while !edge.log.lines.contains(where: { $0.contains("agent answers heartbeats again") }) {
                await Task.yield()
            }
            #expect(try await Self.answers(edge) == ["steady", "frozen"])
            try await steady.vanish()
            try await frozen.vanish()
        }
    }

    @Test("what is said of an endpoint changes while it is online, by its owner alone")
    func patch() async throws {
        try await TestEdge.run { edge in
            let owner = try await TestAgent.connect(to: edge)
            _ = try await owner.authenticate()
            let bound = try await owner.bind { $0.hostname = Self.name }
            let other = try await TestAgent.connect(to: edge)
            _ = try await other.authenticate()
            var patch = PatchTunnelState(tunnelID: bound.extra.tunnelID)
            patch.description = "new"
            let foreign: PatchTunnelStateResp = try await other.request(.patchTunnelState, patch)
            #expect(NgrokError(text: foreign.error).code == 333)
            let own: PatchTunnelStateResp = try await owner.request(.patchTunnelState, patch)
            #expect(own.error.isEmpty)
            patch.description = String(repeating: "d", count: 256)
            let long: PatchTunnelStateResp = try await owner.request(.patchTunnelState, patch)
            #expect(NgrokError(text: long.error).code == 18012)
            try await owner.vanish()
            try await other.vanish()
        }
    }

    @Test("a labelled tunnel is started without a name, and ends by Unbind; one without labels is refused")
    func labelledTunnel() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let none: StartTunnelWithLabelResp = try await agent.request(
                .startTunnelWithLabel,
                StartTunnelWithLabel(labels: [:])
            )
            #expect(NgrokError(text: none.error).code == 358)
            let started: StartTunnelWithLabelResp = try await agent.request(
                .startTunnelWithLabel,
                StartTunnelWithLabel(labels: ["team": "web"])
            )
            #expect(started.error.isEmpty && started.id.hasPrefix("tn_"))
            #expect(try await edge.metrics().contains("tunnels 1"))
            let stopped: UnbindResp = try await agent.request(.unbind, Unbind(id: started.id))
            #expect(stopped.error.isEmpty)
            #expect(try await edge.metrics().contains("tunnels 0"))
            let again: UnbindResp = try await agent.request(.unbind, Unbind(id: started.id))
            #expect(NgrokError(text: again.error).code == 333)
            try await agent.vanish()
        }
    }
}
