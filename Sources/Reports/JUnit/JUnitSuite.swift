import ScenarioModel
import Verdicts

/// The cases of one area as JUnit readers see them: one flat suite, every name unique within its class.
struct JUnitSuite {
    var name: String
    var area: String
    var className: String
    var cases: [Case]

    struct Case {
        var name: String
        var seconds: Double
        var status: Status
        var output: String
        var file: String
        var line: Int
        var assertions: Int
        var properties: [(name: String, value: String)]
    }

    enum Status {
        case passed
        case skipped(message: String)
        case failed(type: String, message: String, body: String)
        case errored(type: String, message: String, body: String)
    }

    var failures: Int { self.cases.count { if case .failed = $0.status { true } else { false } } }
    var errors: Int { self.cases.count { if case .errored = $0.status { true } else { false } } }
    var skipped: Int { self.cases.count { if case .skipped = $0.status { true } else { false } } }
    var assertions: Int { self.cases.reduce(0) { $0 + $1.assertions } }
    var seconds: Double { self.cases.reduce(0) { $0 + ($1.seconds.isFinite ? max(0, $1.seconds) : 0) } }

    /// Suites in the order of their areas, and one more for what is wrong with the run itself.
    static func all(_ digest: RunDigest) -> [JUnitSuite] {
        let byArea = Dictionary(grouping: digest.report.results, by: \.area)
        // Readers split class names at dots, so a name from outside must not bring its own.
        let target = digest.report.target.name.replacing(".", with: "-")
        var suites = digest.areas.map { area in
            var names: [String: Int] = [:]
            let cases = (byArea[area] ?? []).map { result in
                names[result.testCase.id, default: 0] += 1
                return Case(result, digest: digest, occurrence: names[result.testCase.id] ?? 1)
            }
            return JUnitSuite(
                name: "\(target):\(area)",
                area: area,
                className: "shakedown.\(target).\(area)",
                cases: cases
            )
        }
        var problems = digest.report.problems
        if digest.report.isInterrupted { problems.append("the run was interrupted before its end") }
        if !problems.isEmpty {
            let status = Status.failed(
                type: "run",
                message: problems[0],
                body: SafeText.shortened(problems.joined(separator: "\n"), to: 50_000)
            )
            let run = Case(
                name: "the run itself",
                seconds: 0,
                status: status,
                output: "",
                file: "",
                line: 0,
                assertions: 0,
                properties: []
            )
            suites.append(
                JUnitSuite(name: "\(target):run", area: "run", className: "shakedown.\(target).run", cases: [run])
            )
        }
        return suites
    }
}

extension JUnitSuite.Case {
    /// Jenkins keeps 1,000 characters of a passing case's output and 100,000 of a failing one's; half of that
    /// leaves room for what escaping adds.
    private static let passingOutputLimit = 500
    private static let failingOutputLimit = 50_000
    private static let messageLimit = 500

    init(_ result: CaseResult, digest: RunDigest, occurrence: Int) {
        let outcome = result.verdict.outcome
        let scenario = digest.scenario(of: result)
        self.name = occurrence == 1 ? result.testCase.id : "\(result.testCase.id) (\(occurrence))"
        self.seconds = result.durationSeconds
        self.status = Self.status(result)
        let limit = outcome.isAcceptable ? Self.passingOutputLimit : Self.failingOutputLimit
        self.output = SafeText.shortened(Self.output(result, scenario: scenario), to: limit)
        self.file = scenario?.file ?? ""
        self.line = scenario?.line ?? 0
        self.assertions = result.verdict.checks.count
        self.properties = [("outcome", outcome.rawValue), ("role", result.testCase.role.rawValue)]
        if let scenario {
            self.properties.append(("rule", scenario.rule.citation))
            self.properties.append(("origin", scenario.rule.origin.rawValue))
            self.properties.append(("importance", scenario.importance.rawValue))
        }
    }

    private static func status(_ result: CaseResult) -> JUnitSuite.Status {
        let verdict = result.verdict
        let summary = verdict.summary.isEmpty ? verdict.outcome.label : verdict.summary
        let message = SafeText.shortened(summary, to: Self.messageLimit)
        let body = SafeText.shortened(Self.body(result), to: Self.failingOutputLimit)
        switch verdict.outcome {
        case .pass, .passLenient, .informational:
            return .passed
        case .expectedFail, .unsupported, .skipped:
            return .skipped(message: "\(verdict.outcome.rawValue): \(message)")
        case .fail, .failShould:
            let kind =
                verdict.brokenInvariant.map { "invariant.\($0.name)" } ?? result.verdict.failedChecks.first?.check
            return .failed(type: kind ?? "fail", message: message, body: body)
        case .unexpectedPass, .flaky:
            return .failed(type: verdict.outcome.rawValue, message: message, body: body)
        case .error, .hang:
            return .errored(type: verdict.outcome.rawValue, message: message, body: body)
        }
    }

    private static func body(_ result: CaseResult) -> String {
        var lines = [result.verdict.summary]
        if let invariant = result.verdict.brokenInvariant { lines.append("broken invariant: \(invariant.meaning)") }
        for check in result.verdict.failedChecks {
            lines += ["\(check.title)", "  expected  \(check.expected)", "  observed  \(check.observed)"]
        }
        lines += EndingText.lines(result).map { "ended: \($0)" }
        if !result.replay.isEmpty { lines.append("replay: \(result.replay)") }
        return lines.joined(separator: "\n")
    }

    private static func output(_ result: CaseResult, scenario: Scenario?) -> String {
        var lines = ["outcome: \(result.verdict.outcome.rawValue)"]
        if !result.verdict.summary.isEmpty, result.verdict.outcome.isAcceptable { lines.append(result.verdict.summary) }
        if let scenario { lines += [scenario.title, "rule: \(scenario.rule.citation)"] }
        if !result.replay.isEmpty { lines.append("replay: \(result.replay)") }
        return lines.joined(separator: "\n")
    }
}
