import FolderTesting
import Foundation
import Testing

@Suite("An edge asked from outside", .enabled(if: Programs.isInstalled("openssl"), "install openssl"))
struct CheckCommandTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    /// A server that has one certificate for whatever name it is asked for; gives where it listens.
    private func serve(_ flags: [String] = []) async throws -> (program: RunningProgram, place: String) {
        let mint = try await self.run(["certs", "--out", self.folder.url.path, "edge-server"])
        #expect(mint.status == 0, "\(mint.errors)")
        let program = try RunningProgram(
            "/usr/bin/env",
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", self.folder.path("edge-server.pem"),
                "-key", self.folder.path("edge-server.key"),
            ] + flags,
            in: self.folder
        )
        let isThere = try await program.wait { program.output.contains(#/ACCEPT \S+:\d+\n/#) }
        #expect(isThere, "\(program.errors)")
        let port = try #require(program.output.firstMatch(of: #/ACCEPT \S+:(\d+)\n/#)?.1)
        return (program, "127.0.0.1:\(port)")
    }

    private func run(_ arguments: [String]) async throws -> Outcome {
        try await RunningProgram.run(
            Programs.path("shakedown"),
            arguments,
            in: self.folder,
            at: Programs.root,
            within: 120
        )
    }

    private struct Answer: Decodable {
        struct Report: Decodable { var results: Results }
        struct Results: Decodable { var tests: [Test] }
        struct Test: Decodable {
            var name: String
            var rawStatus: String
        }
        var facts: [String: String]
        var notAsked: [String: Int]
        var report: Report
    }

    @Test("what it shows is told, what it does is judged, and a default answer counts once")
    func defaultAnswer() async throws {
        let (program, place) = try await self.serve()
        defer { kill(program.process.processIdentifier, SIGKILL) }
        let outcome = try await self.run([
            "check", place, "--name", "app.shakedown.test", "routing.*", "framing.size.*", "--quiet", "--json",
        ])
        #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        #expect(answer.facts["versions"] == "TLS 1.2 and 1.3")
        #expect(answer.facts["a name that nobody serves"] == "is answered, by a default")
        #expect(answer.facts["certificate of app.shakedown.test"]?.contains("for this name") == true)
        #expect(answer.facts["resumption in TLS 1.3"] == "a session is resumed")
        #expect(answer.notAsked.values.reduce(0, +) > 10)
        func outcomes(_ scenario: String) -> Set<String> {
            Set(answer.report.results.tests.filter { $0.name.hasPrefix("\(scenario)[") }.map(\.rawStatus))
        }
        #expect(outcomes("routing.exact") == ["pass"])
        #expect(outcomes("routing.unknown-name") == ["fail-should"])
        #expect(outcomes("routing.near-misses") == ["informational"])
        #expect(outcomes("framing.size.ordinary") == ["pass"])
    }

    @Test("an edge that is gone before the end has refused nobody")
    func gone() async throws {
        let (program, place) = try await self.serve(["-naccept", "9"])
        defer { kill(program.process.processIdentifier, SIGKILL) }
        let folder = self.folder.path("report")
        let outcome = try await self.run([
            "check", place, "--name", "app.shakedown.test", "routing.*", "--quiet", "--jobs", "1", "--report", folder,
        ])
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("let a good client in at the beginning, and none at the end"))
        let run = try JSONDecoder().decode(
            WrittenRun.self,
            from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
        )
        let refused = run.results.filter { $0.testCase.id.hasPrefix("routing.unknown-name[") }
        #expect(refused.count == 4)
        #expect(refused.allSatisfy { ["skipped", "fail-should"].contains($0.verdict.outcome) })
        #expect(run.results.contains { $0.verdict.outcome == "skipped" })
        #expect(!run.results.contains { $0.verdict.outcome == "fail" }, "nobody failed by not being there")
    }

    @Test("an earlier run of another edge is refused, with which both are", arguments: ["--baseline", "--compare"])
    func anotherEdge(flag: String) async throws {
        let (program, place) = try await self.serve()
        defer { kill(program.process.processIdentifier, SIGKILL) }
        let folder = self.folder.path("report")
        let question = ["check", place, "routing.exact", "--quiet", "--name"]
        #expect(try await self.run(question + ["app.shakedown.test", "--report", folder]).status == 0)
        #expect(try await self.run(question + ["app.shakedown.test", flag, folder]).status == 0, "it is the same")
        var outcome = try await self.run(question + ["api.shakedown.test", flag, folder])
        #expect(outcome.status == 64, "\(outcome.output)")
        let words =
            "\(flag) names a run of \(place), checked as app.shakedown.test, and this one is of \(place), checked as "
            + "api.shakedown.test"
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        outcome = try await self.run(["run", "routing.exact", "--quiet", flag, folder])
        #expect(outcome.status == 64, "\(outcome.output)")
        #expect(outcome.errors.contains("and this one is of Shakedown reference edge (reference)"), "\(outcome.errors)")
    }

    @Test("a second signal leaves at once, and reports are written")
    func leaves() async throws {
        let (program, place) = try await self.serve()
        defer { kill(program.process.processIdentifier, SIGKILL) }
        let folder = self.folder.path("report")
        let check = try RunningProgram(
            Programs.path("shakedown"),
            ["check", place, "--name", "app.shakedown.test", "framing.*", "--jobs", "1", "--report", folder],
            in: self.folder
        )
        try #require(try await check.wait { check.errors.contains("confirmed") }, "\(check.errors)")
        kill(check.process.processIdentifier, SIGINT)
        kill(check.process.processIdentifier, SIGTERM)
        let outcome = try await check.end()
        // It may have been through with its stopping by itself.
        #expect([130, 143, 1].contains(outcome.status), "\(outcome.errors)")
        let run = try JSONDecoder().decode(
            WrittenRun.self,
            from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
        )
        #expect(run.isInterrupted)
        #expect(run.results.contains { $0.verdict.summary == "not run: the run was interrupted before its turn" })
    }

    @Test(
        "what cannot be asked is said, with what to do",
        arguments: [
            (["127.0.0.1:1", "--name", "app.example.com"], "cannot be reached"),
            (["127.0.0.1:8443"], "hint: name an endpoint that it serves"),
            (["a:b:c"], "no place where an edge could listen"),
            (["no-such-host.invalid"], "cannot be resolved"),
        ]
    )
    func wrongUse(arguments: [String], words: String) async throws {
        let outcome = try await self.run(["check"] + arguments + ["--quiet"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
}
