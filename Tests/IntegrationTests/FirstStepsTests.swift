import FolderTesting
import Foundation
import Testing

/// Where somebody who tries edge and agent for the first time goes wrong, the programs say what to do.
@Suite("First steps with edge and agent", .serialized)
struct FirstStepsTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private func mint(_ names: String..., domain: String = "shakedown.test") async throws {
        let outcome = try await RunningProgram.run(
            Programs.path("shakedown"),
            ["certs", "--out", self.folder.url.path, "--domain", domain] + names,
            in: self.folder
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// An edge of which a new user has configured this much, and where its agents connect.
    private func startEdge(_ more: String = "") async throws -> (edge: RunningProgram, agents: String) {
        let configuration = try self.folder.write(
            """
            version: 1
            listen: ["127.0.0.1:0"]
            agents: { listen: "127.0.0.1:0", certificate: agents-listener.chain.pem, key: agents-listener.key }
            accounts: [{ name: me, authtokens: [{ token: "token-of-the-test" }] }]
            base-domains: [shakedown.test]
            \(more)
            """,
            to: "edge.yaml"
        )
        let ready = self.folder.file("ready.json")
        let edge = try RunningProgram(
            Programs.path("shakedown-edge"),
            ["--config", configuration, "--ready-file", ready.path],
            in: self.folder
        )
        try #require(try await edge.wait { FileManager.default.fileExists(atPath: ready.path) }, "\(edge.errors)")
        let places = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: ready)) as? [String: Any])
        return (edge, try #require(places["agents"] as? String))
    }

    private func agent(_ agents: String, _ more: String..., trusting roots: String? = "ca-servers.pem") -> [String] {
        let trust = roots.map { ["--root-cas", self.folder.file($0).path] } ?? []
        return ["tls", "9", "--server-addr", agents, "--authtoken", "token-of-the-test"] + trust + more
    }

    @Test("an edge that is not trusted: which certificate, why, what to do, and the end with 1")
    func distrust() async throws {
        try await self.mint("ca-servers", "agents-listener", "ca-unknown")
        let (edge, agents) = try await self.startEdge()
        defer { kill(edge.process.processIdentifier, SIGKILL) }
        for roots in [nil, "ca-unknown.pem"] {
            let outcome = try await RunningProgram.run(
                Programs.path("shakedown-agent"),
                self.agent(agents, "--domain", "app.shakedown.test", trusting: roots),
                in: self.folder
            )
            #expect(outcome.status == 1)
            for words in ["shakedown-agent: error: ", agents, "agents-listener", "Shakedown servers", "--root-cas"] {
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
            }
            #expect(outcome.errors.split(separator: "\n").count == 2, "\(outcome.errors)")
        }
        let outcome = try await RunningProgram.run(
            Programs.path("shakedown-agent"),
            self.agent(agents, "--domain", "app.elsewhere.test"),
            in: self.folder
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("or use one below 'shakedown.test'"), "\(outcome.errors)")
    }

    @Test("an endpoint without a certificate: the edge warns once, and the agent's user reads it")
    func missingCertificate() async throws {
        try await self.mint("ca-servers", "agents-listener", "edge-server")
        let (edge, agents) = try await self.startEdge(
            "certificates: [{ certificate: edge-server.pem, key: edge-server.key }]"
        )
        defer { kill(edge.process.processIdentifier, SIGKILL) }
        // For the first the edge has a certificate, and for the second one it has not.
        let covered = try RunningProgram(
            Programs.path("shakedown-agent"),
            self.agent(agents, "--domain", "app.shakedown.test", "--terminate-at", "edge"),
            in: self.folder
        )
        defer { kill(covered.process.processIdentifier, SIGKILL) }
        try #require(try await covered.wait { covered.errors.contains("tunnel online") }, "\(covered.errors)")
        #expect(!edge.errors.contains("no certificate"), "\(edge.errors)")
        #expect(!covered.errors.contains("no certificate"), "\(covered.errors)")

        // The certificate that SIGHUP finds is for other names.
        try await self.mint("edge-server", domain: "elsewhere.test")
        kill(edge.process.processIdentifier, SIGHUP)
        try #require(try await edge.wait { edge.errors.contains("configuration reloaded") }, "\(edge.errors)")
        #expect(edge.errors.contains("no certificate for the endpoint"), "\(edge.errors)")
        #expect(edge.errors.contains("endpoint.name=app.shakedown.test"), "\(edge.errors)")

        let uncovered = try RunningProgram(
            Programs.path("shakedown-agent"),
            self.agent(agents, "--domain", "bare.shakedown.test", "--terminate-at", "edge"),
            in: self.folder
        )
        defer { kill(uncovered.process.processIdentifier, SIGKILL) }
        try #require(try await uncovered.wait { uncovered.errors.contains("tunnel online") }, "\(uncovered.errors)")
        #expect(uncovered.errors.contains("no certificate for 'bare.shakedown.test'"), "\(uncovered.errors)")
        let warnings = edge.errors.split(separator: "\n").filter { $0.contains("no certificate for the endpoint") }
        #expect(warnings.count == 2, "\(edge.errors)")
    }
}
