import FolderTesting
import Foundation
import Testing

/// The agent's local API, with real programs on all sides.
@Suite("The local API of a running agent")
struct LocalAPITests {
    /// Starts an agent without tunnels, and gives where its local API is.
    private static func start(
        _ local: LocalEdge,
        _ flags: [String] = []
    ) async throws -> (
        agent: RunningProgram, url: String
    ) {
        let ready = local.folder.file("agent.json")
        let agent = try local.startAgent(
            ["start", "--none", "--web-addr", "127.0.0.1:0", "--ready-file", ready.path] + flags
        )
        let pattern = #/local API listens web\.url=(\S+)/#
        guard
            try await agent.wait(until: {
                FileManager.default.fileExists(atPath: ready.path) && agent.errors.contains(pattern)
            }), let url = agent.errors.firstMatch(of: pattern)?.1
        else { throw LocalEdge.NotReady(program: "shakedown-agent", said: agent.errors) }
        return (agent, String(url))
    }

    @Test(
        "serves the package pyngrok, unmodified",
        .enabled(if: PythonPackage.pyngrok != nil, "PyPI cannot be reached, so the package `pyngrok` is not there"),
        .enabled(if: Programs.isInstalled("openssl"), "install openssl")
    )
    func pyngrok() async throws {
        let local = try await LocalEdge("")
        let (_, url) = try await Self.start(local)
        let service = try await local.startService()
        let script = try RunningProgram(
            "/usr/bin/env",
            [
                "PYTHONPATH=\(PythonPackage.pyngrok ?? "")", "python3",
                Programs.root.appending(path: "Tests/IntegrationTests/Python/pyngrok_tunnels.py").path, url, service,
            ],
            in: local.folder
        )
        let isStarted = try await script.wait {
            script.output.contains("started web tls://app.shakedown.test\n")
        }
        try #require(isStarted, "\(script.errors)")
        try await local.serveOne()
        try script.input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        let outcome = try await script.end()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("connections 1\nstopped\n"), "\(outcome.output)")
    }

    @Test(
        "an agent whose port is taken ends, and says which",
        .enabled(if: Programs.isInstalled("openssl"), "install openssl")
    )
    func busyPort() async throws {
        let local = try await LocalEdge("")
        let (_, url) = try await Self.start(local)
        let address = url.replacing("http://", with: "")
        let second = try local.startAgent(["start", "--none", "--web-addr", address])
        let outcome = try await second.end()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("shakedown-agent: error: cannot listen on \(address): address in use\nhint:"))
    }

    @Test("the agent stops in order with it")
    func stops() async throws {
        let local = try await LocalEdge("")
        let (agent, _) = try await Self.start(local)
        kill(agent.process.processIdentifier, SIGTERM)
        let outcome = try await agent.end()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("agent stopped"))
    }
}
