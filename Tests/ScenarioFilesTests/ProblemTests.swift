import ConfigurationFiles
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Problems in scenario files")
struct ProblemTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        /// A second change.
        var also: (old: String, new: String)?
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
                old: "version: \"${version}\"",
                new: "version: \"1.2\", ciphers: TLS_RSA_WITH_AES_128_GCM_SHA265",
                problem:
                    "10:59: 'TLS_RSA_WITH_AES_128_GCM_SHA265' is no cipher suite that a client can be told to offer; "
                    + "did you mean 'TLS_RSA_WITH_AES_128_GCM_SHA256'?"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "signature-algorithms: ed25591",
                problem: "10:56: 'ed25591' is no signature algorithm that a client can be told to offer; "
                    + "did you mean 'ed25519'?"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "ciphers: TLS_RSA_WITH_AES_128_GCM_SHA256",
                problem: "10:43: 'ciphers' has none of TLS 1.3, which is offered; say max-version: 1.2 too"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "ciphers: TLS_AES_128_GCM_SHA256",
                problem: "10:43: 'ciphers' has none of TLS 1.2, which is offered; say version: 1.3 too"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "preface: { text: a, client: \"192.0.2.1:1\" }",
                problem: "10:62: a header that names one end of a connection names both: client and server"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "preface: { text: a, client: \"192.0.2.1\", server: \"[::1]:1\" }",
                problem: "10:62: '192.0.2.1' is no IP address and port such as 192.0.2.1:4660"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "close: bare-fni",
                problem: "10:41: 'bare-fni' is no close: bare-fin, reset; did you mean 'bare-fin'?"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "close: reset",
                problem: "10:41: 'close: reset' is for engines: bytes"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "close: bare-fin",
                also: ("exchange: echo", "exchange: idle"),
                problem: "12:11: in this exchange the client does not end its side"
            ),
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
            Wrong(
                old: "version: \"${version}\"",
                new: "second-flight: { after: alert, records: [{ type: 20, payload: \"01\" }] }",
                problem: "'second-flight' needs engines: bytes"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "second-flight: { after: alert }",
                problem: "a second flight is either a hello or records"
            ),
            Wrong(
                old: "engines: [openssl]",
                new: "engines: [boringssl]",
                also: ("handshake: completed", "resumed: true"),
                problem: "14:37: a client of boringssl cannot tell 'resumed'"
            ),
            Wrong(
                old: "engines: [openssl]",
                new: "engines: [boringssl]",
                also: ("version: \"${version}\"", "max-version: \"1.2\", tickets: false"),
                problem: "'tickets: false' needs engines: openssl"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "tickets: false",
                problem: "10:43: TLS 1.3 knows sessions by tickets only"
            ),
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
            Wrong(
                old: ", version: \"${version}\"",
                new: "",
                problem: "7:3: parameter 'version' changes nothing that is done"
            ),
            Wrong(
                old: "version: \"${version}\"",
                new: "version: \"${version}\", min-version: \"1.2\"",
                problem: "10:70: 'version' is this version and no other"
            ),
            Wrong(
                old: "mutual-tls: ca-clients",
                new: "verify-upstream: ca-servers",
                problem: "9:30: only a connection that goes on encrypted can be verified; its role is edge"
            ),
            Wrong(
                old: "mutual-tls: ca-clients",
                new: "upstream-client-certificate: client-good",
                problem:
                    "9:42: only to a connection that goes on encrypted a certificate can be shown; its role is edge"
            ),
            Wrong(
                old: "exchange: echo",
                new: "exchange: ehco",
                problem: "did you mean 'echo'?"
            ),
            Wrong(
                old: "endpoints:",
                new: "except: { engine: boringssl }\nendpoints:",
                problem: "8:9: no case is like this, so it changes nothing"
            ),
            Wrong(
                old: "{ mutual-tls",
                new: "{ domain: \"shop.${tenant.name}\", mutual-tls",
                problem: "9:21: the domain of 'tenant' is made of itself"
            ),
        ]
    )
    func reports(_ wrong: Wrong) throws {
        var text = scenarioText(wrong.old, with: wrong.new)
        if let also = wrong.also { text = text.replacing(also.old, with: also.new) }
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader(recipes: Catalogue.recipes).load(text: text, file: "Scenarios/a.yaml")
        }
        #expect(
            error.problems.contains { $0.description.contains(wrong.problem) },
            "found instead: \(error)"
        )
        #expect(error.problems.allSatisfy { $0.place?.file == "Scenarios/a.yaml" })
    }

    @Test("are a choice's fields that nothing reads")
    func unusedField() throws {
        let text = scenarioText("[\"1.2\", \"1.3\"]", with: "{ new: { speaks: \"1.3\", speks: \"1.2\" } }")
            .replacing("${version}", with: "${version.speaks}")
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.description == "a.yaml:7:36: nothing reads '${version.speks}'; did you mean 'speaks'?")
    }

    @Test("are a server name's extension that says its bytes too")
    func serverNameAndData() throws {
        let text = scenarioText("openssl", with: "bytes").replacing("exchange: echo", with: "exchange: wait")
            .replacing("handshake: completed", with: "handshake: refused")
            .replacing(
                "version: \"${version}\"",
                with: "version: \"${version}\", hello: { extensions: [{ append: { server-name: a.b, data: \"00\" } }] }"
            )
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.problems.map(\.message) == ["'server-name' is the extension's type and data"])
    }

    @Test(
        "are a 'when' that describes no case",
        arguments: [
            ("verson: \"1.2\"", "17:15: the cases have no 'verson' to choose by; did you mean 'version'?"),
            ("version: \"1.4\"", "17:24: 'version' is never '1.4'; did you mean '1.2'?"),
            ("role: agnt", "17:21: 'role' is never 'agnt'; did you mean 'agent'?"),
            ("role: agent", "17:13: no case is like this, so it changes nothing"),
            ("version: \"1.2\", engine: bytes", "17:13: no case is like this, so it changes nothing"),
        ]
    )
    func unmatched(when: String, problem: String) throws {
        let text =
            scenarioText()
            + "\n  overrides:\n    - when: { \(when) }\n      strict: { route: none, handshake: refused }\n"
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.description == "a.yaml:\(problem)")
    }

    @Test("are no overrides that some scenario of the file is described by")
    func sharedOverride() throws {
        let text =
            "  - " + scenarioText().replacing("\n", with: "\n    ")
            + "\n      overrides: &shared\n        - { when: { role: edge }, never: any-contacted, strict: { handshake: answered } }\n"
        let other = text.replacing("area.name", with: "area.other").replacing("[edge]", with: "[agent]")
            .replacing("overrides: &shared\n", with: "overrides: *shared\n").split(separator: "\n").dropLast()
        let scenarios = try ScenarioLoader().load(
            text: "scenarios:\n\(text)\(other.joined(separator: "\n"))\n",
            file: "a.yaml"
        )
        #expect(scenarios.map { $0.cases[0].expectation.strict.map(\.handshake) } == [[.answered], [.completed]])
    }

    @Test(
        "are alternatives that contradict themselves",
        arguments: [
            (
                "handshake: refused, alerts: unknown_ca, endings: fin",
                "a connection on which one of these alerts came does not end with 'fin'"
            ),
            (
                "handshake: refused, alerts: unknown_ca, endings: [alert, reset]",
                "a connection on which one of these alerts came does not end with 'reset'"
            ),
            (
                "handshake: completed, endings: silent-close",
                "'silent-close' is an end without a byte, and a handshake that was answered has some"
            ),
            (
                "handshake: refused, terminated-by: role",
                "a refused handshake is terminated by nobody; 'certificate' is what it can show"
            ),
            (
                "handshake: refused, bytes: identical",
                "where the handshake is refused no bytes come through that could be identical"
            ),
            ("route: none, bytes: identical", "'bytes' needs an upstream, and the route is none"),
            ("route: none, handshake: completed", "'handshake: completed' needs an upstream, and the route is none"),
            ("route: none, proxy: 2", "'proxy' needs an upstream, and the route is none"),
            ("route: tenant, proxy: 2", "'tenant' asks for no PROXY header of version 2"),
            ("route: tenant, event: { ip-policy: block }", "a client that the IP policy blocked reaches nobody"),
            (
                "route: tenant, upstream-server-name: clients",
                "the upstream of 'tenant' gets no TLS, and so no server name"
            ),
            (
                "route: tenant, upstream-client-certificate: none",
                "the upstream of 'tenant' asks for no certificate"
            ),
            (
                "route: none, upstream-client-certificate: client-good",
                "'upstream-client-certificate' needs an upstream, and the route is none"
            ),
            ("route: tenant, alpn: h2", "the client does not offer the protocol 'h2'"),
            ("handshake: refused, version: \"1.1\"", "the client does not offer TLS 1.1"),
        ]
    )
    func contradiction(alternative: String, sentence: String) throws {
        let text = scenarioText("route: tenant, handshake: completed", with: alternative)
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.description == "a.yaml:14:11: \(sentence)")
    }

    @Test(
        "are answers to a byte client that do not tell who gave them",
        arguments: [
            ("1.3", "{}", "handshake: answered", "a ServerHello does not tell who sent it"),
            ("1.3", "{}", "handshake: answered, terminated-by: role", "TLS 1.3 hides the certificate"),
            ("1.3", "{}", "handshake: answered, certificate: edge-server", "TLS 1.3 hides the certificate"),
            ("1.2", "{}", "handshake: answered", "a ServerHello does not tell who sent it"),
            ("1.2", "{}", "handshake: answered, terminated-by: role", nil),
            ("1.3", "{ supported-versions: [0x0303] }", "handshake: answered, terminated-by: role", nil),
            ("1.2", "{ supported-versions: [0x0304] }", "handshake: answered, terminated-by: role", "TLS 1.3 hides"),
            ("1.3", "{}", "handshake: refused", nil),
        ]
    )
    func unseenAnswer(version: String, hello: String, alternative: String, problem: String?) throws {
        let text = scenarioText("[openssl]", with: "[bytes]").replacing("exchange: echo", with: "exchange: wait")
            .replacing("[\"1.2\", \"1.3\"]", with: "[\"\(version)\"]")
            .replacing("version: \"${version}\"", with: "max-version: \"${version}\", hello: \(hello)")
            .replacing("route: tenant, handshake: completed", with: alternative)
        guard let problem else {
            #expect(try ScenarioLoader().load(text: text, file: "a.yaml").count == 1)
            return
        }
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.problems.map(\.message).contains { $0.contains(problem) }, "\(error)")
    }

    @Test(
        "are alternatives that decide nothing",
        arguments: [
            (
                "strict: [{ handshake: refused, route: none }, { route: none, handshake: refused }]",
                "14:49: this alternative stands in 'strict' already"
            ),
            (
                "strict: [{ route: tenant, handshake: completed }, { route: tenant }]",
                "14:12: this alternative decides nothing: one of 'strict' holds whenever it does"
            ),
            (
                "strict: { route: none, endings: [fin, reset] }\n  tolerated: { route: none, handshake: refused, endings: fin }",
                "15:14: this alternative decides nothing: one of 'strict' holds whenever it does"
            ),
            (
                "strict: { route: none, within: { to: 3s } }\n  lenient: { route: none, within: { from: 1s, to: 2s } }",
                "15:12: this alternative decides nothing: one of 'strict' holds whenever it does"
            ),
            (
                "strict: { route: none, alerts: unknown_ca }\n  lenient: { route: none }\n  tolerated: { route: none, alerts: bad_certificate }",
                "16:14: this alternative decides nothing: one of 'lenient' holds whenever it does"
            ),
        ]
    )
    func decidesNothing(grades: String, problem: String) throws {
        let text = scenarioText("strict: { route: tenant, handshake: completed }", with: grades)
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: text, file: "a.yaml")
        }
        #expect(error.description == "a.yaml:\(problem)")
    }

    @Test("are no alternatives that only look alike")
    func apart() throws {
        let grades = """
            strict: { route: none, endings: alert, alerts: unknown_ca }
              lenient: [{ route: none, endings: [alert, fin] }, { route: tenant, handshake: completed }]
              tolerated: { handshake: refused, endings: fin }
            """
        let text = scenarioText("strict: { route: tenant, handshake: completed }", with: grades)
        #expect(try ScenarioLoader().load(text: text, file: "a.yaml").count == 1)
    }

    @Test(
        "are alternatives that a case's other parts contradict",
        arguments: [
            ("exchange: echo", "exchange: wait", "14:11: a TLS client that only waits cannot tell"),
            ("never: other-contacted", "never: any-contacted", "14:11: 'any-contacted' must never be"),
            (
                "never: other-contacted", "never: client-certificate-skipped",
                "14:11: 'client-certificate-skipped' must never be"
            ),
            ("{ mutual-tls", "{ online: false, mutual-tls", "14:11: nothing reaches 'tenant', which is offline"),
            (
                "{ mutual-tls", "{ upstream: { listening: false }, mutual-tls",
                "14:11: nothing reaches 'tenant', whose upstream does not listen"
            ),
        ]
    )
    func contradictedByTheCase(old: String, new: String, problem: String) throws {
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: scenarioText(old, with: new), file: "a.yaml")
        }
        #expect(error.description.hasPrefix("a.yaml:\(problem)"))
    }

    @Test("in one file hide none of another's, and a file with a byte-order mark is a file")
    func severalFiles() throws {
        try withTemporaryFolder { folder in
            let texts = [
                "a.yaml": "\u{feff}" + scenarioText("level: must", with: "level: musst"),
                "b.yaml": "id: [", "c.yaml": "\u{feff}" + scenarioText("area.name", with: "area.marked"),
                "d.yaml": scenarioText("area.name", with: "area.last")
                    .replacing("exchange: echo", with: "exchange: ecko"),
            ]
            for (name, text) in texts { try Data(text.utf8).write(to: folder.appending(path: name)) }
            try Data([0x69, 0x64, 0xff]).write(to: folder.appending(path: "e.yaml"))
            let error = try #require(throws: ScenarioFileError.self) {
                try ScenarioLoader().load(paths: [folder.path])
            }
            let files = error.problems.map { problem in
                "abcde".first { problem.description.contains("\($0).yaml") }.map(String.init)
            }
            #expect(files == ["a", "b", "d", "e"], "found instead: \(error)")
            #expect(error.problems.first?.place?.line == 3 && error.problems.first?.place?.column == 52)
            let good = try ScenarioLoader().load(paths: [folder.appending(path: "c.yaml").path])
            #expect(good.map(\.id) == ["area.marked"])
        }
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
