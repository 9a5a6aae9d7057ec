import ScenarioModel
import Verdicts

/// What is different from an earlier run.
enum PageComparison {
    /// Cases that are gone are in no list below, so they are named here.
    private static let goneLimit = 200

    static func render(_ digest: RunDigest) -> String {
        guard let comparison = digest.report.comparison else { return "" }
        let items = comparison.counts.map { kind, count in
            let head = "<b>\(count)</b> \(kind.label)"
            let link = kind == .gone ? head : "<a href=\"\(PageLink.filter("d", kind.rawValue))\">\(head)</a>"
            return "<li class=\"k-\(kind.rawValue)\">\(link) <span class=\"where\">\(kind.meaning)</span>"
                + "\(kind == .gone ? Self.gone(comparison) : "")</li>"
        }
        let earlier = comparison.earlier
        let facts = [
            Timestamp(earlier.startedAt).readable, earlier.tool, "seed \(earlier.seed)",
            NumberText.count(earlier.caseCount, "case"),
        ]
        return """
            <section id="comparison" aria-labelledby="comparison-title">
            <h2 id="comparison-title">Compared with <b>\(SafeText.html(earlier.target))</b></h2>
            <p class="note">\(SafeText.html(facts.joined(separator: " · ")))</p>
            <ul>\(items.joined())<li><b>\(comparison.unchangedCount)</b> unchanged</li></ul>
            </section>
            """
    }

    private static func gone(_ comparison: RunComparison) -> String {
        let gone = comparison.changes(.gone)
        let items = gone.prefix(Self.goneLimit).map { "<li><code>\(SafeText.html($0.caseID))</code></li>" }
        let left = gone.count - items.count
        let more = left > 0 ? "<li>and \(left) more</li>" : ""
        return "<details><summary>Which</summary><ul>\(items.joined())\(more)</ul></details>"
    }
}
