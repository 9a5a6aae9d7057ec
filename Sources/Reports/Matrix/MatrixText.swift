package import Verdicts

/// The matrix as a table of numbers: a line for each target, a column for each outcome.
package enum MatrixText {
    package static func terminal(_ matrix: TargetMatrix, page: String) -> String {
        let outcomes = Self.outcomes(of: matrix)
        let titles = matrix.columns.map { SafeText.terminal("\($0.target.title) \($0.target.version)") }
        let width = max(6, titles.map(\.count).max() ?? 0) + 2
        func line(_ first: String, _ cells: [String]) -> String {
            first.padding(to: width) + cells.map { $0.padding(to: 9, before: true) }.joined()
        }
        var lines = [line("target", outcomes.map(\.shortLabel))]
        for (column, title) in zip(matrix.columns, titles) {
            lines.append(line(title, outcomes.map { Self.number(column.count($0), none: "·") }))
        }
        for column in matrix.columns where !column.problems.isEmpty {
            lines.append(SafeText.terminal("\(column.target.title): \(column.problems.joined(separator: "; "))"))
        }
        return (lines + ["", "matrix: \(SafeText.terminal(page))"]).joined(separator: "\n") + "\n"
    }

    package static func markdown(_ matrix: TargetMatrix) -> String {
        let outcomes = Self.outcomes(of: matrix)
        func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        var lines = ["## Compatibility", "", row(["target"] + outcomes.map(\.label))]
        lines.append(row(["---"] + outcomes.map { _ in "---:" }))
        for column in matrix.columns {
            let title = SafeText.markdown("\(column.target.title) \(column.target.version)")
            lines.append(row([title] + outcomes.map { Self.number(column.count($0), none: "") }))
        }
        let failed = matrix.rows.filter { $0.cells.contains { $0?.worst.isAcceptable == false } }
        if !failed.isEmpty {
            lines += ["", row(["scenario"] + matrix.columns.map { SafeText.markdown($0.target.name) })]
            lines.append(row(["---"] + matrix.columns.map { _ in "---" }))
            lines += failed.map { row([SafeText.markdownCode($0.scenario)] + $0.cells.map(Self.cell)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `pass 12`, `fail (MUST) 2 of 12`; empty where nothing was run.
    static func cell(_ cell: TargetMatrix.Cell?) -> String {
        guard let cell, cell.total > 0 else { return "" }
        return cell.count == cell.total
            ? "\(cell.worst.label) \(cell.total)" : "\(cell.worst.label) \(cell.count) of \(cell.total)"
    }

    /// Those that occur, the best first.
    static func outcomes(of matrix: TargetMatrix) -> [Outcome] {
        Outcome.bySeverity.reversed().filter { outcome in matrix.columns.contains { $0.count(outcome) > 0 } }
    }

    private static func number(_ count: Int, none: String) -> String { count == 0 ? none : "\(count)" }
}

extension String {
    fileprivate func padding(to width: Int, before isBefore: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - self.count))
        return isBefore ? blanks + self : self + blanks
    }
}
