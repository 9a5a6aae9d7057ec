import FolderTesting
import Foundation
import Testing

/// The agent's program and the edge's, which tells of a second address: a relay's in front of it.
@Suite("Several legs", .enabled(if: Programs.isInstalled("python3"), "install python3"))
struct SeveralLegsTests {
    private static func sessions(at local: LocalEdge) async throws -> Substring? {
        try await local.ask("metrics").firstMatch(of: #/(?m)^shakedown_edge_agent_sessions (\d+)$/#)?.1
    }

    @Test("go to the addresses that the edge names, and the loss of one leaves clients served")
    func legs() async throws {
        let folder = try TemporaryFolder()
        let relay = try RunningProgram(
            "/usr/bin/env",
            ["python3", "Tests/IntegrationTests/Python/relay.py", folder.path("target")],
            in: folder
        )
        defer { kill(relay.process.processIdentifier, SIGKILL) }
        #expect(try await relay.wait { relay.output.hasSuffix("\n") }, "\(relay.errors)")
        let port = relay.output.dropLast()
        // The first is where the agent is already.
        let local = try await LocalEdge("", agents: "addresses: [\"127.0.0.1:1\", \"127.0.0.1:\(port)\"]")
        _ = try folder.write(local.agents, to: "target")
        let file = try local.folder.write("version: 2\nmulti_leg: true\n", to: "legs.yaml")
        let agent = try await local.serve(agent: ["--config", file])
        #expect(
            try await agent.wait { agent.errors.contains(#/leg established .*leg.number=1/#) },
            "\(agent.errors)"
        )
        #expect(try await Self.sessions(at: local) == "2")
        for _ in 0..<4 { try await local.serveOne() }
        kill(relay.process.processIdentifier, SIGKILL)
        #expect(try await agent.wait { agent.errors.contains(#/leg lost .*leg.number=1/#) }, "\(agent.errors)")
        for _ in 0..<4 { try await local.serveOne() }
        kill(agent.process.processIdentifier, SIGTERM)
        #expect(try await agent.end().status == 0)
    }
}
