import ScenarioModel
import Verdicts

/// The Common Test Report Format, as far as a run fills it; what CTRF has no place for is in `extra`.
struct CTRFDocument: Encodable {
    var reportFormat = "CTRF"
    /// The version of the format that these fields were read from.
    var specVersion = "1.0.0"
    var timestamp: String
    var generatedBy: String
    var results: Results
    var extra: RunExtra

    struct Results: Encodable {
        var tool: Tool
        var summary: Summary
        var tests: [Test]
        var environment: Environment
    }

    struct Tool: Encodable {
        var name: String
        var version: String
        var extra: [String: [String]]
    }

    struct Summary: Encodable {
        var tests: Int
        var passed: Int
        var failed: Int
        var skipped: Int
        var pending: Int
        var other: Int
        var flaky: Int
        var suites: Int
        var start: Int
        var stop: Int
        var duration: Int
        /// Counts by our own outcomes.
        var extra: [String: Int]
    }

    struct Environment: Encodable {
        var appName: String
        var appVersion: String
    }

    struct RunExtra: Encodable {
        var seed: String
        /// Whose rules the target was held to.
        var profile: Profile?
        var command: String
        var interrupted: Bool
        var exitCode: Int32
        var problems: [String]
        /// What went wrong, grouped; only outcomes that are not acceptable, and expected failures.
        var causes: [CauseSummary]
        /// The difference to an earlier run, when one was named.
        var comparison: RunComparison?
    }

    struct CauseSummary: Encodable {
        var outcome: String
        var text: String
        var count: Int
        var scenarios: [String: Int]
        var waivers: [String]?
        var link: String?
        /// The command that replays the first of them.
        var replay: String
    }

    enum Status: String, Encodable {
        case passed, failed, skipped, other
    }

    struct Test: Encodable {
        var name: String
        var status: Status
        var duration: Int
        var suite: [String]
        var message: String?
        var trace: String?
        var rawStatus: String
        var tags: [String]?
        var labels: [String: String]
        var type = "conformance"
        var filePath: String?
        var line: Int?
        var flaky: Bool?
        var parameters: [String: String]
        var extra: Extra
    }

    struct Extra: Encodable {
        var scenario: String
        var title: String?
        var rule: Rule?
        var ruleURL: String?
        var references: [String]?
        var checks: [CheckResult]
        var brokenInvariant: String?
        var waiver: Waiver.Citation?
        var endings: [String]
        var replay: String
    }
}

extension CTRFDocument.Status {
    /// CTRF's four words for our twelve; `rawStatus` keeps the difference.
    init(_ outcome: Outcome) {
        switch outcome {
        case .pass, .passLenient: self = .passed
        case .fail, .failShould, .unexpectedPass, .error, .hang, .flaky: self = .failed
        case .unsupported, .skipped: self = .skipped
        case .informational, .expectedFail: self = .other
        }
    }
}

extension CTRFDocument {
    /// Without the tests, which are written one by one.
    init(_ digest: RunDigest) {
        let report = digest.report
        let start = Timestamp(report.startedAt)
        let duration = Self.milliseconds(report.durationSeconds)
        let statuses = report.results.map { Status($0.verdict.outcome) }
        func count(_ status: Status) -> Int { statuses.count { $0 == status } }
        self.timestamp = start.withoutZone + "Z"
        self.generatedBy = "\(report.tool.name) \(report.tool.version)"
        self.results = Results(
            tool: Tool(name: report.tool.name, version: report.tool.version, extra: ["engines": report.tool.engines]),
            summary: Summary(
                tests: statuses.count,
                passed: count(.passed),
                failed: count(.failed),
                skipped: count(.skipped),
                pending: 0,
                other: count(.other),
                flaky: digest.count(.flaky),
                suites: digest.areas.count,
                start: start.millisecondsSinceEpoch,
                stop: start.millisecondsSinceEpoch + duration,
                duration: duration,
                extra: Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, digest.count($0)) })
            ),
            tests: [],
            environment: Environment(appName: report.target.title, appVersion: report.target.version)
        )
        self.extra = RunExtra(
            seed: report.seed,
            profile: report.target.profile,
            command: report.command,
            interrupted: report.isInterrupted,
            exitCode: report.exitCode,
            problems: report.problems,
            causes: digest.causes { !$0.isAcceptable || $0 == .expectedFail }.map { CauseSummary($0, digest: digest) },
            comparison: report.comparison
        )
    }

    static func milliseconds(_ seconds: Double) -> Int {
        seconds.isFinite && seconds > 0 ? Int(min(seconds * 1000, 1e12).rounded()) : 0
    }
}

extension CTRFDocument.CauseSummary {
    init(_ group: CauseGroup, digest: RunDigest) {
        self.init(
            outcome: group.cause.outcome.rawValue,
            text: group.cause.text,
            count: group.members.count,
            scenarios: Dictionary(uniqueKeysWithValues: group.scenarios.map { ($0.id, $0.count) }),
            waivers: group.waivers.isEmpty ? nil : group.waivers,
            link: group.cause.link,
            replay: digest.first(of: group).replay
        )
    }
}

extension CTRFDocument.Test {
    init(_ result: CaseResult, digest: RunDigest) {
        let scenario = digest.scenario(of: result)
        let verdict = result.verdict
        let failed = result.verdict.failedChecks.map { "\($0.title): expected \($0.expected), observed \($0.observed)" }
        self.init(
            name: result.testCase.id,
            status: CTRFDocument.Status(verdict.outcome),
            duration: CTRFDocument.milliseconds(result.durationSeconds),
            suite: [digest.report.target.name, result.area],
            message: verdict.summary.isEmpty ? nil : verdict.summary,
            trace: verdict.outcome.isAcceptable || failed.isEmpty ? nil : failed.joined(separator: "\n"),
            rawStatus: verdict.outcome.rawValue,
            tags: scenario.flatMap { $0.tags.isEmpty ? nil : $0.tags },
            labels: Self.labels(result, scenario: scenario),
            filePath: scenario.flatMap { $0.file.isEmpty ? nil : $0.file },
            line: scenario.flatMap { $0.file.isEmpty ? nil : $0.line },
            flaky: verdict.outcome == .flaky ? true : nil,
            parameters: Dictionary(
                result.testCase.choices.map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first }
            ),
            extra: CTRFDocument.Extra(
                scenario: result.testCase.scenario,
                title: scenario?.title,
                rule: scenario?.rule,
                ruleURL: scenario?.rule.url,
                references: scenario?.references,
                checks: verdict.checks,
                brokenInvariant: verdict.brokenInvariant?.name,
                waiver: verdict.waiver,
                endings: EndingText.lines(result),
                replay: result.replay
            )
        )
    }

    private static func labels(_ result: CaseResult, scenario: Scenario?) -> [String: String] {
        var labels = ["role": result.testCase.role.rawValue, "area": result.area]
        if let scenario {
            labels["origin"] = scenario.rule.origin.rawValue
            labels["level"] = scenario.rule.level.rawValue
            labels["importance"] = scenario.importance.rawValue
        }
        return labels
    }
}
