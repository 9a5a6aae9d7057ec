import ScenarioModel
import Verdicts

/// What went wrong, one line for each cause, with a link that shows its cases.
enum PageCauses {
    /// More causes than anyone reads; the list of cases has them all.
    private static let limit = 60

    static func render(_ digest: RunDigest) -> String {
        let groups = digest.causes.enumerated().filter { _, group in
            !group.cause.outcome.isAcceptable || group.cause.outcome == .expectedFail
        }
        guard !groups.isEmpty else { return "" }
        let items = groups.prefix(Self.limit).map { index, group in Self.item(group, index: index, digest: digest) }
        let left = groups.count - items.count
        let more = left > 0 ? "<p class=\"note\">and \(NumberText.count(left, "more cause"))</p>" : ""
        return """
            <section id="causes" aria-labelledby="causes-title">
            <h2 id="causes-title">By cause</h2>
            <ul>\(items.joined(separator: "\n"))</ul>\(more)
            </section>
            """
    }

    private static func item(_ group: CauseGroup, index: Int, digest: RunDigest) -> String {
        let outcome = group.cause.outcome
        let replay = digest.first(of: group).replay
        var parts = [
            "<span class=\"outcome c-\(outcome.rawValue)\">\(outcome.label)</span>",
            "<a href=\"\(PageLink.filter("x", String(index)))\"><b>\(group.members.count) ×</b> "
                + "\(SafeText.html(SafeText.shortened(group.cause.text, to: 600)))</a>",
            "<span class=\"where\">\(SafeText.html(CauseLine.scenarios(group)))</span>",
        ]
        if let waivers = CauseLine.waivers(group) {
            parts.append("<span class=\"where\">\(SafeText.html(waivers))\(Self.link(group.cause.link))</span>")
        }
        if !replay.isEmpty, !outcome.isAcceptable {
            parts.append(
                "<details><summary>Replay the first</summary><code tabindex=\"0\">\(SafeText.html(replay))</code></details>"
            )
        }
        return "<li>\(parts.joined())</li>"
    }

    /// A waiver file is ours, but its links are shown to others: only the web is linked to.
    private static func link(_ text: String?) -> String {
        guard let text else { return "" }
        let shown = SafeText.html(text)
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return ", \(shown)" }
        return ", <a href=\"\(shown)\" rel=\"noreferrer\">\(shown)</a>"
    }
}
