import Foundation

/// Whether anything notices one bug: the suite first, and where it does not, the unit tests.
struct Trial {
    enum Finding {
        /// So many cases fail, of these scenarios.
        case suite(caseCount: Int, scenarios: [String])
        case test(String)
        /// Nothing ended in time, or nothing could begin.
        case broken(String)
        case survived
    }

    let checkout: URL
    let logs: URL

    /// The whole catalogue takes under 10 seconds, and a case that hangs 20 more.
    private static let suiteLimit = 120
    /// The tests of the edge and the agent take under a minute.
    private static let testLimit = 240
    private static let tests =
        "^(Addresses|AgentClient|AgentProtocol|EdgeCore|EdgeServer|Integration|JSONText|Muxado|MuxadoChannel"
        + "|ProxyProtocol|Relaying|TLSCredentials|TLSWire)Tests[.]"

    /// - Parameter bug: `nil` tries the program as it is.
    func run(_ bug: String?) throws -> Finding {
        let finding = try self.runSuite(bug)
        guard case .survived = finding else { return finding }
        return try self.runTests(bug)
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

    private func runSuite(_ bug: String?) throws -> Finding {
        let report = self.logs.appending(path: "\(bug ?? "none").report")
        try? FileManager.default.removeItem(at: report)
        let run = self.command(Self.suiteLimit, [".build/release/shakedown", "run", "--report", report.path], bug)
        let status = try run.status(log: self.log(bug, "suite"))
        if status == 0 { return .survived }
        let failed = try self.failedCases(report.appending(path: "report.json"))
        guard !failed.isEmpty else { return .broken(Self.words("the suite", status)) }
        var scenarios: [String] = []
        for id in failed.map({ String($0.prefix { $0 != "[" }) }) where !scenarios.contains(id) { scenarios.append(id) }
        return .suite(caseCount: failed.count, scenarios: scenarios)
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

    private func runTests(_ bug: String?) throws -> Finding {
        let log = self.log(bug, "tests")
        let status = try self.command(
            Self.testLimit,
            ["swift", "test", "-c", "release", "--skip-build", "--filter", Self.tests],
            bug
        ).status(log: log)
        if status == 0 { return .survived }
        let text = try String(contentsOf: log, encoding: .utf8)
        if let failed = text.firstMatch(of: /✘ Test (.+?) (?:recorded an issue|failed after|with)/) {
            return .test(String(failed.1))
        }
        return .broken(Self.words("the tests", status))
    }

    private static func words(_ what: String, _ status: Int32) -> String {
        status == 124 || status == 137 ? "\(what) hung" : "\(what) ended with \(status)"
    }
}
