import ScenarioModel
import Verdicts

/// What signs, colours and scores mean, and exactly what is counted.
enum CompatibilityLegend {
    static func render() -> String {
        let grades = CompatibilityGrade.allCases.map { grade in
            ("<span class=\"sign g-\(grade.rawValue)\">\(grade.mark)</span> \(grade.label)", grade.meaning)
        }
        return """
            <details id="legend">
            <summary>Legend: signs, and what the scores count</summary>
            <div class="columns">
            \(Self.list("Grades, the worst first", grades))
            \(Self.list("A cell", Self.cells))
            \(Self.list("The two scores", Self.scores))
            \(Self.list("Whose rules", Self.origins))
            \(Self.list("Keys", Self.keys))
            </div>
            </details>
            """
    }

    private static func list(_ title: String, _ entries: [(String, String)]) -> String {
        let items = entries.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<div><h3>\(title)</h3><dl>\(items.joined())</dl></div>"
    }

    /// What Markdown says too.
    static let mustScore =
        "Of the scenarios whose rule is a MUST of an RFC those that the target holds, and those that it could be asked. A scenario counts "
        + "once, however many cases it has. It is held where every case that told came out well, strictly or leniently; one case that "
        + "failed is enough that it is not, and a failure that a waiver or a declared behaviour foretold is a failure. Cases that the "
        + "target does not support and cases that the specifications leave free count in neither number. Where the harness failed, or was "
        + "interrupted, and no other case of the scenario failed, it is undecided and in neither number: the harness's trouble is never "
        + "the target's failure."
    static let featureScore =
        "Of all features that scenarios ask for those that the target declares in its target.yaml. Whether it keeps what they promise is "
        + "no part of this number: the rows of declared features say so."

    private static let scores = [
        ("RFC MUSTs held", Self.mustScore), ("features declared", Self.featureScore),
        ("why two", "an edge that does little does little wrong; one number would hide that"),
    ]

    private static let cells = [
        ("<b>✓ 12</b>", "all 12 cases that the target supports have this grade"),
        ("<b>✗ 3/12</b>", "3 of the 12 cases that it supports have this grade, the worst of them"),
        ("<b>–</b>", "it supports none of the cases"),
        ("empty", "it was not asked"),
    ]

    private static let origins = [
        ("RFCs, PROXY protocol", "what any edge is held to"),
        ("declared features", "what a target promises by declaring a feature"),
        (
            "ngrok's documentation, the house's rules",
            "of those that do not promise them they are noted, and no failure"
        ),
    ]

    private static let keys = [
        ("<kbd>/</kbd>", "filter"), ("<kbd>←</kbd> <kbd>↑</kbd> <kbd>↓</kbd> <kbd>→</kbd>", "from cell to cell"),
        ("<kbd>↵</kbd>", "fold or unfold an area, open a cell"), ("<kbd>esc</kbd>", "close what is open"),
        ("<kbd>?</kbd>", "this legend"),
    ]
}
