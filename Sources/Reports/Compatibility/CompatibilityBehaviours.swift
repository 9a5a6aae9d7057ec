import Verdicts

/// What each target does, in words: a row for each question of an operator.
enum CompatibilityBehaviours {
    static func render(_ compatibility: Compatibility) -> String {
        let heads = compatibility.columns.map { column in
            "<th scope=\"col\"><a href=\"#\(CompatibilityAnchor.target(column.id))\">\(SafeText.html(column.target.title))</a>"
                + "<small>\(SafeText.html(column.target.version))</small></th>"
        }
        let rows = compatibility.behaviours.map { row in
            let cells = zip(compatibility.columns, row.answers).map { column, answers in
                "<td>\(answers.isEmpty ? "<span class=\"note\">not asked</span>" : "<ul>\(Self.items(answers, column))</ul>")</td>"
            }
            return
                "<tr id=\"\(CompatibilityAnchor.behaviour(row.id))\"><th scope=\"row\">\(SafeText.html(row.question))</th>"
                + "\(cells.joined())</tr>"
        }
        return """
            <section id="behaviours" aria-labelledby="behaviours-title">
            <h2 id="behaviours-title">What each of them does, in words</h2>
            <p class="note">What was seen, whether that is a failure or not: the sign before it says that. Where cases differ, what those \
            have in common stands behind it, and how many they are.</p>
            <div class="scroll"><table class="behaviours">
            <thead><tr><th scope="col" class="corner">what happens</th>\(heads.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            </section>
            """
    }

    private static func items(_ answers: [Compatibility.Answer], _ column: Compatibility.Column) -> String {
        answers.map { answer in
            let mark =
                "<i class=\"mark m-\(answer.grade.rawValue)\" title=\"\(answer.grade.label)\">\(answer.grade.mark)</i>"
            let circumstances = (answer.circumstances + [NumberText.count(answer.cases.count, "case")]).joined(
                separator: ", "
            )
            let words = SafeText.html(SafeText.shortened(answer.words, to: 200))
            // Without the script there is nothing to lead to, and the words stand for themselves.
            let link = answer.cases.first.map {
                "<a href=\"\(CompatibilityAnchor.panel(ofCase: $0, column: column.id))\">\(words)</a>"
            }
            return "<li>\(mark)\(link ?? words) <small>\(SafeText.html(circumstances))</small></li>"
        }
        .joined()
    }
}

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
