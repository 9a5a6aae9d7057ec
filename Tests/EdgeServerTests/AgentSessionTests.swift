import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HangTesting
import Muxado
import MuxadoChannel
import NIOCore
import Testing

@Suite("Agent sessions", .noHang)
struct AgentSessionTests {
    @Test("a good token is welcomed, and SrvInfo is answered before")
    func welcome() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            let info: SrvInfoResp = try await agent.request(.serverInfo, SrvInfo())
            #expect(info.error.isEmpty)
            let welcome = try await agent.authenticate()
            #expect(welcome.error.isEmpty)
            #expect(welcome.version == "3")
            #expect(!welcome.clientID.isEmpty)
            #expect(welcome.extra.accountName == "test")
            try await agent.vanish()
        }
    }

    @Test("an agent is told where its further connections may go")
    func addresses() async throws {
        try await TestEdge.run(agents: "addresses: [a.example.com:4443, '[::1]:4444']") { edge in
            let agent = try await TestAgent.connect(to: edge)
            let addresses = try await agent.authenticate().extra.connectAddresses
            #expect(addresses.map(\.serverAddress) == ["a.example.com:4443", "[::1]:4444"])
            #expect(addresses.map(\.region) == ["local", "local"])
            try await agent.vanish()
        }
    }

    @Test("a bad Auth is refused with its code, and the session ends")
    func refused() async throws {
        try await TestEdge.run { edge in
            for (token, versions, code) in [("", ["3"], 105), ("wrong", ["3"], 107), (TestEdge.token, ["1"], 811)] {
                let agent = try await TestAgent.connect(to: edge)
                let reply = try await agent.authenticate(token: token, versions: versions)
                // One that is let in is not ended.
                try #require(NgrokError(text: reply.error).code == code)
                let start = ContinuousClock.now
                _ = try await agent.sessionEnded.get()
                // Because it was refused, and not since it has said nothing good for ten seconds.
                #expect(.now - start < .seconds(8))
            }
        }
    }

    @Test("an endpoint's id is its session's own: another has the same one, and its own has it once")
    func idOfAnother() async throws {
        try await TestEdge.run { edge in
            let first = try await TestAgent.connect(to: edge)
            _ = try await first.authenticate()
            let second = try await TestAgent.connect(to: edge)
            _ = try await second.authenticate()
            var replies: [BindResp] = []
            for (agent, name) in [(first, "one"), (second, "two"), (second, "three")] {
                var bind = Bind(id: "chosen", options: TLSOptions())
                bind.options.hostname = "\(name).shakedown.test"
                replies.append(try await agent.request(.bind, bind))
            }
            #expect(replies.map(\.error) == ["", "", ""])
            #expect(replies.map { $0.id == "chosen" } == [true, true, false])
            #expect(Set(replies.map(\.extra.tunnelID)).count == 3)
            for name in ["one", "two", "three"] {
                let client = try await edge.connectRaw()
                try await client.send(TestHello.bytes(serverName: "\(name).shakedown.test"))
                _ = try await client.bytes(5)
                try await client.endInput()
                _ = try await client.end()
            }
            #expect(try await first.nextStream().header?.id == "chosen")
            let ofSecond = Set([try await second.nextStream(), try await second.nextStream()].map(\.header?.id))
            #expect(ofSecond == ["chosen", replies[2].id])
            try await first.vanish()
            try await second.vanish()
        }
    }

    @Test("who an agent is, it says once")
    func authenticatedTwice() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            #expect(try await agent.authenticate().error.isEmpty)
            let reply = try await agent.authenticate(token: TestEdge.otherToken)
            try #require(!reply.error.isEmpty)
            _ = try await agent.sessionEnded.get()
        }
    }

    @Test("nothing is bound before Auth")
    func bindBeforeAuth() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            #expect(try await !agent.bind { $0.hostname = "a.shakedown.test" }.error.isEmpty)
            try await agent.vanish()
        }
    }

    @Test("a live name is refused to others with 334, and free again after Unbind")
    func duplicate() async throws {
        try await TestEdge.run { edge in
            let first = try await TestAgent.connect(to: edge)
            _ = try await first.authenticate()
            let bound = try await first.bind { $0.hostname = "one.shakedown.test" }
            #expect(bound.url == "tls://one.shakedown.test")
            let second = try await TestAgent.connect(to: edge)
            _ = try await second.authenticate()
            let refused = try await second.bind { $0.hostname = "ONE.shakedown.test" }
            #expect(NgrokError(text: refused.error).code == 334)
            let foreign: UnbindResp = try await second.request(.unbind, Unbind(id: bound.id))
            #expect(NgrokError(text: foreign.error).code == 333)
            let unbound: UnbindResp = try await first.request(.unbind, Unbind(id: bound.id))
            #expect(unbound.error.isEmpty)
            #expect(try await second.bind { $0.hostname = "one.shakedown.test" }.error.isEmpty)
            try await first.vanish()
            try await second.vanish()
        }
    }

    @Test("what a bind cannot have is refused with its code")
    func badBinds() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let pair = try edge.authority.issue(["a.shakedown.test"])
            let otherPair = try edge.authority.issue(["a.shakedown.test"])
            let noAuthority = try TestAuthority(name: "no CA", isAuthority: false).certificatePEM
            let binds: [(Int, (inout TLSOptions) -> Void)] = [
                (14001, { $0.tlsTermination = .init(certificate: [1], key: [2]) }),
                (
                    14001,
                    {
                        $0.tlsTermination = .init(
                            certificate: Array(pair.certificatePEM.utf8),
                            key: Array(otherPair.keyPEM.utf8)
                        )
                    }
                ),
                (
                    1695,
                    {
                        $0.tlsTermination = .init()
                        $0.mutualTLSAtEdge = Array("no PEM".utf8)
                    }
                ),
                (
                    14002,
                    {
                        $0.tlsTermination = .init()
                        $0.mutualTLSAtEdge = Array(
                            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8
                        )
                    }
                ),
                (
                    1696,
                    {
                        $0.tlsTermination = .init()
                        $0.mutualTLSAtEdge = Array(noAuthority.utf8)
                    }
                ),
                (1694, { $0.mutualTLSAtEdge = Array(noAuthority.utf8) }),
                (319, { $0.hostname = "not.reserved.com" }),
            ]
            for (code, edit) in binds {
                let reply = try await agent.bind {
                    $0.hostname = "bad.shakedown.test"
                    edit(&$0)
                }
                #expect(NgrokError(text: reply.error).code == code)
            }
            // None of them left the name taken.
            #expect(try await agent.bind { $0.hostname = "bad.shakedown.test" }.error.isEmpty)
            try await agent.vanish()
        }
    }

    @Test("a bind without a name gets one, and its reply can be bound again after a reconnect")
    func randomName() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let bound = try await agent.bind { _ in }
            #expect(bound.url.hasSuffix(".shakedown.test"))
            let _: UnbindResp = try await agent.request(.unbind, Unbind(id: bound.id))
            let again = try await agent.bind { $0 = bound.options }
            #expect(again.url == bound.url)
            try await agent.vanish()
        }
    }

    @Test("an agent that comes back takes the place of its old session")
    func comesBack() async throws {
        try await TestEdge.run { edge in
            let old = try await TestAgent.connect(to: edge)
            let welcome = try await old.authenticate()
            #expect(try await old.bind { $0.hostname = "mine.shakedown.test" }.error.isEmpty)
            let new = try await TestAgent.connect(to: edge)
            _ = try await new.authenticate(clientID: welcome.clientID, cookie: welcome.extra.cookie)
            // Without its place it would have no name to take, and the old one would stay.
            try #require(try await new.bind { $0.hostname = "mine.shakedown.test" }.error.isEmpty)
            _ = try await old.sessionEnded.get()
            try await new.vanish()
        }
    }

    @Test("nobody takes an old session's place without its cookie, or with another account's token")
    func notAnothersPlace() async throws {
        try await TestEdge.run { edge in
            let old = try await TestAgent.connect(to: edge)
            let welcome = try await old.authenticate()
            #expect(try await old.bind { $0.hostname = "mine.shakedown.test" }.error.isEmpty)
            let neighbour = try await TestAgent.connect(to: edge)
            let itsOwn = try await neighbour.authenticate().extra.cookie
            let others = [
                (TestEdge.token, welcome.clientID, itsOwn),
                (TestEdge.token, welcome.clientID, "ck_guessed"), (TestEdge.token, welcome.clientID, ""),
                (TestEdge.token, "cl_guessed", welcome.extra.cookie),
                (TestEdge.otherToken, welcome.clientID, welcome.extra.cookie),
            ]
            for (token, clientID, cookie) in others {
                let other = try await TestAgent.connect(to: edge)
                _ = try await other.authenticate(token: token, clientID: clientID, cookie: cookie)
                try await other.vanish()
            }
            let last = try await TestAgent.connect(to: edge)
            _ = try await last.authenticate()
            let refused = try await last.bind { $0.hostname = "mine.shakedown.test" }
            #expect(NgrokError(text: refused.error).code == 334)
            #expect(try await old.bind { $0.hostname = "more.shakedown.test" }.error.isEmpty)
            try await old.vanish()
            try await neighbour.vanish()
            try await last.vanish()
        }
    }

    @Test("an agents' connection that does not say who it is ends by itself")
    func silent() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.sessionEnded.get()
        }
    }

    @Test("a session has ten thousand endpoints and no more")
    func endpointLimit() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let limit = 10_000
            for start in stride(from: 0, to: limit, by: 100) {
                try await withThrowingTaskGroup(of: String.self) { group in
                    for number in start..<start + 100 {
                        group.addTask { try await agent.bind { $0.hostname = "e\(number).shakedown.test" }.error }
                    }
                    for try await error in group { try #require(error.isEmpty) }
                }
            }
            #expect(try await !agent.bind { $0.hostname = "last.shakedown.test" }.error.isEmpty)
            try await agent.vanish()
        }
    }
}
