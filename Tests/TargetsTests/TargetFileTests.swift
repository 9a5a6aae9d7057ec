import ConfigurationFiles
import Foundation
import ScenarioModel
import Supervision
import Testing
import Verdicts

@testable import Targets

@Suite("target.yaml")
struct TargetFileTests {
    @Test("every shipped target can be read", arguments: TargetDefinition.available(in: Fixture.targets))
    func shipped(_ name: String) throws {
        let definition = try Fixture.definition(of: name)
        #expect(Role.allCases.contains { definition.features.contains(.role($0)) })
        #expect(definition.identity.version == "1.2.3")
        #expect(definition.identity.profile == (name == "reference" ? .all : .rfc))
        let waivers = try Waivers.load(definition.waiversFile, version: definition.identity.version)
        #expect(waivers.problems(amongAll: []).count == waivers.entries.count)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let replacing: String
        let with: String
        let message: String
        var testDescription: String { self.message }
    }

    static let valid = """
        title: T
        programs: { sh: { install: get sh } }
        probes: { version: { program: sh, arguments: [-c, "echo 1"], pattern: "[0-9]+" } }
        features: [role.edge, { feature: ipv6, roles: [edge] }]
        deadlines: { hello: 3 }
        processes:
          edge:
            program: sh
            serves: edge
            templates: {}
            arguments: []
            ready: connect
            stop: { signal: TERM, grace: 1 }
        """

    @Test("the example that the mistakes are made in is right")
    func validExample() throws {
        let description = try TargetFile.description(in: YAMLValue.parse(Self.valid, file: "t.yaml"))
        #expect(description.features.map(\.feature) == [.role(.edge), .ipv6])
        #expect(description.features[1].roles == [.edge])
        #expect(description.profile == .rfc)
    }

    @Test(
        "who says where a program is need not say how it gets there, and TERM and three seconds end what is told no other end"
    )
    func defaults() throws {
        let text = Self.valid.replacing("install: get sh", with: "path: /bin/sh").replacing(
            "    stop: { signal: TERM, grace: 1 }",
            with: ""
        )
        let description = try TargetFile.description(in: YAMLValue.parse(text, file: "t.yaml"))
        #expect(description.processes[0].stop == ProcessPlan.Stop(signal: .terminate, command: nil, grace: 3))
        #expect(description.programs["sh"]?.install.hint(target: "t").contains("programs.sh") == true)
    }

    @Test("a behaviour is declared with its reason, and for the versions that have it")
    func behaviours() throws {
        let text = """
            \(Self.valid)
            behaviours:
              - { behaviour: no-half-close, reason: it is off, link: https://example.org/1, versions: "<2" }
            """
        let description = try TargetFile.description(in: YAMLValue.parse(text, file: "t.yaml"))
        let habit = try #require(description.behaviours.first)
        #expect(habit.declared.behaviour == .noHalfClose)
        #expect(habit.declared.location == "t.yaml:15")
        #expect(habit.versions?.contains("1.9") == true && habit.versions?.contains("2.0") == false)
    }

    @Test(
        "a mistake is said with file, line and column",
        arguments: [
            Mistake(
                replacing: "title: T",
                with: "titel: T",
                message: "t.yaml:1:1: unknown key 'titel'; did you mean 'title'?"
            ),
            Mistake(
                replacing: "    stop:",
                with: "    grace: 1\n    stop:",
                message: "t.yaml:13:5: unknown key 'grace' in 'processes.edge'"
            ),
            Mistake(
                replacing: "signal: TERM",
                with: "signal: TREM",
                message:
                    "t.yaml:13:21: 'processes.edge.stop.signal' must be one of HUP, INT, QUIT, KILL, USR1, USR2, TERM, "
                    + "not 'TREM'; did you mean 'TERM'?"
            ),
            Mistake(
                replacing: "    program: sh",
                with: "    program: bash",
                message: "t.yaml:8:14: 'bash' is not in 'programs'"
            ),
            Mistake(
                replacing: "serves: edge\n    templates: {}\n    arguments: []\n    ready: connect",
                with: "serves: helper\n    templates: {}\n    arguments: []\n    ready: { exists: up }",
                message: "t.yaml:7:3: one process, and no other, must have 'serves: edge'"
            ),
            Mistake(
                replacing: "hello: 3",
                with: "helo: 3",
                message:
                    "t.yaml:5:14: 'deadlines.helo' must be one of hello, handshake, idle, half-open, not 'helo'; did you mean "
                    + "'hello'?"
            ),
            Mistake(
                replacing: "ready: connect",
                with: "ready: listen",
                message:
                    "t.yaml:12:12: 'ready' must be 'connect', or one of connect, http, log, file and exists with its value"
            ),
            Mistake(
                replacing: "ready: connect",
                with: "ready: { log: a, exists: b }",
                message: "t.yaml:12:12: 'ready' must have one key"
            ),
            Mistake(
                replacing: "ready: connect",
                with: "ready: { http: \"127.0.0.1:80\" }",
                message: "t.yaml:12:20: '127.0.0.1:80' must be a URL such as http://127.0.0.1:{{ports.admin}}/ready"
            ),
            Mistake(
                replacing: "    templates: {}",
                with: "    templates: {}\n    roles: edge",
                message:
                    "t.yaml:11:12: 'processes.edge.roles' is for 'serves: helper' and 'serves: each-endpoint'"
            ),
            Mistake(
                replacing: "    templates: {}",
                with: "    templates: {}\n    ports: [a, a]",
                message: "t.yaml:11:16: 'a' must be a name of letters and digits that stands here once"
            ),
            Mistake(
                replacing: "{ signal: TERM, grace: 1 }",
                with: "{ signal: TERM, program: sh, arguments: [], grace: 1 }",
                message: "t.yaml:13:21: 'processes.edge.stop.signal' and a command exclude each other"
            ),
            Mistake(
                replacing: "    stop:",
                with: "    reload: { says: reload }\n    stop:",
                message: "t.yaml:13:21: 'processes.edge.reload.says' needs a 'socket' to say it to"
            ),
            Mistake(
                replacing: "    stop:",
                with: "    reload: { program: sh, socket: a, says: b }\n    stop:",
                message: "t.yaml:13:24: 'processes.edge.reload.program' and 'socket' exclude each other"
            ),
            Mistake(
                replacing: "deadlines:",
                with: "profile: ngrock\ndeadlines:",
                message: "t.yaml:5:10: 'profile' must be one of rfc, ngrok, all, not 'ngrock'; did you mean 'ngrok'?"
            ),
            Mistake(
                replacing: "deadlines:",
                with: "behaviours: [{ behaviour: dial-early, reason: r }]\ndeadlines:",
                message:
                    "t.yaml:5:27: 'behaviours[0].behaviour' must be one of dials-early, no-half-close, "
                    + "refuses-by-reset, default-route, default-certificate, not 'dial-early'; did you mean 'dials-early'?"
            ),
            Mistake(
                replacing: "deadlines:",
                with: "behaviours: [{ behaviour: dials-early }]\ndeadlines:",
                message: "t.yaml:5:14: 'behaviours[0].reason' is missing"
            ),
            Mistake(
                replacing: "deadlines:",
                with: "behaviours:\n  - &a { behaviour: dials-early, reason: r }\n  - *a\ndeadlines:",
                message: "t.yaml:6:21: the behaviour 'dials-early' is declared twice"
            ),
            Mistake(
                replacing: "features: [role.edge,",
                with: "features: [deadline.hello, deadline.idle, role.edge,",
                message: "t.yaml:5:12: the feature 'deadline.idle' needs the seconds of 'idle'"
            ),
            Mistake(
                replacing: "version: {",
                with: "versoin: {",
                message: "t.yaml:3:9: 'probes' lacks 'version', which finds the edge's version"
            ),
            Mistake(
                replacing: "roles: [edge]",
                with: "roles: [egde]",
                message:
                    "t.yaml:4:48: 'features[1].roles[0]' must be one of passthrough, edge, agent, re-encrypt, "
                    + "agent-re-encrypt, not 'egde'; did you mean 'edge'?"
            ),
            Mistake(
                replacing: "features: [role.edge",
                with: "features: [role.passthrugh",
                message: "t.yaml:4:12: there is no feature 'role.passthrugh'; did you mean 'role.passthrough'?"
            ),
            Mistake(
                replacing: "install: get sh",
                with: "install: { pip: sh, debian: sh, file: sh }",
                message: "t.yaml:2:28: 'install' must be a command, or have either 'pip' or 'debian'"
            ),
            Mistake(
                replacing: "install: get sh",
                with: "install: { pip: sh, file: ../sh }",
                message: "t.yaml:2:45: 'programs.sh.install.file' must lie below the folder it is installed into"
            ),
            Mistake(
                replacing: "install: get sh",
                with: "install: { debian: [sh, --purge], file: usr/bin/sh }",
                message: "t.yaml:2:43: '--purge' is no package's name"
            ),
            Mistake(
                replacing: "feature: ipv6",
                with: "feature: ip6",
                message: "t.yaml:4:34: there is no feature 'ip6'; did you mean 'ipv6'?"
            ),
        ]
    )
    func refuses(_ mistake: Mistake) throws {
        let text = Self.valid.replacing(mistake.replacing, with: mistake.with)
        let problem = try #require(throws: ConfigurationError.self) {
            try TargetFile.description(in: YAMLValue.parse(text, file: "t.yaml"))
        }
        #expect(problem.description == mistake.message)
    }
}
