import JSONText
import ScenarioModel
package import Verdicts

/// The Test Anything Protocol, version 14 (testanything.org): a line for each case, and why it failed below it.
package enum TAPWriter {
    private static let messageLimit = 2_000

    package static func render(_ report: RunReport) -> String {
        let digest = RunDigest(report)
        var lines = ["TAP version 14", "1..\(report.results.count + report.problems.count)"]
        for (index, result) in report.results.enumerated() {
            lines += Self.lines(result, number: index + 1, title: digest.title(of: result))
        }
        for (index, problem) in report.problems.enumerated() {
            lines.append("not ok \(report.results.count + index + 1) - the run itself")
            lines += Self.diagnostics([("message", problem)])
        }
        if report.isInterrupted { lines.append("Bail out! \(Self.description(digest.headline))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ result: CaseResult, number: Int, title: String) -> [String] {
        let verdict = result.verdict
        let said = verdict.summary.isEmpty ? verdict.outcome.rawValue : verdict.summary
        let summary = SafeText.shortened(said, to: Self.messageLimit)
        let point = "\(number) - \(Self.description(result.testCase.id))"
        switch verdict.outcome {
        case .pass: return ["ok \(point)"]
        case .passLenient, .informational:
            return ["ok \(point)"]
                + Self.diagnostics([("outcome", verdict.outcome.rawValue), ("message", summary)])
        // It is known, and does not fail the run.
        case .expectedFail:
            return ["not ok \(point) # TODO \(Self.description(verdict.waiver?.reason ?? summary))"]
        case .unsupported: return ["ok \(point) # SKIP \(Self.description(summary))"]
        case .fail, .failShould, .hang, .flaky, .unexpectedPass, .skipped, .error:
            var fields = [("outcome", verdict.outcome.rawValue), ("title", title), ("message", summary)]
            if let invariant = verdict.brokenInvariant { fields.append(("invariant", invariant.name)) }
            for check in verdict.failedChecks {
                fields.append((check.title, "expected \(check.expected), observed \(check.observed)"))
            }
            if !result.replay.isEmpty { fields.append(("replay", result.replay)) }
            return ["not ok \(point)"] + Self.diagnostics(fields)
        }
    }

    /// A number sign would begin a directive.
    private static func description(_ text: String) -> String {
        SafeText.terminal(text).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }

    /// A YAML block, two spaces in; JSON's strings are YAML's too.
    private static func diagnostics(_ fields: [(name: String, value: String)]) -> [String] {
        func quoted(_ text: String) -> String {
            String(decoding: JSONValue.string(text).encoded(escaping: .invisibles), as: UTF8.self)
        }
        var names: Set<String> = []
        return ["  ---"]
            + fields.filter { names.insert($0.name).inserted }.map { "  \(quoted($0.name)): \(quoted($0.value))" }
            + ["  ..."]
    }
}
