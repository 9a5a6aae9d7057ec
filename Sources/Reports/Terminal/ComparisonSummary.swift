package import Verdicts

/// What is different between two runs, for a terminal.
package enum ComparisonSummary {
    package static func render(_ comparison: RunComparison, color: Bool) -> String {
        Self.lines(comparison, style: TerminalStyle(isColored: color)).joined(separator: "\n") + "\n"
    }

    static func lines(_ comparison: RunComparison, style: TerminalStyle) -> [String] {
        var lines = [style.paint(SafeText.terminal("Compared with \(comparison.earlierRun)"), .bold)]
        for (kind, count) in comparison.counts {
            lines.append("  " + style.paint("\(kind.label): \(NumberText.count(count, "case"))", Self.tint(kind)))
            guard kind.isListed else { continue }
            lines += Self.grouped(comparison.changes(kind)).shortened(indent: "    ")
        }
        return lines + ["  unchanged: \(NumberText.count(comparison.unchangedCount, "case"))"]
    }

    /// A line for each scenario whose cases changed alike; a case that is alone is named.
    private static func grouped(_ changes: [RunComparison.Change]) -> [String] {
        struct Like: Hashable {
            var outcomes: String
            var scenario: String
        }
        let groups = Dictionary(grouping: changes) { Like(outcomes: $0.outcomes, scenario: $0.scenario) }
        var seen: Set<Like> = []
        return changes.compactMap { change in
            let like = Like(outcomes: change.outcomes, scenario: change.scenario)
            guard let group = groups[like], seen.insert(like).inserted else { return nil }
            let name = group.count == 1 ? change.caseID : "\(change.scenario) (\(group.count))"
            return "    \(change.outcomes)  \(SafeText.terminal(name))"
        }
    }

    private static func tint(_ kind: RunComparison.Kind) -> TerminalStyle.Tint {
        switch kind {
        case .newlyFailing: .boldRed
        case .newlyPassing: .green
        case .newlyFailingShould, .changed: .yellow
        case .new, .gone: .dim
        }
    }
}

extension [String] {
    /// The first lines of a list, and how many more there are.
    func shortened(to limit: Int = 20, indent: String) -> [String] {
        let left = self.count - limit
        return left > 0 ? self.prefix(limit) + ["\(indent)… and \(left) more, in the report"] : self
    }
}
