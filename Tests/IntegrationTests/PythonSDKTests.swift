import FolderTesting
import Foundation
import Testing

/// ngrok's own SDK for Python, unmodified, is an agent of our edge.
@Suite("The ngrok SDK for Python", .serialized)
struct PythonSDKTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    @Test(
        "serves a TLS endpoint through our edge",
        .enabled(if: PythonPackage.sdk != nil, "PyPI cannot be reached, so the package `ngrok` is not there"),
        .enabled(if: Programs.isInstalled("openssl"), "install openssl"),
        arguments: ["upstream", "edge", "policy", "labelled"]
    )
    func serves(termination: String) async throws {
        let mint = try await RunningProgram.run(
            Programs.path("shakedown"),
            [
                "certs", "--out", self.folder.url.path, "ca-servers", "agents-listener", "edge-server",
                "upstream-server",
            ],
            in: self.folder
        )
        #expect(mint.status == 0, "\(mint.errors)")
        let ready = self.folder.file("ready.json")
        let configuration = try self.folder.write(
            """
            version: 1
            listen: ["127.0.0.1:0"]
            agents: { listen: "127.0.0.1:0", certificate: agents-listener.chain.pem, key: agents-listener.key }
            accounts: [{ name: test, authtokens: [{ token: "token-of-the-test" }], api-keys: [{ token: key-of-the-test }] }]
            base-domains: [shakedown.test]
            api: { listen: "127.0.0.1:0" }
            """,
            to: "edge.yaml"
        )
        let edge = try RunningProgram(
            Programs.path("shakedown-edge"),
            ["--config", configuration, "--ready-file", ready.path],
            in: self.folder
        )
        defer { kill(edge.process.processIdentifier, SIGKILL) }
        try #require(try await edge.wait { FileManager.default.fileExists(atPath: ready.path) }, "\(edge.errors)")
        let places = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: ready)) as? [String: Any])
        let agents = try #require(places["agents"] as? String)
        let listen = try #require((places["listen"] as? [String])?.first)

        if termination == "labelled" {
            let api = try #require(places["api"] as? String)
            try await self.makeEdge(of: "sdk.shakedown.test", by: api)
        }

        // Its own certificate where the upstream ends TLS, another one where the edge does: the client sees which.
        let isEndedAtEdge = termination == "edge" || termination == "policy"
        let recipe = isEndedAtEdge ? "edge-server" : "upstream-server"
        let port = try #require(agents.split(separator: ":").last)
        let endpoint = try RunningProgram(
            "/usr/bin/env",
            [
                "python3", Programs.root.appending(path: "Tests/IntegrationTests/Python/ngrok_endpoint.py").path,
                "localhost:\(port)", self.folder.file("ca-servers.pem").path, "token-of-the-test", "sdk.shakedown.test",
                termination, self.folder.file("\(recipe).chain.pem").path, self.folder.file("\(recipe).key").path,
            ],
            in: self.folder,
            environment: ["PYTHONPATH": PythonPackage.sdk ?? ""]
        )
        defer { kill(endpoint.process.processIdentifier, SIGKILL) }
        let isOnline = try await endpoint.wait(seconds: 60) { endpoint.output.contains("\n") }
        try #require(isOnline, "\(endpoint.errors)\(edge.errors)")
        #expect(endpoint.output.contains(termination == "labelled" ? "ready" : "ready tls://sdk.shakedown.test"))

        let client = try RunningProgram(
            "/usr/bin/env",
            [
                "openssl", "s_client", "-connect", listen, "-servername", "sdk.shakedown.test", "-CAfile",
                self.folder.file("ca-servers.pem").path, "-verify_return_error", "-verify_hostname",
                "sdk.shakedown.test",
            ],
            in: self.folder
        )
        defer { kill(client.process.processIdentifier, SIGKILL) }
        try client.input.fileHandleForWriting.write(contentsOf: Data("hello through the edge\n".utf8))
        let isAnswered = try await client.wait { client.output.contains("HELLO THROUGH THE EDGE") }
        #expect(isAnswered, "\(client.output)\(client.errors)\(endpoint.errors)\(edge.errors)")
        #expect(client.output.contains("Verify return code: 0 (ok)") || client.output.contains("Verification: OK"))
        #expect(client.output.contains(isEndedAtEdge ? "edge" : "upstream"), "\(client.output)")

        // Many of the windows of 262,144 bytes that this agent never exceeds.
        let bulk = 16 << 20
        try client.input.fileHandleForWriting.write(contentsOf: Data("send \(bulk)\n".utf8))
        let isWhole = try await client.wait { client.outputByteCount > bulk }
        #expect(isWhole, "\(client.outputByteCount) bytes came, and no more: \(edge.errors)")

        // Its connection ends without close_notify. For a reset this agent would leave its upstream waiting.
        kill(client.process.processIdentifier, SIGKILL)
        let isOver = try await endpoint.wait { endpoint.output.contains("ended") }
        #expect(isOver, "\(edge.errors)")
    }

    /// Makes the TLS edge that labelled tunnels serve.
    private func makeEdge(of name: String, by api: String) async throws {
        let group = try await self.post("/backends/tunnel_group", #"{"labels":{"role":"web"}}"#, to: api)
        _ = try await self.post("/reserved_domains", #"{"domain":"\#(name)"}"#, to: api)
        let backend = #"{"enabled":true,"backend_id":"\#(group)"}"#
        _ = try await self.post("/edges/tls", #"{"hostports":["\#(name):443"],"backend":\#(backend)}"#, to: api)
    }

    /// - Returns: The id of the object that was made.
    private func post(_ path: String, _ body: String, to api: String) async throws -> String {
        let outcome = try await RunningProgram.run(
            "/usr/bin/env",
            [
                "curl", "--silent", "--max-time", "20", "-H", "Authorization: Bearer key-of-the-test", "-H",
                "Ngrok-Version: 2", "-H", "Content-Type: application/json", "--data", body, "http://\(api)\(path)",
            ],
            in: self.folder
        )
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return try #require(object?["id"] as? String, "\(outcome.output)\(outcome.errors)")
    }
}
