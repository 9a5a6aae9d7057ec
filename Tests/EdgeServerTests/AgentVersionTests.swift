import AgentProtocol
import EdgeServer
import HangTesting
import Testing

@Suite("Which agents the edge lets in", .noHang)
struct AgentVersionTests {
    /// `agents` of a test's edge, with rules.
    private static func run(_ body: (TestEdge) async throws -> Void) async throws {
        let rules = """
            banner: hello there, versions: [{ client: some-agent, minimum: 1.2.0, \
            next: { minimum: 2.0.0, from: 2027-03-31, message: it is old } }]
            """
        try await TestEdge.run(agents: rules, body)
    }

    @Test("one below the minimum is refused, one below the next is told, and a newer one hears the banner alone")
    func versions() async throws {
        try await Self.run { edge in
            func welcome(_ version: String) async throws -> AuthResp {
                let agent = try await TestAgent.connect(to: edge)
                let reply = try await agent.authenticate(clientType: "some-agent") { $0.version = version }
                try await agent.vanish()
                return reply
            }
            #expect(NgrokError(text: try await welcome("1.1.9").error).code == 121)
            #expect(NgrokError(text: try await welcome("1.1").error).code == 119)
            let old = try await welcome("1.2.0")
            #expect(old.error.isEmpty)
            #expect(old.extra.deprecationWarning?.nextMinimum == "2.0.0")
            #expect(old.extra.deprecationWarning?.nextDate == "2027-03-31T00:00:00Z")
            #expect(old.extra.deprecationWarning?.message == "it is old")
            let new = try await welcome("2.0.0")
            #expect(new.extra.deprecationWarning == nil)
            #expect(new.extra.banner == "hello there")
            #expect(try await edge.metrics().contains(#"agent_auth_failures_total{code="ERR_NGROK_121"} 1"#))
        }
    }

    @Test("one that would ask clients for no certificate gets no TLS endpoint, and stays")
    func vulnerable() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            let reply = try await agent.authenticate(clientType: "agent/official/go") { $0.version = "3.22.1" }
            #expect(reply.error.isEmpty)
            let refused = try await agent.bind { $0.hostname = "a.shakedown.test" }
            #expect(NgrokError(text: refused.error).code == 9042)
            #expect(try await edge.metrics().contains("endpoints 0"))
            try await agent.vanish()
        }
    }
}
