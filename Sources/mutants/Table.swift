import Foundation

/// What noticed which bug.
struct Table {
    private var rows: [(mutant: Mutant, finding: Trial.Finding)] = []

    mutating func add(_ mutant: Mutant, _ finding: Trial.Finding) { self.rows.append((mutant, finding)) }

    var lastLine: String { self.rows.last.map { "\($0.mutant.id): \(Self.words($0.finding))" } ?? "" }

    private var survivors: [Mutant] {
        self.rows.filter { if case .survived = $0.finding { true } else { false } }.map(\.mutant)
    }

    /// Of those that were tried, how many were noticed: from 0 to 1.
    var share: Double { self.rows.isEmpty ? 0 : 1 - Double(self.survivors.count) / Double(self.rows.count) }

    var summary: String {
        let bySuite = self.rows.count { if case .suite = $0.finding { true } else { false } }
        let share = (self.share * 100).formatted(.number.precision(.fractionLength(1)))
        let caught = self.rows.count - self.survivors.count
        let lines =
            [
                "\(caught) of \(self.rows.count) caught (\(share) %): \(bySuite) by the suite, \(caught - bySuite) by tests"
            ]
            + self.survivors.map { "survived: \($0.id): \($0.bug)" }
        return lines.joined(separator: "\n")
    }

    var markdown: String {
        let rows = self.rows.map { "| `\($0.mutant.id)` | \($0.mutant.bug) | \(Self.words($0.finding)) |" }
        return
            "\(self.summary)\n\n| bug | what is wrong | caught by |\n|---|---|---|\n\(rows.joined(separator: "\n"))\n"
    }

    private static func words(_ finding: Trial.Finding) -> String {
        switch finding {
        case .suite(let count, let scenarios):
            let named = scenarios.prefix(3).joined(separator: ", ")
            let others = scenarios.count > 3 ? " and \(scenarios.count - 3) more" : ""
            return "suite: \(count) \(count == 1 ? "case" : "cases") of \(named)\(others)"
        case .test(let name): return "test: \(name)"
        case .broken(let how): return how
        case .survived: return "SURVIVED"
        }
    }
}
