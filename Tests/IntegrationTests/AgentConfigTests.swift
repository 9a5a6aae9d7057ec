import FolderTesting
import Foundation
import Testing

/// `shakedown-agent config` and `service`, as programs that change files.
@Suite("shakedown-agent config")
struct AgentConfigTests {
    private let folder: TemporaryFolder
    /// For what the programs print.
    private let outputs: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
        self.outputs = try TemporaryFolder()
    }

    private func run(
        _ words: [String],
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await RunningProgram.run(
            Programs.path("shakedown-agent"),
            words,
            in: self.outputs,
            at: self.folder.url,
            environment: environment
        )
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: self.folder.file(name), encoding: .utf8)
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: self.folder.path(name))[.posixPermissions] as? Int
    }

    @Test("makes a file that its owner alone reads, and adds to it")
    func adds() async throws {
        let file = self.folder.path("agent.yaml")
        for words in [
            ["add-authtoken", "t0ken"], ["add-connect-url", "edge.example.com:4443"], ["add-api-key", "k_ey"],
        ] {
            let outcome = try await self.run(["config"] + words + ["--config", file])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!outcome.output.contains("t0ken") && !outcome.output.contains("k_ey"))
        }
        #expect(
            try self.text("agent.yaml") == """
                version: "3"
                agent:
                  api_key: "k_ey"
                  connect_url: "edge.example.com:4443"
                  authtoken: "t0ken"

                """
        )
        #expect(try self.mode("agent.yaml") == 0o600)
        let wrong = try await self.run(["config", "add-server-addr", "nowhere", "--config", file])
        #expect(wrong.status == 64)
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.folder.url.path) == ["agent.yaml"])
    }

    @Test("a link to a file stays one")
    func link() async throws {
        let file = try self.folder.write("version: 2\n# mine\n", to: "real.yaml")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        try FileManager.default.createSymbolicLink(
            atPath: self.folder.path("agent.yaml"),
            withDestinationPath: "real.yaml"
        )
        let outcome = try await self.run(["config", "add-authtoken", "t", "--config", self.folder.path("agent.yaml")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try self.text("real.yaml") == "version: 2\nauthtoken: \"t\"\n# mine\n")
        #expect(try self.mode("real.yaml") == 0o600)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: self.folder.path("agent.yaml")) == "real.yaml"
        )
    }

    @Test("upgrades a file, and shows first what would be")
    func upgrade() async throws {
        let before = "# mine\nversion: 2\nserver_addr: a:1\n"
        let file = try self.folder.write(before, to: "agent.yaml")
        let shown = try await self.run(["config", "upgrade", "--dry-run", "--config", file])
        let after = "# mine\nversion: \"3\"\nagent:\n  connect_url: a:1\n"
        #expect(shown.output == after, "\(shown.errors)")
        #expect(try self.text("agent.yaml") == before)
        #expect(try await self.run(["config", "upgrade", "--config", file]).status == 0)
        #expect(try self.text("agent.yaml") == after)
        #expect(try await self.run(["config", "upgrade", "--config", file]).output.contains("already"))
    }

    @Test("takes what an editor leaves if it is right, and else keeps both")
    func edit() async throws {
        let file = try self.folder.write("version: 2\nmetadata: one\n", to: "agent.yaml")
        func edit(_ editor: String) async throws -> Outcome {
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            return try await self.run(
                ["config", "edit", "--config", file],
                environment: ["VISUAL": "", "EDITOR": editor, "PATH": path]
            )
        }
        let changed = try await edit("sed -i s/one/two/")
        #expect(changed.status == 0, "\(changed.errors)")
        #expect(try self.text("agent.yaml") == "version: 2\nmetadata: two\n")
        #expect(try self.mode("agent.yaml") == 0o600)
        #expect(try await edit("true").output.contains("is as it was"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.folder.url.path) == ["agent.yaml"])
        let wrong = try await edit("sed -i s/metadata/metadta/")
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("did you mean 'metadata'?"))
        #expect(try self.text("agent.yaml") == "version: 2\nmetadata: two\n")
        #expect(try self.text(".edited-agent.yaml").contains("metadta"))
        #expect(try await edit("false").status == 1)
    }

    @Test("the unit of the service names the program and the file, and a file without tunnels has none")
    func service() async throws {
        let file = try self.folder.write(
            "version: 2\nauthtoken: t\ntunnels: { web: { proto: tls, addr: 80 } }\n",
            to: "agent.yaml"
        )
        let shown = try await self.run(["service", "install", "--config", "agent.yaml", "--dry-run"])
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("shakedown-agent\" \"start\" \"--all\" \"--config\" \"\(file)\"\n"))
        #expect(shown.output.contains("ExecStart=\"/"))
        _ = try self.folder.write("version: 2\n", to: "none.yaml")
        #expect(try await self.run(["service", "install", "--config", "none.yaml", "--dry-run"]).status == 64)
    }
}
