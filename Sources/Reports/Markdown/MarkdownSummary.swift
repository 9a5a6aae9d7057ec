import ScenarioModel
package import Verdicts

/// A summary for GitHub's job page (`$GITHUB_STEP_SUMMARY`), merge requests and chat.
package enum MarkdownSummary {
    /// GitHub drops a step summary beyond 1 MiB; a hundred causes stay far below it and are more than one reads.
    private static let failureLimit = 100
    private static let textLimit = 600
    private static let changeLimit = 20

    package static func render(_ report: RunReport) -> String {
        let digest = RunDigest(report)
        var lines = [
            "## \(Self.sign(report.exitCode)) "
                + SafeText.markdown("\(report.target.title) \(report.target.version)"),
            "",
            "**\(digest.headline).** \(NumberText.count(report.results.count, "case")) in "
                + "\(NumberText.duration(seconds: report.durationSeconds)), "
                + "seed \(SafeText.markdownCode(report.seed)), \(Timestamp(report.startedAt).readable).",
            "",
        ]
        lines += Self.table(digest)
        lines += Self.problems(digest)
        lines += Self.failures(digest)
        lines += Self.comparison(digest)
        lines += Self.waived(digest)
        lines += Self.unsupported(digest)
        lines += ["<sub>\(SafeText.markdownCode(report.command))</sub>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func sign(_ exitCode: Int32) -> String {
        switch exitCode {
        case 0: "✅"
        case RunReport.onlyRecommendationsFailed: "⚠️"
        default: "❌"
        }
    }

    private static func table(_ digest: RunDigest) -> [String] {
        guard !digest.areas.isEmpty else { return [] }
        let outcomes = Array(digest.outcomes.reversed())
        func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        func numbers(_ counts: [Outcome: Int]) -> [String] {
            outcomes.map { counts[$0].map { count in String(count) } ?? "" }
        }
        var lines = [row(["area"] + outcomes.map(\.label)), row(["---"] + outcomes.map { _ in "---:" })]
        lines += digest.areas.map { row([SafeText.markdown($0)] + numbers(digest.counts(area: $0))) }
        lines += [row(["**all**"] + numbers(digest.counts).map { "**\($0)**" }), ""]
        return lines
    }

    private static func problems(_ digest: RunDigest) -> [String] {
        guard !digest.report.problems.isEmpty else { return [] }
        return ["### Problems of the run", ""]
            + digest.report.problems.map { "- " + SafeText.markdown(SafeText.shortened($0, to: Self.textLimit)) } + [""]
    }

    /// A line per cause, which opens to its first case.
    private static func failures(_ digest: RunDigest) -> [String] {
        let groups = digest.causes { !$0.isAcceptable }
        guard !groups.isEmpty else { return [] }
        var lines = ["### Not acceptable", ""]
        for group in groups.prefix(Self.failureLimit) { lines += Self.failure(group, digest: digest) }
        if groups.count > Self.failureLimit {
            lines += ["… and \(groups.count - Self.failureLimit) more causes, in the full report.", ""]
        }
        return lines
    }

    private static func failure(_ group: CauseGroup, digest: RunDigest) -> [String] {
        let result = digest.first(of: group)
        func cell(_ text: String) -> String { SafeText.markdownCode(SafeText.shortened(text, to: Self.textLimit)) }
        func words(_ text: String) -> String { SafeText.markdown(SafeText.shortened(text, to: Self.textLimit)) }
        // Inside the element it is HTML and not Markdown, up to the first empty line.
        func html(_ text: String) -> String { SafeText.html(SafeText.terminal(text)) }
        var lines = [
            "<details><summary><b>\(html(group.cause.outcome.label))</b> \(html(CauseLine.head(group))): "
                + "<code>\(html(CauseLine.scenarios(group)))</code></summary>",
            "",
            "\(group.members.count > 1 ? "The first: " : "")\(cell(result.testCase.id))",
            "",
            words(digest.title(of: result)),
        ]
        if let rule = digest.scenario(of: result)?.rule {
            let citation = SafeText.markdown(rule.citation)
            lines += ["", rule.url.map { "[\(citation)](\($0))" } ?? citation]
        }
        if let invariant = result.verdict.brokenInvariant {
            lines += ["", "**Broken security invariant:** \(invariant.meaning)."]
        }
        if !result.verdict.summary.isEmpty { lines += ["", words(result.verdict.summary)] }
        if !result.verdict.failedChecks.isEmpty {
            lines += ["", "| check | expected | observed |", "| --- | --- | --- |"]
            lines += result.verdict.failedChecks.map {
                "| \(words($0.title)) | \(cell($0.expected)) | \(cell($0.observed)) |"
            }
        }
        for ending in EndingText.lines(result) { lines += ["", "Ended: \(words(ending))"] }
        if !result.replay.isEmpty { lines += ["", "Replay: \(cell(result.replay))"] }
        return lines + ["", "</details>", ""]
    }

    private static func comparison(_ digest: RunDigest) -> [String] {
        guard let comparison = digest.report.comparison else { return [] }
        var lines = ["### Compared with \(SafeText.markdown(comparison.earlierRun))", ""]
        for (kind, count) in comparison.counts {
            lines.append("- **\(count) \(kind.label)** (\(kind.meaning))")
            guard kind.isListed else { continue }
            let changes = comparison.changes(kind)
            lines += changes.prefix(Self.changeLimit).map {
                "  - \(SafeText.markdownCode($0.caseID)): \($0.outcomes)"
            }
            let left = changes.count - Self.changeLimit
            if left > 0 { lines.append("  - … and \(left) more, in the full report") }
        }
        return lines + ["- \(comparison.unchangedCount) unchanged", ""]
    }

    private static func waived(_ digest: RunDigest) -> [String] {
        let groups = digest.causes { $0 == .expectedFail }
        guard !groups.isEmpty else { return [] }
        let lines = groups.prefix(Self.failureLimit).map { group in
            let link = group.cause.link.map { " \(SafeText.markdown($0))" } ?? ""
            let waivers = CauseLine.waivers(group).map { ", \(SafeText.markdown($0))" } ?? ""
            return "- \(SafeText.markdown(CauseLine.head(group)))\(link): "
                + "\(SafeText.markdownCode(CauseLine.scenarios(group)))\(waivers)"
        }
        return ["### Expected failures", ""] + lines + [""]
    }

    private static func unsupported(_ digest: RunDigest) -> [String] {
        let missing = digest.missingFeatures
        guard !missing.isEmpty else { return [] }
        let list = missing.map { "\(SafeText.markdownCode($0.feature)) (\($0.count))" }
        return ["Unsupported, by missing feature: " + list.joined(separator: ", ") + ".", ""]
    }
}
