import FolderTesting
import Foundation
import Testing

/// `shakedown-agent api` against an edge that runs.
@Suite("shakedown-agent api", .serialized)
struct EdgeAPICommandTests {
    private static let key = "key-of-the-test"

    private static func ask(
        _ local: LocalEdge,
        _ words: [String],
        environment: [String: String] = ["SHAKEDOWN_API_KEY": Self.key]
    ) async throws -> Outcome {
        let url = try #require(local.api)
        return try await RunningProgram.run(
            Programs.path("shakedown-agent"),
            ["api", "--url", "http://\(url)"] + words,
            in: local.folder,
            environment: environment
        )
    }

    private static func json(_ outcome: Outcome) throws -> [String: Any] {
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] ?? [:]
    }

    @Test("makes, lists, changes and deletes what an account has")
    func life() async throws {
        let local = try await LocalEdge("api: { listen: \"127.0.0.1:0\" }", apiKey: Self.key)
        let made = try Self.json(
            try await Self.ask(local, ["reserved-domains", "create", "--domain", "mine.shakedown.test"])
        )
        let id = try #require(made["id"] as? String)
        #expect(made["domain"] as? String == "mine.shakedown.test")
        let list = try Self.json(try await Self.ask(local, ["reserved-domains", "list", "--limit", "1"]))
        #expect((list["reserved_domains"] as? [[String: Any]])?.first?["id"] as? String == id)
        let file = try local.folder.write(#"{"description": "from a file", "metadata": "too"}"#, to: "body.json")
        let changed = try Self.json(
            try await Self.ask(local, ["reserved-domains", "update", id, "--json", file, "--metadata", "flag"])
        )
        #expect(changed["description"] as? String == "from a file")
        #expect(changed["metadata"] as? String == "flag")
        let gone = try await Self.ask(local, ["reserved-domains", "delete", id])
        #expect(gone.status == 0)
        #expect(gone.output == "")
        let again = try await Self.ask(local, ["reserved-domains", "get", id])
        #expect(again.status == 1)
        #expect(again.errors.contains("refuses:"), "\(again.errors)")
    }

    @Test("takes its key from the environment, a flag or a file, and never prints it")
    func keys() async throws {
        let local = try await LocalEdge("api: { listen: \"127.0.0.1:0\" }", apiKey: Self.key)
        let list = ["credentials", "list"]
        let none = try await Self.ask(local, list, environment: [:])
        #expect(none.status == 64)
        #expect(none.errors.contains("there is no API key"))
        let ngroks = try await Self.ask(local, list, environment: ["NGROK_API_KEY": Self.key])
        #expect(ngroks.status == 0, "\(ngroks.errors)")
        let wrong = try await Self.ask(local, list + ["--api-key", "wrong_key"])
        #expect(wrong.status == 1)
        #expect(!wrong.errors.contains("wrong_key"))
        let file = try local.folder.write("version: \"3\"\nagent: { api_key: \(Self.key) }\n", to: "agent.yaml")
        let configured = try await Self.ask(local, list + ["--config", file], environment: [:])
        #expect(configured.status == 0, "\(configured.errors)")
    }

    @Test("wrong use ends with 64 and says what would be right; an API that is not there ends with 1")
    func wrong() async throws {
        let folder = try TemporaryFolder()
        func run(_ words: [String]) async throws -> Outcome {
            try await RunningProgram.run(
                Programs.path("shakedown-agent"),
                ["api"] + words,
                in: folder,
                environment: ["SHAKEDOWN_API_KEY": "k_ey"]
            )
        }
        let unknown = try await run(["reserved-domain", "list"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("did you mean 'reserved-domains'?"))
        let help = try await run([])
        #expect(help.status == 0)
        #expect(help.output.contains("edges tls create"))
        let nobody = try await run(["status", "get", "--url", "http://127.0.0.1:1"])
        #expect(nobody.status == 1)
        #expect(nobody.errors.contains("cannot be reached: connection refused"))
    }
}
