import Foundation

/// What noticed which bug.
struct Table {
    private var rows: [(mutant: Mutant, finding: Finding)] = []

    mutating func add(_ mutant: Mutant, _ finding: Finding) { self.rows.append((mutant, finding)) }

    var lastLine: String { self.rows.last.map { "\($0.mutant.id): \($0.finding.words)" } ?? "" }

    private func count(_ isCounted: (Finding) -> Bool) -> Int { self.rows.count { isCounted($0.finding) } }

    /// Of those that were tried, how many were noticed: from 0 to 1.
    var share: Double { self.rows.isEmpty ? 0 : Double(self.count(\.isCaught)) / Double(self.rows.count) }

    var summary: String {
        let caught = self.count(\.isCaught)
        let bySuite = self.count(\.isBySuite)
        let share = (self.share * 100).formatted(.number.precision(.fractionLength(1)))
        let missed = self.rows.filter { !$0.finding.isCaught }.map { row in
            "\(row.finding == .survived ? "survived" : row.finding.words): \(row.mutant.id): \(row.mutant.bug)"
        }
        let head =
            "\(caught) of \(self.rows.count) caught (\(share) %): \(bySuite) by the suite, \(caught - bySuite) by tests"
        return ([head] + missed).joined(separator: "\n")
    }

    var markdown: String {
        let rows = self.rows.map { "| `\($0.mutant.id)` | \($0.mutant.bug) | \($0.finding.words) |" }
        return """
            # Planted bugs, and what catches each

            Written by `make mutants TABLE=Docs/mutants.md`; [CONTRIBUTING](../CONTRIBUTING.md) says what it is. "suite" is the catalogue
            on the reference edge, "test" a unit or integration test. Where a bug names in Mutants/ what is to notice it, that is
            tried first and nothing else after it has failed, so a row says one thing that catches the bug and not all.

            \(self.summary.split(separator: "\n").joined(separator: "\n\n"))

            | bug | what is wrong | caught by |
            |---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }
}
