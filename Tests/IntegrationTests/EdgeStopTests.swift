import FolderTesting
import Foundation
import Testing

/// How the edge ends when it is told to.
@Suite("The end of shakedown-edge")
struct EdgeStopTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    @Test(
        "SIGTERM and SIGINT end it in order, with or without an events file",
        arguments: [SIGTERM, SIGINT],
        [true, false]
    )
    func endsInOrder(signal: Int32, hasEvents: Bool) async throws {
        let mint = try await RunningProgram.run(
            Programs.path("shakedown"),
            ["certs", "--out", self.folder.url.path, "agents-listener"],
            in: self.folder
        )
        #expect(mint.status == 0, "\(mint.errors)")
        let configuration = try self.folder.write(
            """
            version: 1
            listen: ["127.0.0.1:0"]
            agents: { listen: "127.0.0.1:0", certificate: agents-listener.chain.pem, key: agents-listener.key }
            accounts: [{ name: test, authtokens: [{ token: "token-of-the-test" }] }]
            \(hasEvents ? "events: events.jsonl" : "")
            """,
            to: "edge.yaml"
        )
        let ready = self.folder.file("ready.json")
        let edge = try RunningProgram(
            Programs.path("shakedown-edge"),
            ["--config", configuration, "--ready-file", ready.path],
            in: self.folder
        )
        defer { kill(edge.process.processIdentifier, SIGKILL) }
        try #require(try await edge.wait { FileManager.default.fileExists(atPath: ready.path) }, "\(edge.errors)")
        kill(edge.process.processIdentifier, signal)
        let outcome = try await edge.end()
        #expect(outcome.status == 0)
        #expect(!outcome.errors.contains("error"), "\(outcome.errors)")
    }

    @Test(
        "what is open when it stops has its event by the time it has ended",
        .enabled(if: Programs.isInstalled("openssl"), "install openssl")
    )
    func lastEvents() async throws {
        let local = try await LocalEdge("events: events.jsonl\ndeadlines: { drain: 1ms }")
        try await local.serve()
        #expect(try await local.isServed(try local.connect()))
        kill(local.edge.process.processIdentifier, SIGTERM)
        #expect(try await local.edge.end().status == 0)
        #expect(local.connections("events.jsonl").count == 1)
    }
}
