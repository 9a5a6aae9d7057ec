import Verdicts

/// What is different from an earlier page.
enum CompatibilityChangeList {
    /// Of each kind so many cases are named; compatibility.json has all.
    private static let limit = 100

    static func render(_ compatibility: Compatibility) -> String {
        guard let changes = compatibility.changes else { return "" }
        let parts = changes.columns.compactMap { part in
            compatibility.columns.first { $0.id == part.id }.map { Self.column($0, part) }
        }
        let body =
            parts.isEmpty
            ? "<p class=\"note\">No target of today was in the earlier one.</p>" : parts.joined(separator: "\n")
        return """
            <section id="changes" aria-labelledby="changes-title">
            <h2 id="changes-title">Different from \(SafeText.html(Timestamp(changes.earlierMadeAt).readable))</h2>
            \(body)
            </section>
            """
    }

    private static func column(_ column: Compatibility.Column, _ part: CompatibilityChanges.Column) -> String {
        let was = part.earlierVersion == column.target.version ? "" : ", which was \(part.earlierVersion)"
        let items = CompatibilityChanges.Kind.allCases.compactMap { kind -> String? in
            let changes = part.changes.filter { $0.kind == kind }
            guard !changes.isEmpty else { return nil }
            let lines = changes.prefix(Self.limit).map { change in
                let id = "<code>\(SafeText.html(change.caseID))</code>"
                let link =
                    kind == .gone
                    ? id
                    : "<a href=\"\(CompatibilityAnchor.panel(ofCase: change.caseID, column: column.id))\">\(id)</a>"
                return "<li>\(link) \(Self.word(change.before)) → \(Self.word(change.after))</li>"
            }
            let left = changes.count - lines.count
            let more = left > 0 ? "<li>and \(left) more, in compatibility.json</li>" : ""
            let isOpen = kind == .nowFails || kind == .nowSound ? " open" : ""
            return "<details class=\"kind k-\(kind.rawValue)\"\(isOpen)><summary><b>\(changes.count)</b> \(kind.label) "
                + "<span class=\"where\">\(kind.meaning)</span></summary><ul>\(lines.joined())\(more)</ul></details>"
        }
        return "<h3>\(SafeText.html(column.title + was))</h3>\(items.joined(separator: "\n"))"
            + "<p class=\"note\">\(NumberText.count(part.unchangedCount, "case")) as before</p>"
    }

    private static func word(_ grade: CompatibilityGrade?) -> String { grade?.label ?? "not asked" }
}
