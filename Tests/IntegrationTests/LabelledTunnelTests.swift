import FolderTesting
import Foundation
import Testing

/// Labelled tunnels of the agent's program at the edge's, as far as they go without a TLS edge that asks for them.
@Suite("Tunnels with labels", .enabled(if: Programs.isInstalled("curl"), "install curl"))
struct LabelledTunnelTests {
    private static func tunnels(at local: LocalEdge) async throws -> Substring? {
        try await local.ask("metrics").firstMatch(of: #/(?m)^shakedown_edge_tunnels (\d+)$/#)?.1
    }

    @Test("are counted by the edge from their start until they are gone from the file, or their agent stops")
    func lifetime() async throws {
        let local = try await LocalEdge("")
        let agent = try await local.startAgent(
            tunnels: "{ a: { labels: [team=web], addr: 8080 }, b: { labels: [team=web, region=eu], addr: 8081 } }"
        )
        #expect(try await Self.tunnels(at: local) == "2")
        try local.writeAgentFile(tunnels: "{ b: { labels: [team=web, region=eu], addr: 8081 } }")
        kill(agent.process.processIdentifier, SIGHUP)
        #expect(try await agent.wait { agent.errors.contains(#/tunnel offline .*tunnel.name=a/#) }, "\(agent.errors)")
        #expect(try await Self.tunnels(at: local) == "1")
        kill(agent.process.processIdentifier, SIGTERM)
        #expect(try await agent.end().status == 0)
        #expect(try await Self.tunnels(at: local) == "0")
    }

    @Test("are started from the command line")
    func commandLine() async throws {
        let local = try await LocalEdge("")
        let agent = try local.startAgent(["tunnel", "8080", "--label", "team=web", "--label", "region=eu"])
        #expect(try await agent.wait { agent.errors.contains("tunnel online") }, "\(agent.errors)")
        #expect(try await Self.tunnels(at: local) == "1")
    }

    @Test(
        "that cannot be end with 64, and say why",
        arguments: [
            ([], "--label team=web"), (["--label", "team"], "'team' is no label"),
            (["--label", "team=web", "--label", "team=api"], "the label 'team' stands twice"),
            (["--label", "team=web", "--domain", "app.example.com"], "--domain"),
            (["--label", "team=web", "--crt", "app.pem"], "has a crt and no key"),
        ]
    )
    func wrongUse(flags: [String], words: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await RunningProgram.run(
            Programs.path("shakedown-agent"),
            ["tunnel", "8080"] + flags,
            in: folder
        )
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
}
