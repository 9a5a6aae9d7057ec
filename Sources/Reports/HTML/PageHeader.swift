import ScenarioModel

/// Whose report this is and how it came out.
enum PageHeader {
    static func render(_ digest: RunDigest) -> String {
        let report = digest.report
        let facts = [
            ("Started", SafeText.html(Timestamp(report.startedAt).readable)),
            ("Took", SafeText.html(NumberText.duration(seconds: report.durationSeconds))),
            ("Cases", "\(report.results.count) of \(NumberText.count(report.scenarios.count, "scenario"))"),
            ("Seed", "<code>\(SafeText.html(report.seed))</code>"),
            ("Engines", SafeText.html(report.tool.engines.joined(separator: ", "))),
            ("Harness", SafeText.html("\(report.tool.name) \(report.tool.version)")),
        ]
        let list = facts.filter { !$0.1.isEmpty }
            .map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
            .joined()
        let problems = report.problems.map { "<li>\(SafeText.html($0))</li>" }.joined()
        return """
            <header class="masthead">
            <p class="brand"><b>Shakedown</b> TLS edge conformance</p>
            <h1>\(SafeText.html(report.target.title)) <span>\(SafeText.html(report.target.version))</span></h1>
            <p class="headline \(report.exitCode == 0 ? "good" : "bad")">\(SafeText.html(digest.headline)).</p>
            \(problems.isEmpty ? "" : "<ul class=\"problems\">\(problems)</ul>")
            \(Self.invariants(digest))
            <dl class="facts">\(list)</dl>
            <p class="command"><code id="command">\(SafeText.html(report.command))</code></p>
            </header>
            """
    }

    private static func invariants(_ digest: RunDigest) -> String {
        let broken = digest.brokenInvariants
        guard !broken.isEmpty else { return "" }
        let items = broken.map {
            "<li><b>\(NumberText.count($0.results.count, "case"))</b>: \(SafeText.html($0.invariant.meaning))</li>"
        }
        return "<div class=\"invariants\"><h2>Broken security invariants</h2><ul>\(items.joined())</ul></div>"
    }
}
