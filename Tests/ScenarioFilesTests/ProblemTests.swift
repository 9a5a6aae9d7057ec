import ConfigurationFiles
import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Problems in scenario files")
struct ProblemTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        /// `line:column: message`
        let problem: String
        var testDescription: String { self.problem }
    }

    @Test(
        "are reported with line, column and what would be right",
        arguments: [
            Wrong(
                old: "segments:",
                new: "segmets:",
                problem: "11:12: unknown key 'segmets' in delivery; did you mean 'segments'?"
            ),
            Wrong(old: "cuts: middle", new: "cuts: midle", problem: "11:30: 'midle' is no place to cut"),
            Wrong(old: "id: area.name", new: "id: Area.Name", problem: "1:5: 'Area.Name' is no id"),
            Wrong(old: "id: area.name", new: "id: area", problem: "1:5: 'area' is no id"),
            Wrong(old: "id: area.name", new: "id: area..name", problem: "1:5: 'area..name' is no id"),
            Wrong(
                old: "level: must",
                new: "level: musst",
                problem: "3:52: 'musst' is no level: must, should, may; did you mean 'must'?"
            ),
            Wrong(
                old: "RFC 9846",
                new: "RFC9846",
                problem: "3:19: 'RFC9846' is no document that rules come from: RFC 9846, PROXY protocol, "
                    + "declared features, ngrok TLS endpoints, house; did you mean 'RFC 9846'?"
            ),
            Wrong(
                old: "RFC 9846",
                new: "ngrok TLS endpoint",
                problem: "3:19: 'ngrok TLS endpoint' is no document that rules come from: RFC 9846, PROXY protocol, "
                    + "declared features, ngrok TLS endpoints, house; did you mean 'ngrok TLS endpoints'?"
            ),
            Wrong(
                old: "{ document: RFC 9846, section: \"5.1\"",
                new: "{ document: declared features, section: mutal-tls",
                problem: "3:47: no target can declare the feature 'mutal-tls'; did you mean 'mutual-tls'?"
            ),
            Wrong(
                old: "roles: [edge]",
                new: "roles: []",
                problem: "1:1: scenario 'area.name' expands to no case at all"
            ),
            Wrong(old: "[\"1.2\", \"1.3\"]", new: "[]", problem: "7:3: parameter 'version' has no value"),
            Wrong(old: "[\"1.2\", \"1.3\"]", new: "[a/b]", problem: "7:13: 'a/b' stands in case ids"),
            Wrong(old: "roles: [edge]", new: "roles: [egde]", problem: "4:9: 'egde' is no role"),
            Wrong(old: "engines: [openssl]\n", new: "", problem: "1:1: scenario 'area.name' needs 'engines'"),
            Wrong(old: "exchange: echo\n", new: "", problem: "1:1: scenario 'area.name' needs 'exchange'"),
            Wrong(old: "exchange: echo", new: "exchange: ecko", problem: "12:11: 'ecko' is no exchange"),
            Wrong(
                old: "sni: \"${tenant.name}\", ",
                new: "",
                problem: "10:9: client (write 'none' to send no server name) needs 'sni'"
            ),
            Wrong(
                old: "${tenant.name}",
                new: "${tenat.name}",
                problem: "10:16: nothing is called '${tenat.name}'; did you mean 'tenant.name'?"
            ),
            Wrong(old: "${tenant.name}", new: "${tenant.name", problem: "10:16: '${' without its '}'"),
            Wrong(
                old: "route: tenant",
                new: "route: tenat",
                problem: "14:20: 'tenat' is no endpoint: tenant, none; did you mean 'tenant'?"
            ),
            Wrong(
                old: "handshake: completed",
                new: "handshake: complete",
                problem: "14:39: 'complete' is no handshake"
            ),
            Wrong(
                old: "{ route: tenant, handshake: completed }",
                new: "{}",
                problem: "14:11: an expectation that checks nothing"
            ),
            Wrong(
                old: "  strict: { route: tenant, handshake: completed }\n",
                new: "",
                problem: "14:3: expect needs a strict expectation"
            ),
            Wrong(
                old: "other-contacted",
                new: "others-contacted",
                problem: "15:10: 'others-contacted' is no invariant"
            ),
            Wrong(
                old: "mutual-tls: ca-clients",
                new: "mutual-tls: ca-client",
                problem: "9:3: no certificate recipe is called 'ca-client'; did you mean 'ca-clients'?"
            ),
            Wrong(
                old: "handshake: completed",
                new: "alerts: unknown_cas",
                problem: "14:36: no alert is called 'unknown_cas'; did you mean 'unknown_ca'?"
            ),
            Wrong(
                old: "handshake: completed",
                new: "within: { from: 2s, to: 1s }",
                problem: "14:36: within is either a deadline"
            ),
            Wrong(
                old: "handshake: completed",
                new: "certificate: edge-sever",
                problem: "14:41: no certificate recipe is called 'edge-sever'"
            ),
            Wrong(
                old: "engines: [openssl]",
                new: "engines: [bytes]",
                problem: "10:9: a client of the bytes engine needs one of hello, raw and silent"
            ),
            Wrong(
                old: "engines: [openssl]",
                new: "engines: [bytes]",
                problem: "12:11: a byte client holds no conversation; its exchange is wait or idle"
            ),
            Wrong(old: "version: \"${version}\"", new: "silent: true", problem: "10:9: 'silent' needs engines: bytes"),
            Wrong(old: "mutual-tls: ca-clients", new: "deny: 10.0.0.0/8", problem: "9:11: deny without allow"),
            Wrong(
                old: "roles: [edge]",
                new: "roles: [passthrough]",
                problem: "9:11: mutual TLS needs an endpoint that terminates"
            ),
            Wrong(old: "  tenant: {", new: "  none: {", problem: "9:3: an endpoint cannot be called 'none'"),
            Wrong(
                old: "gap: 20ms",
                new: "gap: 20",
                problem: "11:43: expected a duration such as 20ms or 3s, found '20'"
            ),
            Wrong(old: "title: A title", new: "id: area.twice", problem: "1:1: the key 'id' stands twice"),
            Wrong(old: "title: A title", new: "title: [", problem: "not YAML"),
            Wrong(
                old: "title: A title",
                new: "title: A title\nrequires: [mutal-tls]",
                problem: "3:12: no target can have the feature 'mutal-tls'; did you mean 'mutual-tls'?"
            ),
        ]
    )
    func reports(_ wrong: Wrong) throws {
        let text = scenarioText(wrong.old, with: wrong.new)
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader(recipes: Catalogue.recipes).load(text: text, file: "Scenarios/a.yaml")
        }
        #expect(
            error.problems.contains { $0.description.contains(wrong.problem) },
            "found instead: \(error)"
        )
        #expect(error.problems.allSatisfy { $0.place?.file == "Scenarios/a.yaml" })
    }

    @Test("are all reported, and each once however many cases meet it")
    func reportsAll() throws {
        let text = scenarioText("segments:", with: "segmets:").replacing("level: must", with: "level: shall")
            .replacing("handshake: completed", with: "handshake: done")
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.problems.map(\.place?.line) == [3, 11, 14])
    }

    @Test("include ids that stand twice in the catalogue")
    func duplicateIDs() throws {
        let one = scenarioText().split(separator: "\n", omittingEmptySubsequences: false)
        let item = one.enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }.joined(separator: "\n")
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: "scenarios:\n\(item)\n\(item)\n", file: "a.yaml")
        }
        #expect(error.problems.map(\.message) == ["the id 'area.name' is already in use at a.yaml:2"])
    }

    @Test("include paths that lead nowhere")
    func missingFile() throws {
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(paths: ["/nowhere/at/all.yaml"])
        }
        #expect(error.description == "/nowhere/at/all.yaml: there is no such file or folder")
    }
}
