import ConfigurationFiles
import FolderTesting
import Foundation
import JSONText
import ScenarioModel
import Testing

@testable import Targets

@Suite("The API of a target")
struct TargetAPITests {
    private static let yaml = """
        title: Scripted edge
        programs: { sh: { install: get a shell } }
        probes: { version: { program: sh, arguments: [], pattern: x } }
        features: [role.passthrough]
        deadlines: { hello: 3 }
        processes:
          edge: { program: sh, serves: edge, templates: {}, arguments: [], ready: connect }
        """

    /// A target that gives this answer; returns what it was asked too.
    private static func ask(
        _ answerer: Answerer,
        _ method: APICall.Method = .get,
        _ path: String = "/edges/tls",
        body: JSONValue? = nil,
        isOfOtherAccount: Bool = false
    ) async throws -> APIResponse {
        try await withTemporaryFolder { folder in
            try await answerer.serve { address in
                let api = "api: { url: \"http://\(address)/v1\", headers: { Authorization: \"Bearer {{apiKey}}\" } }"
                let launcher = Launcher(
                    definition: try Fixture.scripted("\(Self.yaml)\n\(api)", in: folder),
                    deployment: Fixture.deployment(in: folder, [Fixture.plan("a.shakedown.test")]),
                    secrets: RunSecrets(token: "t", otherToken: "o", apiKey: "a-key", otherAPIKey: "another-key"),
                    supervisor: []
                )
                let target = RunningTarget(launcher: launcher, addresses: [address], keepsWorkDirectory: true)
                return try await target.ask(method, path, body: body, isOfOtherAccount: isOfOtherAccount)
            }
        }
    }

    private static func answer(_ status: String, _ body: String) -> Answerer {
        Answerer(["HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"], andEnds: true)
    }

    @Test("is asked with the target's headers and a body of JSON, below its address")
    func question() async throws {
        let answerer = Self.answer("201 Created", #"{"id":"a"}"#)
        let response = try await Self.ask(answerer, .post, body: .object([.init("labels", .null)]))
        #expect(response == APIResponse(status: 201, body: .object([.init("id", .string("a"))])))
        let heard = answerer.heard.joined()
        #expect(heard.hasPrefix("POST /v1/edges/tls HTTP/1.1\r\n"))
        #expect(heard.contains("Authorization: Bearer a-key\r\n"))
        #expect(heard.contains("Content-Type: application/json\r\n"))
        #expect(heard.hasSuffix("\r\n\r\n{\"labels\":null}"))
    }

    @Test("is asked with the other account's key in the place of the first one's")
    func otherAccount() async throws {
        let answerer = Self.answer("200 OK", "{}")
        _ = try await Self.ask(answerer, isOfOtherAccount: true)
        #expect(answerer.heard.joined().contains("Authorization: Bearer another-key\r\n"))
    }

    @Test("may answer without a body")
    func nothing() async throws {
        let answerer = Self.answer("204 No Content", "")
        #expect(try await Self.ask(answerer, .delete) == APIResponse(status: 204, body: nil))
        #expect(!answerer.heard.joined().contains("Content-Type"))
    }

    @Test("that gives no answer is not ready, which is the target's affair", arguments: ["", "SSH-2.0-x\r\n"])
    func silence(_ text: String) async {
        await #expect(throws: TargetError(.notReady, "")) { try await Self.ask(Answerer([text], andEnds: true)) }
    }

    @Test("brings the feature of its own, which nobody else may declare")
    func feature() throws {
        func description(_ more: String, _ features: String = "[role.passthrough]") throws -> TargetDescription {
            let text = Self.yaml.replacing("[role.passthrough]", with: features)
            return try TargetFile.description(in: YAMLValue.parse("\(text)\n\(more)", file: "t.yaml"))
        }
        let good = try description("api: { url: \"http://{{ready.edge.api}}\" }")
        #expect(good.features.contains { $0.feature == .api })
        for (more, features, message) in [
            ("", "[api]", "the feature 'api' comes with the key 'api'"),
            ("api: { url: \"https://a\" }", "[]", "'https://a' must be a URL such as"),
            ("api: { url: \"http://a/\" }", "[]", "'http://a/' must be a URL such as"),
            ("api: { headers: {} }", "[]", "'api.url' is missing"),
        ] {
            let error = try #require(throws: ConfigurationError.self) { try description(more, features) }
            #expect(error.description.contains(message), "\(error)")
        }
    }
}
