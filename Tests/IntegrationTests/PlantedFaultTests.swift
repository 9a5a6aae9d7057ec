import FolderTesting
import Foundation
import Testing

@Suite("What a target does wrong on purpose is seen", .serialized)
struct PlantedFaultTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    /// Changes a file of the catalogue's copy.
    private func edit(_ path: String, replacing text: String, with replacement: String) throws {
        let file = self.checkout.folder.file(path)
        let before = try String(contentsOf: file, encoding: .utf8)
        #expect(before.contains(text), "\(path) has no \(text)")
        try before.replacing(text, with: replacement).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test("an edge that ends TLS in the agent's place, with the pair that the agent gave it")
    func edgeForAgent() async throws {
        try self.edit(
            "Scenarios/Targets/reference/agent.yaml.mustache",
            replacing: "{{terminateAt}}",
            with:
                "{{^isTerminatedAtAgent}}{{terminateAt}}{{/isTerminatedAtAgent}}{{#isTerminatedAtAgent}}edge{{/isTerminatedAtAgent}}"
        )
        let outcome = try await self.checkout.run([
            "run", "termination.who-answers", "mutual-tls.refused[role=agent,*]", "--quiet",
        ])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let results = try self.checkout.latestRun().results
        let agents = results.filter { $0.testCase.id.contains("role=agent") }
        #expect(agents.count > 10)
        for result in results {
            let isAgents = result.testCase.id.contains("role=agent")
            #expect(result.verdict.outcome == (isAgents ? "fail" : "pass"), "\(result.testCase.id)")
            if isAgents { #expect(result.verdict.summary.contains("while every agent stood still")) }
        }
    }

    @Test(
        "a default route: to the decoy it is what a target may declare, to any other endpoint it is a broken invariant",
        .enabled(if: Programs.isInstalled("haproxy"), "install haproxy"),
        arguments: [("e0", true, 0), ("e0", false, 1), ("e1", true, 1)] as [(String, Bool, Int32)]
    )
    func defaultRoute(backend: String, isDeclared: Bool, status: Int32) async throws {
        try self.edit(
            "Scenarios/Targets/haproxy/haproxy.cfg.mustache",
            replacing: "    tcp-request content reject\n    use_backend %[var(txn.backend)]\n",
            with: "    use_backend %[var(txn.backend)] if is_known\n    default_backend \(backend)\n"
        )
        if isDeclared {
            try self.edit(
                "Scenarios/Targets/haproxy/target.yaml",
                replacing: "lacks:\n",
                with: "behaviours: [{ behaviour: default-route, reason: default_backend }]\nlacks:\n"
            )
        }
        let outcome = try await self.checkout.run([
            "run", "--target", "haproxy", "silence.nothing-sent[role=passthrough,*]",
            "names.bytes-that-are-no-name[role=passthrough,*", "routing.unknown-name[role=passthrough,*]",
            "routing.exact[role=passthrough,*]", "--quiet",
        ])
        #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
        for result in try self.checkout.latestRun().results {
            let id = result.testCase.id
            if id.hasPrefix("routing.exact") { #expect(result.verdict.outcome == "pass", "\(id)") }
            // Whose a few bytes of half a hello are, no upstream can tell.
            guard id.hasPrefix("routing.unknown") || (id.hasPrefix("names.") && status == 0) else { continue }
            #expect(result.verdict.outcome == (status == 0 ? "expected-fail" : "fail"), "\(id)")
        }
    }

    /// Has a shell start the reference target's agents, after a command of its own.
    private func wrapAgents(_ command: String) throws {
        let file = "Scenarios/Targets/reference/target.yaml"
        try self.edit(file, replacing: "programs:\n", with: "programs:\n  sh: { install: get a shell }\n")
        try self.edit(file, replacing: "    program: shakedown-agent\n", with: "    program: sh\n")
        try self.edit(
            file,
            replacing: "arguments: &arguments\n      [start,",
            with:
                "arguments: &arguments\n      [-c, '\(command); exec \(Programs.path("shakedown-agent")) \"$@\"', sh, start,"
        )
    }

    @Test("an authtoken in the log of an agent that is there for one case alone")
    func loggedTokenOfOwnTarget() async throws {
        try self.wrapAgents("grep authtoken agent-{{instance}}.yaml")
        let outcome = try await self.checkout.run(["run", "operations.restart[role=edge,*]", "--quiet"])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let report = String(decoding: try self.checkout.latest("summary.txt"), as: UTF8.self)
        let leaks = report.split(separator: "\n").filter { $0.contains("has the agents' authtoken") }
        #expect(leaks.contains { $0.contains("the target of operations.restart[role=edge") }, "\(report)")
    }

    @Test("a target that starts for all cases, and not for one alone, has failed that case")
    func startsOnce() async throws {
        let file = "Scenarios/Targets/reference/target.yaml"
        try self.edit(file, replacing: "programs:\n", with: "programs:\n  sh: { install: get a shell }\n")
        let mark = self.checkout.temporary.appending(path: "started").path
        let edge = Programs.path("shakedown-edge")
        try self.edit(
            file,
            replacing: "    program: shakedown-edge\n    serves: edge\n",
            with: "    program: sh\n    serves: edge\n"
        )
        try self.edit(
            file,
            replacing: "    arguments: [--config, \"{{directory}}/edge.yaml\", --ready-file",
            with:
                "    arguments: [-c, 'mkdir \(mark) && exec \(edge) \"$@\"', sh, --config, \"{{directory}}/edge.yaml\", --ready-file"
        )
        try self.edit(file, replacing: "    check: [--config, \"{{directory}}/edge.yaml\", --check]\n", with: "")
        let outcome = try await self.checkout.run([
            "run", "operations.restart[role=edge,*]", "routing.exact[role=edge,*]", "--quiet",
        ])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        for result in try self.checkout.latestRun().results {
            let isAlone = result.testCase.id.hasPrefix("operations.")
            #expect(result.verdict.outcome == (isAlone ? "fail" : "pass"), "\(result.testCase.id)")
            if isAlone {
                #expect(result.verdict.summary.hasPrefix("the target did not start for this case alone: "))
            }
        }
    }

    @Test("programs of a target may open as many files as whoever started the harness")
    func openFiles() async throws {
        try self.wrapAgents("ulimit -Sn")
        let outcome = try await self.checkout.shell(
            "ulimit -Sn 777; $shakedown run 'routing.exact[role=edge,*]' --keep --quiet"
        )
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let folder = try #require(try self.checkout.leftovers.first { $0.hasPrefix("shakedown-") })
        let log = self.checkout.temporary.appending(path: "\(folder)/agent-shared.log")
        #expect(try String(contentsOf: log, encoding: .utf8).split(separator: "\n").first == "777")
    }

    @Test("an authtoken in a log")
    func loggedToken() async throws {
        try self.wrapAgents("grep authtoken agent-{{instance}}.yaml")
        let outcome = try await self.checkout.run(["run", "routing.exact[role=edge,*]", "--keep", "--quiet"])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let report = String(decoding: try self.checkout.latest("summary.txt"), as: UTF8.self)
        #expect(report.contains("agent-shared.log:1 has the agents' authtoken"), "\(report)")
        let folder = try #require(try self.checkout.leftovers.first)
        let log = self.checkout.temporary.appending(path: "\(folder)/agent-shared.log")
        let line = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").first
        let token = try #require(line?.split(separator: "\"").last)
        #expect(token.count > 20)
        #expect(!report.contains(token), "what was found is not shown again")
    }

    @Test("a default certificate in an endpoint's place, also where only a byte client is answered")
    func defaultCertificate() async throws {
        let template = "Scenarios/Targets/reference/agent.yaml.mustache"
        try self.edit(template, replacing: "{{certificate}}", with: "{{defaultCertificate}}")
        try self.edit(template, replacing: "{{key}}", with: "{{defaultKey}}")
        let answered = [
            "framing.size.ordinary", "framing.size.name-last", "framing.hello.grease", "framing.hello.legacy-version",
            "framing.records.version-is-ignored", "closing.client-closes", "events.one-per-connection",
        ]
        let outcome = try await self.checkout.run(["run"] + answered + ["--quiet"])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let results = try self.checkout.latestRun().results
        #expect(results.count > 30)
        for result in results {
            let isPassedOn = result.testCase.id.contains("role=passthrough")
            #expect(result.verdict.outcome == (isPassedOn ? "pass" : "fail"), "\(result.testCase.id)")
            let names = ["terminated-by: ", "certificate: "]
            #expect(isPassedOn || names.contains { result.verdict.summary.contains($0) }, "\(result.verdict.summary)")
        }
    }
}
