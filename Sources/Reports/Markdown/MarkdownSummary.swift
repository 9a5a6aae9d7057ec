package import ScenarioModel

/// A summary for GitHub's job page (`$GITHUB_STEP_SUMMARY`), merge requests and chat.
package enum MarkdownSummary {
    /// GitHub drops a step summary beyond 1 MiB; a hundred failures stay far below it and are more than one reads.
    private static let failureLimit = 100
    private static let textLimit = 600

    package static func render(_ report: RunReport) -> String {
        let digest = RunDigest(report)
        var lines = [
            "## \(report.exitCode == 0 ? "✅" : "❌") "
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
        lines += Self.unsupported(digest)
        lines += ["<sub>\(SafeText.markdownCode(report.command))</sub>"]
        return lines.joined(separator: "\n") + "\n"
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

    private static func failures(_ digest: RunDigest) -> [String] {
        let failures = digest.unacceptable
        guard !failures.isEmpty else { return [] }
        var lines = ["### Not acceptable", ""]
        for result in failures.prefix(Self.failureLimit) { lines += Self.failure(result, digest: digest) }
        if failures.count > Self.failureLimit {
            lines += ["… and \(failures.count - Self.failureLimit) more, in the full report.", ""]
        }
        return lines
    }

    private static func failure(_ result: CaseResult, digest: RunDigest) -> [String] {
        func cell(_ text: String) -> String { SafeText.markdownCode(SafeText.shortened(text, to: Self.textLimit)) }
        func words(_ text: String) -> String { SafeText.markdown(SafeText.shortened(text, to: Self.textLimit)) }
        var lines = [
            "<details><summary><b>\(SafeText.html(result.verdict.outcome.label))</b> "
                + "\(cell(result.testCase.id))</summary>",
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
        if !result.failedChecks.isEmpty {
            lines += ["", "| check | expected | observed |", "| --- | --- | --- |"]
            lines += result.failedChecks.map {
                "| \(words($0.check)) | \(cell($0.expected)) | \(cell($0.observed)) |"
            }
        }
        for ending in result.observation.map(EndingText.lines) ?? [] { lines += ["", "Ended: \(words(ending))"] }
        if !result.replay.isEmpty { lines += ["", "Replay: \(cell(result.replay))"] }
        return lines + ["", "</details>", ""]
    }

    private static func unsupported(_ digest: RunDigest) -> [String] {
        let missing = digest.missingFeatures
        guard !missing.isEmpty else { return [] }
        let list = missing.map { "\(SafeText.markdownCode($0.feature)) (\($0.count))" }
        return ["Unsupported, by missing feature: " + list.joined(separator: ", ") + ".", ""]
    }
}
