import FolderTesting
import Foundation
import Testing

/// What the agent's program asks the edge's for, and what it says of what is refused.
@Suite("What an agent asks for")
struct AgentRequestsTests {
    @Test(
        "and the edge refuses ends it with 1 and the edge's sentence",
        arguments: [
            (["--binding", "internal"], "'app.shakedown.test' does not end in .internal", "ERR_NGROK_9029"),
            (["--traffic-policy", "on_tcp_connect: [{}]"], "'on_tcp_connect[0]' has no action.", "ERR_NGROK_9026"),
            (["--metadata", String(repeating: "m", count: 4_097)], "The metadata has more than", "ERR_NGROK_18013"),
        ]
    )
    func refused(flags: [String], words: String, code: String) async throws {
        let local = try await LocalEdge("")
        let outcome = try await local.startAgent(upstream: "8080", flags).end()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("shakedown-agent: error: the edge refused tunnel 'command_line': "))
        #expect(outcome.errors.contains(words) && outcome.errors.contains(code), "\(outcome.errors)")
    }

    @Test("may be asked for by the flags of ngrok's agents, older and newer ones")
    func spellings() async throws {
        let local = try await LocalEdge("")
        let policy = try local.folder.write(
            "on_tcp_connect: [{ actions: [{ type: log, config: { metadata: { a: b } } }] }]",
            to: "policy.yaml"
        )
        let agent = try local.startAgent([
            "tls", "8080", "--subdomain", "named", "--upstream-proxy-protocol", "2", "--policy-file", policy,
        ])
        #expect(
            try await agent.wait { agent.errors.contains("tunnel.url=tls://named.shakedown.test") },
            "\(agent.errors)"
        )
    }

    @Test("may be asked for by a file of version 3, whose endpoints an agent starts like tunnels")
    func endpoints() async throws {
        let local = try await LocalEdge("")
        let file = try local.folder.write(
            """
            version: 3
            endpoints:
              - { name: web, url: "tls://\(LocalEdge.name)", upstream: { url: 8080 } }
              - { name: any, url: "tls://", upstream: { url: 8080 } }
            """,
            to: "endpoints.yaml"
        )
        let agent = try local.startAgent(["start", "--all", "--config", file])
        #expect(
            try await agent.wait {
                agent.errors.contains("tunnel.name=web tunnel.url=tls://\(LocalEdge.name)")
                    && agent.errors.contains(#/tunnel\.name=any tunnel\.url=tls:\/\/[a-z0-9-]+\.shakedown\.test/#)
            },
            "\(agent.errors)"
        )
    }

    @Test("may be shared: two agents with pooling serve one name")
    func pool() async throws {
        let local = try await LocalEdge("")
        for flags in [["--pooling-enabled", "--description", "one"], ["--pooling-enabled", "--name", "other"]] {
            let agent = try local.startAgent(upstream: "8080", flags)
            #expect(try await agent.wait { agent.errors.contains("tunnel online") }, "\(agent.errors)")
        }
        let alone = try await local.startAgent(upstream: "8080", []).end()
        #expect(alone.status == 1)
        #expect(alone.errors.contains("ERR_NGROK_334"), "\(alone.errors)")
    }

    @Test("and only says of an endpoint changes at SIGHUP, and takes nothing offline")
    func changedWords() async throws {
        let local = try await LocalEdge("")
        func tunnels(_ description: String) -> String {
            "{ web: { proto: tls, addr: 8080, domain: \(LocalEdge.name), description: \(description) } }"
        }
        let agent = try await local.startAgent(tunnels: tunnels("old"))
        try local.writeAgentFile(tunnels: tunnels("new"))
        kill(agent.process.processIdentifier, SIGHUP)
        #expect(try await agent.wait { agent.errors.contains("tunnel changed tunnel.name=web") }, "\(agent.errors)")
        #expect(!agent.errors.contains("offline"), "\(agent.errors)")
    }
}
