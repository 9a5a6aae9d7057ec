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

    @Test("a bad Auth is refused with its code, and the session ends")
    func refused() async throws {
        try await TestEdge.run { edge in
            for (token, versions, code) in [("", ["3"], 105), ("wrong", ["3"], 107), (TestEdge.token, ["1"], 811)] {
                let agent = try await TestAgent.connect(to: edge)
                let reply = try await agent.authenticate(token: token, versions: versions)
                #expect(NgrokError(text: reply.error).code == code)
                _ = try await agent.sessionEnded.get()
            }
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
            var extra = Auth.Extra()
            extra.authtoken = TestEdge.token
            extra.cookie = welcome.extra.cookie
            let _: AuthResp = try await new.request(
                .auth,
                Auth(versions: ["3"], clientID: welcome.clientID, extra: extra)
            )
            #expect(try await new.bind { $0.hostname = "mine.shakedown.test" }.error.isEmpty)
            _ = try await old.sessionEnded.get()
            try await new.vanish()
        }
    }
}
