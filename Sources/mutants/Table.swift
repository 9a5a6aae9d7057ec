import Foundation

/// What noticed which bug.
struct Table {
    private var rows: [(mutant: Mutant, outcome: Outcome)] = []

    mutating func add(_ mutant: Mutant, _ outcome: Outcome) { self.rows.append((mutant, outcome)) }

    var lastLine: String { self.rows.last.map { "\($0.mutant.id): \($0.outcome.words)" } ?? "" }

    private func count(_ isCounted: (Finding) -> Bool) -> Int { self.rows.count { isCounted($0.outcome.finding) } }

    /// Of those that were tried, how many were noticed: from 0 to 1.
    var share: Double { self.rows.isEmpty ? 0 : Double(self.count(\.isCaught)) / Double(self.rows.count) }

    var summary: String {
        let caught = self.count(\.isCaught)
        let bySuite = self.count(\.isBySuite)
        let share = (self.share * 100).formatted(.number.precision(.fractionLength(1)))
        let missed = self.rows.filter { !$0.outcome.finding.isCaught }.map { row in
            let finding = row.outcome.finding
            return "\(finding == .survived ? "survived" : finding.words): \(row.mutant.id): \(row.mutant.bug)"
        }
        let silent = self.rows.filter { !$0.outcome.silent.isEmpty && $0.outcome.finding.isCaught }.map { row in
            "not noticed by \(row.outcome.silent.joined(separator: ", ")), which it names: \(row.mutant.id)"
        }
        let head =
            "\(caught) of \(self.rows.count) caught (\(share) %): \(bySuite) by the suite, \(caught - bySuite) by tests"
        return ([head] + missed + silent).joined(separator: "\n")
    }

    var markdown: String {
        let rows = self.rows.map { "| `\($0.mutant.id)` | \($0.mutant.bug) | \($0.outcome.words) |" }
        return """
            # Planted bugs, and what catches each

            Written by `make mutants TABLE=Docs/mutants.md`; [CONTRIBUTING](../CONTRIBUTING.md) says what it is. "suite" is the catalogue
            on the reference edge, "test" a unit or integration test. What a bug names in Mutants/ is tried first, all of it, and
            nothing else where that fails: a row says what is known to catch the bug, and not everything that would.

            \(self.summary.split(separator: "\n").joined(separator: "\n\n"))

            | bug | what is wrong | caught by |
            |---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }
}
