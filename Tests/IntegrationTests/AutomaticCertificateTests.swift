import FolderTesting
import Foundation
import Testing

/// A CA that speaks ACME is asked for certificates, and looks for names at the edge.
@Suite("Certificates of an ACME server", .enabled(if: Programs.isInstalled("pebble"), "install pebble"))
struct AutomaticCertificateTests {
    private static let key = "key-of-the-test"
    private static let name = "app.example.org"
    private let folder: TemporaryFolder
    /// Of the edge, which the CA has to know before there is an edge.
    private let port: Int

    init() throws {
        self.folder = try TemporaryFolder()
        self.port = try #require(Int(try ExamplePorts(["8443"]).replaced(in: "8443")))
    }

    private func mint() async throws {
        let mint = try await RunningProgram.run(
            Programs.path("shakedown"),
            ["certs", "--out", self.folder.url.path, "ca-servers", "agents-listener", "edge-server"],
            in: self.folder
        )
        #expect(mint.status == 0, "\(mint.errors)")
        // Each start of an edge makes those anew that are its own.
        for (name, copy) in [
            ("ca-servers.pem", "pebble-ca.pem"), ("agents-listener.chain.pem", "pebble.pem"),
            ("agents-listener.key", "pebble.key"),
        ] {
            try FileManager.default.copyItem(at: self.folder.file(name), to: self.folder.file(copy))
        }
    }

    private func edge(_ directory: String) async throws -> LocalEdge {
        try await LocalEdge(
            """
            api: { listen: "127.0.0.1:0", requests-per-minute: 10000 }
            store: { path: store.sqlite }
            acme: { directory: "\(directory)", ca: pebble-ca.pem, contact: "mailto:a@example.org", terms-agreed: true, retry: 1s }
            certificates: [{ certificate: edge-server.chain.pem, key: edge-server.key, names: "*.example.org" }]
            """,
            listen: "127.0.0.1:\(self.port)",
            in: self.folder,
            apiKey: Self.key
        )
    }

    /// What the API answers.
    private func ask(_ edge: LocalEdge, _ method: String, _ path: String, _ body: String = "") async throws -> Answer {
        let outcome = try await RunningProgram.run(
            "/usr/bin/env",
            [
                "curl", "--silent", "--max-time", "20", "-X", method, "-H", "Authorization: Bearer \(Self.key)", "-H",
                "Ngrok-Version: 2", "-H", "Content-Type: application/json", "-d", body,
                "http://\(try #require(edge.api))\(path)",
            ],
            in: self.folder
        )
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(outcome.output.utf8))
    }

    private struct Answer: Decodable {
        struct Reference: Decodable { let id: String }
        struct Job: Decodable {
            let errorCode: String?
            let msg: String
            let retriesAt: String?
        }
        struct Status: Decodable {
            let renewsAt: String?
            let provisioningJob: Job?
        }
        let id: String?
        let errorCode: String?
        let certificate: Reference?
        let certificateManagementStatus: Status?
        let issuedAt: String?
        let privateKeyType: String?
    }

    private func reserve(_ edge: LocalEdge, _ name: String, key type: String = "ecdsa") async throws -> Answer {
        try await self.ask(
            edge,
            "POST",
            "/reserved_domains",
            #"{"domain":"\#(name)","certificate_management_policy":{"authority":"letsencrypt","private_key_type":"\#(type)"}}"#
        )
    }

    /// Waits until the API says so of a domain. Polls: nothing else tells of it.
    private func wait(
        _ edge: LocalEdge,
        _ id: String,
        until condition: (Answer) -> Bool
    ) async throws -> Answer {
        let limit = ContinuousClock.now + .seconds(60)
        while true {
            let domain = try await self.ask(edge, "GET", "/reserved_domains/\(id)")
            if condition(domain) { return domain }
            guard ContinuousClock.now < limit, edge.edge.process.isRunning else {
                throw NeverSo(said: edge.edge.errors)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private struct NeverSo: Error {
        let said: String
    }

    /// The issuer and the names of the certificate that a client is shown.
    private func shown(_ name: String, _ flags: String = "") async throws -> String {
        let line =
            "openssl s_client -connect 127.0.0.1:\(self.port) -servername \(name) \(flags) </dev/null 2>/dev/null"
            + " | openssl x509 -noout -issuer -ext subjectAltName 2>/dev/null"
        return try await RunningProgram.run("/bin/bash", ["-c", line], in: self.folder).output
    }

    @Test("are got, presented, and kept over a restart; nonces that the CA forgets are no hindrance")
    func issued() async throws {
        try await self.mint()
        let ca = try await Pebble(looking: self.port, in: self.folder)
        var edge = try await self.edge(ca.directory)
        let reserved = try await self.reserve(edge, Self.name)
        let id = try #require(reserved.id)
        // Nobody serves the name: the CA is answered all the same.
        let domain = try await self.wait(edge, id) { $0.certificate != nil }
        #expect(domain.certificateManagementStatus?.renewsAt != nil)
        #expect(domain.certificateManagementStatus?.provisioningJob == nil)
        let certificate = try await self.ask(edge, "GET", "/tls_certificates/\(domain.certificate?.id ?? "")")
        #expect(certificate.issuedAt != nil)
        #expect(certificate.privateKeyType == "ecdsa")
        try await self.serve(edge)
        let shown = try await self.shown(Self.name)
        #expect(shown.contains("Pebble Intermediate CA") && shown.contains("DNS:\(Self.name)"), "\(shown)\(ca.log)")

        edge.edge.process.terminate()
        #expect(try await edge.edge.end().status == 0)
        edge = try await self.edge(ca.directory)
        try await self.serve(edge)
        #expect(try await self.shown(Self.name) == shown)
        // The account is the same.
        _ = try await self.wait(edge, try #require(try await self.reserve(edge, "b.example.org").id)) {
            $0.certificate != nil
        }
        #expect(ca.log.matches(of: #/There are now \d+ accounts in memory/#).count == 1, "\(ca.log)")
        #expect(!edge.edge.errors.contains("PRIVATE KEY"))
    }

    private func serve(_ edge: LocalEdge) async throws {
        let ready = self.folder.file("agent-\(UUID().uuidString).json")
        let agent = try edge.startAgent(
            ["tls", "9", "--domain", Self.name, "--terminate-at", "edge", "--ready-file", ready.path]
        )
        #expect(try await agent.wait { FileManager.default.fileExists(atPath: ready.path) }, "\(agent.errors)")
    }

    @Test("have RSA keys where the policy asks for them")
    func rsa() async throws {
        try await self.mint()
        let ca = try await Pebble(looking: self.port, in: self.folder)
        let edge = try await self.edge(ca.directory)
        let id = try #require(try await self.reserve(edge, Self.name, key: "rsa").id)
        let domain = try await self.wait(edge, id) { $0.certificate != nil }
        let certificate = try await self.ask(edge, "GET", "/tls_certificates/\(domain.certificate?.id ?? "")")
        #expect(certificate.privateKeyType == "rsa")
    }

    @Test("come when the CA comes; until then the edge's own is presented, and the domain says why")
    func late() async throws {
        try await self.mint()
        let own = try #require(Int(try ExamplePorts(["9443"]).replaced(in: "9443")))
        let edge = try await self.edge("https://127.0.0.1:\(own)/dir")
        let id = try #require(try await self.reserve(edge, Self.name).id)
        let failed = try await self.wait(edge, id) { $0.certificateManagementStatus?.provisioningJob?.errorCode != nil }
        let job = failed.certificateManagementStatus?.provisioningJob
        #expect(job?.errorCode == "INTERNAL_ERROR")
        #expect(job?.msg.contains("unreachable") == true)
        #expect(job?.retriesAt != nil)
        try await self.serve(edge)
        #expect(try await self.shown(Self.name).contains("DNS:*.shakedown.test"))
        let ca = try await Pebble(looking: self.port, in: self.folder, listening: own)
        #expect(try await self.wait(edge, id) { $0.certificate != nil }.certificate != nil, "\(ca.log)")
        #expect(try await self.shown(Self.name).contains("DNS:\(Self.name)"))
    }

    @Test("are not had for a wildcard, nor for names below the edge's own domain")
    func refused() async throws {
        try await self.mint()
        let edge = try await self.edge("https://127.0.0.1:1/dir")
        #expect(try await self.reserve(edge, "*.example.org").errorCode == "ERR_NGROK_1927")
        #expect(try await self.reserve(edge, "app.shakedown.test").errorCode == "ERR_NGROK_439")
    }
}
