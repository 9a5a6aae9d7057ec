import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HangTesting
import LogTesting
import NIOCore
import Testing

@Suite("A reload of the certificates", .noHang)
struct ReloadTests {
    @Test("clients see the new certificate, and a bad one keeps the old")
    func clients() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "reload.shakedown.test") { $0.tlsTermination = .init() }
            func isTrusted(by authority: TestAuthority) async throws -> Bool {
                let client = try await edge.connect("reload.shakedown.test", trusting: authority)
                try? await client.send([1])
                defer { client.channel.close(promise: nil) }
                return (try? await client.bytes(1)) == [1]
            }
            #expect(try await isTrusted(by: edge.authority))
            let renewed = try TestAuthority(name: "renewed")
            let pair = try renewed.issue(["*.shakedown.test"])
            try Data(pair.certificatePEM.utf8).write(to: edge.folder.appending(path: "wild.pem"))
            edge.reload()
            #expect(try await isTrusted(by: edge.authority), "a pair that does not match keeps the old one")
            try edge.replace("wild", with: pair)
            edge.reload()
            #expect(try await isTrusted(by: renewed))
            try await agent.vanish()
        }
    }

    @Test("agents see the new certificate of their listener")
    func agents() async throws {
        try await TestEdge.run { edge in
            func isTrusted(by authority: TestAuthority) async throws -> Bool {
                // A handshake that failed may have taken the connection away before it could be used.
                guard let agent = try? await TestAgent.connect(to: edge, trusting: authority) else { return false }
                let reply = try? await agent.authenticate()
                try? await agent.vanish()
                return reply?.error.isEmpty == true
            }
            #expect(try await isTrusted(by: edge.authority))
            let renewed = try TestAuthority(name: "renewed")
            try edge.replace("agents", with: try renewed.issue(["localhost"]))
            #expect(try await isTrusted(by: edge.authority), "nothing is read unasked")
            edge.reload()
            #expect(try await isTrusted(by: renewed))
            #expect(try await !isTrusted(by: edge.authority))
        }
    }

    @Test("an endpoint that has no certificate is told of once, and not at every reload")
    func missing() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "offline.example.com") { $0.tlsTermination = .init() }
            edge.reload()
            edge.reload()
            let told = edge.log.lines.filter { $0.contains("offline.example.com") && $0.contains("certificate") }
            #expect(told.count == 1, "\(told)")
            try await agent.vanish()
        }
    }

    @Test("one bad certificate keeps all the others too")
    func allOrNothing() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "whole.shakedown.test") { $0.tlsTermination = .init() }
            try edge.replace("wild", with: try TestAuthority(name: "renewed").issue(["*.shakedown.test"]))
            try Data("no certificate".utf8).write(to: edge.folder.appending(path: "agents.pem"))
            edge.reload()
            let client = try await edge.connect("whole.shakedown.test")
            try await client.send([1])
            #expect(try await client.bytes(1) == [1])
            client.channel.close(promise: nil)
            #expect(edge.log.lines.contains { $0.hasPrefix("configuration not reloaded") })
            try await agent.vanish()
        }
    }

    @Test("what is open goes on: clients, halves of hellos, and agents with their names")
    func whatIsOpen() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "open.shakedown.test") { $0.tlsTermination = .init() }
            let client = try await edge.connect("open.shakedown.test")
            try await client.send(Array("before".utf8))
            #expect(try await client.bytes(6) == Array("before".utf8))
            let other = try await TestAgent.serving(edge, "half.shakedown.test")
            let half = try await edge.connectRaw()
            let hello = TestHello.bytes(serverName: "half.shakedown.test", offersTLS13: false)
            try await half.send(Array(hello.prefix(20)))

            try edge.replace("wild", with: try TestAuthority(name: "renewed").issue(["*.shakedown.test"]))
            edge.reload()

            try await client.send(Array(" and after".utf8))
            #expect(try await client.bytes(16) == Array("before and after".utf8))
            try await half.send(Array(hello.dropFirst(20)))
            #expect(try await half.bytes(hello.count) == hello)
            for session in [agent, other] {
                #expect(try await session.bind { _ in }.error.isEmpty)
            }
            for open in [client, half] { open.channel.close(promise: nil) }
            try await agent.vanish()
            try await other.vanish()
        }
    }

    @Test("an account that is added is let in, one that is taken away is put out, and a broken file changes nothing")
    func accounts() async throws {
        try await TestEdge.run { edge in
            let other = try await TestAgent.serving(edge, "theirs.example.net", token: TestEdge.otherToken)
            edge.reload { $0 + "\nnonsense: 1\n" }
            #expect(edge.log.lines.contains { $0.hasPrefix("configuration not reloaded") })
            #expect(try await other.bind { $0.hostname = "more.theirs.example.net" }.error.isEmpty)
            edge.reload {
                $0.replacing("name: other", with: "name: new")
                    .replacing("id: ac_other", with: "id: ac_new")
                    .replacing(TestEdge.otherToken, with: "token-of-the-new")
            }
            _ = try await other.sessionEnded.get()
            let new = try await TestAgent.serving(edge, "theirs.example.net", token: "token-of-the-new")
            try await new.vanish()
        }
    }
}
