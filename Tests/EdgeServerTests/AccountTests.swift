import AgentProtocol
import EdgeServer
import HangTesting
import NIOCore
import Testing

@Suite("Accounts of one edge", .noHang)
struct AccountTests {
    @Test(
        "a token opens its own account and no other",
        arguments: [
            (TestEdge.token, "test", "a.shakedown.test"), (TestEdge.secondToken, "test", "a.shakedown.test"),
            (TestEdge.otherToken, "other", "theirs.example.net"),
            (TestEdge.otherToken, "other", "below.theirs.example.net"),
            (TestEdge.narrowToken, "other", "theirs.example.net"),
        ]
    )
    func tokens(token: String, account: String, name: String) async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            let welcome = try await agent.authenticate(token: token)
            #expect(welcome.extra.accountName == account)
            try #require(try await agent.bind { $0.hostname = name }.error.isEmpty)
            let client = try await edge.connectRaw()
            let hello = TestHello.bytes(serverName: name, offersTLS13: false)
            try await client.send(hello)
            #expect(try await client.bytes(hello.count) == hello)
            client.channel.close(promise: nil)
            try await agent.vanish()
        }
        #expect(events.map(\.accountId) == ["ac_\(account)"])
    }

    @Test("neither has the other's names, nor what its token does not permit")
    func names() async throws {
        try await TestEdge.run { edge in
            let refusals = [
                (TestEdge.token, "theirs.example.net", 320), (TestEdge.token, "below.theirs.example.net", 320),
                (TestEdge.token, "*.theirs.example.net", 320), (TestEdge.otherToken, "a.shakedown.test", 316),
                (TestEdge.otherToken, "a.example.org", 316), (TestEdge.otherToken, "*.shakedown.test", 316),
                (TestEdge.narrowToken, "below.theirs.example.net", 316),
                (TestEdge.narrowToken, "a.shakedown.test", 316),
            ]
            for (token, name, code) in refusals {
                let agent = try await TestAgent.connect(to: edge)
                _ = try await agent.authenticate(token: token)
                let reply = try await agent.bind { $0.hostname = name }
                #expect(NgrokError(text: reply.error).code == code, "\(name)")
                try await agent.vanish()
            }
        }
    }
}
