import ScenarioModel
import Verdicts

/// Whose report this is and how it came out.
enum PageHeader {
    static func render(_ digest: RunDigest) -> String {
        let report = digest.report
        let facts = [
            ("Started", SafeText.html(Timestamp(report.startedAt).readable)),
            ("Took", SafeText.html(NumberText.duration(seconds: report.durationSeconds))),
            ("Cases", "\(report.results.count) of \(NumberText.count(report.scenarios.count, "scenario"))"),
            ("Held to", SafeText.html(report.target.profile?.meaning ?? "")),
            ("Seed", "<code>\(SafeText.html(report.seed))</code>"),
            ("Engines", SafeText.html(report.tool.engines.joined(separator: ", "))),
            ("Harness", SafeText.html("\(report.tool.name) \(report.tool.version)")),
        ]
        let list = facts.filter { !$0.1.isEmpty }
            .map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
            .joined()
        let problems = report.problems.map { "<li>\(SafeText.html($0))</li>" }.joined()
        return """
            <a class="skip" href="#cases">Skip to the cases</a>
            <header class="masthead">
            <p class="brand"><b>Shakedown</b> TLS edge conformance</p>
            <h1>\(SafeText.html(report.target.title)) <span>\(SafeText.html(report.target.version))</span></h1>
            <p class="headline \(Self.tone(report.exitCode))">\(SafeText.html(digest.headline)).</p>
            \(problems.isEmpty ? "" : "<ul class=\"problems\" aria-label=\"Problems of the run\">\(problems)</ul>")
            \(Self.invariants(digest))
            <dl class="facts">\(list)</dl>
            <p class="command"><code id="command" tabindex="0">\(SafeText.html(report.command))</code></p>
            </header>
            """
    }

    private static func tone(_ exitCode: Int32) -> String {
        switch exitCode {
        case 0: "good"
        case RunReport.onlyRecommendationsFailed: "warn"
        default: "bad"
        }
    }

    /// So many cases of one invariant are named; the link before them shows all.
    private static let linkLimit = 8

    private static func invariants(_ digest: RunDigest) -> String {
        let broken = digest.brokenInvariants
        guard !broken.isEmpty else { return "" }
        let items = broken.map { invariant, results in
            let links = results.prefix(Self.linkLimit).map {
                "<li><a href=\"\(PageLink.toCase($0.testCase.id))\"><code>\(SafeText.html($0.testCase.id))</code></a></li>"
            }
            let left = results.count - links.count
            let expected = RunDigest.waivedClause(results)
            let more = left > 0 ? "<li>and \(left) more</li>" : ""
            return "<li><a href=\"\(PageLink.filter("b", invariant.name))\"><b>"
                + "\(NumberText.count(results.count, "case"))</b></a>: \(SafeText.html(invariant.meaning))\(expected)"
                + "<ul>\(links.joined())\(more)</ul></li>"
        }
        return "<section class=\"invariants\" aria-labelledby=\"broken-title\">"
            + "<h2 id=\"broken-title\">Broken security invariants</h2><ul>\(items.joined())</ul></section>"
    }
}
