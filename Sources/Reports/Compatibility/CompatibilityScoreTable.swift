import ScenarioModel
import Verdicts

/// A line for each target with its two scores.
enum CompatibilityScoreTable {
    static func render(_ compatibility: Compatibility) -> String {
        let rows = compatibility.columns.map(Self.row) + compatibility.absent.map(Self.row)
        return """
            <section id="scores" aria-labelledby="scores-title">
            <h2 id="scores-title">Two scores of each target</h2>
            <div class="scroll"><table class="scores">
            <thead><tr><th scope="col">target</th><th scope="col">RFC MUSTs held, of those that it supports</th>\
            <th scope="col">features declared, of all</th><th scope="col">besides</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            </section>
            """
    }

    private static func row(_ column: Compatibility.Column) -> String {
        let roles = column.roles.map { "<span class=\"role\">\($0.rawValue)</span>" }.joined(separator: " ")
        let anchor = CompatibilityAnchor.target(column.id)
        var notes: [String] = []
        if column.brokenCount > 0 {
            notes.append(
                "<b class=\"bad\">\(NumberText.count(column.brokenCount, "case")) with a broken security invariant</b>"
            )
        }
        if column.undecidedCount > 0 { notes.append("\(NumberText.count(column.undecidedCount, "case")) undecided") }
        notes.append("run \(SafeText.html(String(Timestamp(column.startedAt).readable.prefix(10))))")
        return "<tr><th scope=\"row\"><a href=\"#\(anchor)\">\(SafeText.html(column.target.title))</a> "
            + "<span class=\"version\">\(SafeText.html(column.target.version))</span><small>\(roles)</small></th>"
            + "<td>\(Self.bar(column.musts.held, column.musts.supported)) \(column.mustText)</td>"
            + "<td>\(Self.bar(column.features.declared, column.features.known)) \(column.featureText)</td>"
            + "<td class=\"note\">\(notes.joined(separator: "<br>"))</td></tr>"
    }

    private static func row(_ target: Compatibility.AbsentTarget) -> String {
        let remedy = target.remedy.map { "<br><code>\(SafeText.html($0))</code>" } ?? ""
        return "<tr class=\"absent\"><th scope=\"row\">\(SafeText.html(target.title)) "
            + "<span class=\"version\">\(target.state.label)</span></th>"
            + "<td colspan=\"3\" class=\"note\">\(SafeText.html(target.reason))\(remedy)</td></tr>"
    }

    private static func bar(_ part: Int, _ whole: Int) -> String {
        let width = whole == 0 ? 0 : Double(part) / Double(whole) * 100
        return "<svg class=\"score\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect width=\"\(NumberText.fixed(width, digits: 1))\" height=\"8\"/></svg>"
    }
}
