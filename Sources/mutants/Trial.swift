import Foundation
import ProgramKit

/// Whether anything notices one bug: what is to notice it, then the whole suite, then the unit tests.
///
/// What fails is run again before it is believed, because a busy machine fails things too.
struct Trial {
    let checkout: URL
    let logs: URL

    /// The whole catalogue takes under 20 seconds, and a case that hangs 20 more.
    private static let suiteLimit = 180
    /// The tests of the edge and the agent take under a minute, and end themselves where one hangs.
    private static let testLimit = 400
    ///
    /// In two parts, as `make unit` has them: a test that signals a program at a certain moment must not wait for a thread
    /// among hundreds.
    private static let tests = [
        "^(Addresses|AgentClient|AgentProtocol|EdgeAPI|EdgeControl|EdgeCore|EdgeEvents|EdgeServer|EdgeStore|JSONText|Muxado"
            + "|MuxadoChannel|PrometheusMetrics|ProxyProtocol|Relaying|TLSCredentials|TLSWire|TrafficPolicy)Tests[.]",
        "^IntegrationTests[.]",
    ]

    /// The program as it is.
    func runAsleep() throws -> Finding {
        let finding = try self.suite([], nil)
        return finding == .survived ? try self.allTests(nil) : finding
    }

    /// Everything that the bug names is tried, so that a name that notices nothing is told; the rest only where all of it is
    /// silent.
    func run(_ mutant: Mutant) throws -> Outcome {
        let scenarios = mutant.by.filter { $0.first?.isUppercase != true }
        let tests = mutant.by.filter { !scenarios.contains($0) }
        var noticed: [Finding] = []
        var silent: [String] = []
        if !scenarios.isEmpty {
            let finding = try self.confirmed { try self.suite(scenarios, mutant.id) }
            if finding != .survived { noticed.append(finding) }
            silent += scenarios.filter { !finding.isNoticed(by: $0) }
        }
        for name in tests {
            let pattern = "^\(NSRegularExpression.escapedPattern(for: name))([./]|$)"
            let finding = try self.confirmed { try self.tests(pattern, mutant.id) }
            if finding != .survived { noticed.append(finding) } else { silent.append(name) }
        }
        if let first = noticed.first(where: \.isCaught) ?? noticed.first {
            return Outcome(finding: first, silent: silent)
        }
        var finding = try self.confirmed { try self.suite([], mutant.id) }
        if finding == .survived { finding = try self.confirmed { try self.allTests(mutant.id) } }
        return Outcome(finding: finding, silent: silent)
    }

    /// What failed twice; with the suite, the cases that did both times.
    private func confirmed(_ attempt: () throws -> Finding) throws -> Finding {
        let first = try attempt()
        guard first != .survived else { return .survived }
        let second = try attempt()
        switch (first, second) {
        case (_, .survived): return .survived
        case (.hung, _), (_, .hung): return .hung(first.isBySuite || second.isBySuite ? "the suite" : "the tests")
        default: return second
        }
    }

    private func command(_ limit: Int, _ arguments: [String], _ bug: String?) -> Command {
        Command(
            "timeout",
            ["--kill-after=5", String(limit)] + arguments,
            in: self.checkout,
            environment: bug.map { [Planting.variable: $0] } ?? [:]
        )
    }

    private func log(_ bug: String?, _ kind: String) -> URL {
        self.logs.appending(path: "\(bug ?? "none").\(kind).log")
    }

    private static func isTimeout(_ status: Int32) -> Bool { status == 124 || status == 137 }

    // MARK: The suite

    private func suite(_ scenarios: [String], _ bug: String?) throws -> Finding {
        let report = self.logs.appending(path: "\(bug ?? "none").report")
        try? FileManager.default.removeItem(at: report)
        let log = self.log(bug, "suite")
        let run = [".build/release/shakedown", "run"] + scenarios + ["--report", report.path]
        let status = try self.command(Self.suiteLimit, run, bug).status(log: log)
        if status == 0 { return .survived }
        if Self.isTimeout(status) { return .hung("the suite") }
        let failed = try self.failedCases(report.appending(path: "report.json"))
        guard !failed.isEmpty else { return .noSuite(try self.complaint(log) ?? "ended with \(status)") }
        var names: [String] = []
        for id in failed.map({ String($0.prefix { $0 != "[" }) }) where !names.contains(id) { names.append(id) }
        return .suite(caseCount: failed.count, scenarios: names)
    }

    /// From the report in CTRF form; none where there is no report.
    private func failedCases(_ file: URL) throws -> [String] {
        struct Report: Decodable {
            struct Results: Decodable { let tests: [Test] }
            struct Test: Decodable {
                let name: String
                let status: String
            }
            let results: Results
        }
        guard let data = try? Data(contentsOf: file) else { return [] }
        return try JSONDecoder().decode(Report.self, from: data).results.tests.filter { $0.status == "failed" }.map(
            \.name
        )
    }

    private func complaint(_ log: URL) throws -> String? {
        String(decoding: try Data(contentsOf: log), as: UTF8.self).firstMatch(of: /shakedown: error: ([^\n]+)/).map {
            String($0.1)
        }
    }

    // MARK: The unit tests

    private func allTests(_ bug: String?) throws -> Finding {
        for pattern in Self.tests {
            let finding = try self.tests(pattern, bug)
            if finding != .survived { return finding }
        }
        return .survived
    }

    private func tests(_ pattern: String, _ bug: String?) throws -> Finding {
        let log = self.log(bug, "tests")
        let status = try self.command(
            Self.testLimit,
            // The tests themselves and not `swift test`, which starts them in a group of their own: where that is ended, one
            // that hangs lives on. That every bug fits its place is no longer so where it has been planted.
            [
                ".build/release/ShakedownPackageTests.xctest", "--testing-library", "swift-testing",
                "--filter", pattern, "--skip", "PlantedBugsTests",
            ],
            bug
        ).status(log: log)
        if status == 0 { return .survived }
        if Self.isTimeout(status) { return .hung("the tests") }
        let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        guard let failed = text.firstMatch(of: /✘ Test ("[^"\n]+"|\S+) recorded an issue[^\n]*?(?: at (\w+)\.swift|\n)/)
        else { return .test("a crash, with status \(status)") }
        return .test([String(failed.1), failed.2.map { "(\($0))" }].compactMap { $0 }.joined(separator: " "))
    }
}
