package import Verdicts

/// What `shakedown compat` prints.
package enum CompatibilityText {
    package static func terminal(_ compatibility: Compatibility, page: String) -> String {
        let rows = compatibility.columns.map { column in
            [
                SafeText.terminal(column.title), column.mustText, column.featureText,
                column.brokenCount > 0
                    ? "\(NumberText.count(column.brokenCount, "case")) with a broken security invariant" : "",
            ]
        }
        let absent = compatibility.absent.map { target in
            SafeText.terminal("\(target.title): \(target.state.label): \(target.reason)")
                + (target.remedy.map { SafeText.terminal("; \($0)") } ?? "") + "\n"
        }
        let problems = compatibility.columns.flatMap { column in
            column.problems.map { SafeText.terminal("\(column.title): \($0)") + "\n" }
        }
        return Self.aligned([["target", "RFC MUSTs held", "features", ""]] + rows) + absent.joined() + problems.joined()
            + "page: \(SafeText.terminal(page))\n"
    }

    private static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
