import AgentProtocol
import CredentialTesting
import HangTesting
import LogTesting
import MuxadoChannel
import NIOCore
import Testing

@Suite("What an agent asks for", .noHang)
struct AgentRequestTests {
    private typealias Pair = TLSOptions.TLSTermination

    private static func pair(certificates: Int = 1) throws -> Pair {
        let pair = try TestAuthority().issue(["a.shakedown.test"])
        let chain = String(repeating: pair.certificatePEM, count: certificates)
        return Pair(certificate: Array(chain.utf8), key: Array(pair.keyPEM.utf8))
    }

    private static func bind(_ name: String, id: String = "", pair: Pair? = nil) -> [UInt8] {
        var bind = Bind(id: id, options: TLSOptions())
        bind.options.hostname = "\(name).shakedown.test"
        bind.options.tlsTermination = pair
        return bind.encoded
    }

    @Test("what an agent asks for is done in the order in which it asks, however long each takes")
    func requestsInOrder() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let pair = try Self.pair()
            for _ in 0..<10 {
                // Only the first has anything to be parsed.
                let bound = try await agent.say(Self.bind("a", id: "chosen", pair: pair), as: .bind, waits: true)
                let unbound = try await agent.say(Unbind(id: "chosen").encoded, as: .unbind, waits: true)
                let again = try await agent.say(Self.bind("a", id: "chosen"), as: .bind, waits: true)
                let ended = try await agent.say(Unbind(id: "chosen").encoded, as: .unbind, waits: true)
                #expect(try BindResp(decoding: try await bound.get()).error.isEmpty)
                #expect(try UnbindResp(decoding: try await unbound.get()).error.isEmpty)
                let reply = try BindResp(decoding: try await again.get())
                #expect(reply.error.isEmpty && reply.id == "chosen")
                #expect(try UnbindResp(decoding: try await ended.get()).error.isEmpty)
            }
            try await agent.vanish()
        }
    }

    @Test("an agent that ends its request's stream at once is answered all the same")
    func endedRequest() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let pair = try Self.pair()
            let reply = try await agent.say(Self.bind("a", pair: pair), as: .bind, ends: true)
            #expect(try BindResp(decoding: try await reply.get()).error.isEmpty)
            try await agent.vanish()
        }
    }

    @Test("of what an agent had asked for when it went nothing is online")
    func goneWhileAsking() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let pair = try Self.pair()
            var replies: [EventLoopFuture<[UInt8]>] = []
            for number in 0..<50 {
                replies.append(try await agent.say(Self.bind("n\(number)", pair: pair), as: .bind, waits: true))
            }
            try await agent.vanish()
            for reply in replies { _ = try? await reply.get() }
            // Polls: that a session has ended has no event here.
            while !edge.log.lines.contains(where: { $0.hasPrefix("agent session ended") }) {
                try await Task.sleep(for: .milliseconds(5))
            }
            let next = try await TestAgent.connect(to: edge)
            _ = try await next.authenticate()
            for number in 0..<50 {
                let reply = try await next.say(Self.bind("n\(number)"), as: .bind).get()
                #expect(try BindResp(decoding: reply).error.isEmpty)
            }
            #expect(try await edge.metrics().contains("endpoints 50"))
            try await next.vanish()
        }
    }

    /// The edge stops taking in what the agent sends, and goes on when there is room.
    @Test("an agent that asks for more than may wait is answered to the last")
    func moreThanWaits() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            // Some 700 KB, whose certificates are all parsed.
            let long = try Self.pair(certificates: 1_000)
            var replies: [EventLoopFuture<[UInt8]>] = []
            for number in 0..<10 {
                replies.append(try await agent.say(Self.bind("n\(number)", pair: long), as: .bind, waits: true))
            }
            for (number, reply) in replies.enumerated() {
                let bound = try BindResp(decoding: try await reply.get())
                #expect(bound.error.isEmpty && bound.url == "tls://n\(number).shakedown.test")
            }
            try await agent.vanish()
        }
    }
}
