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
