import Verdicts

extension RunComparison.Kind {
    var label: String {
        switch self {
        case .newlyFailing: "newly failing"
        case .newlyFailingShould: "newly failing (SHOULD)"
        case .newlyPassing: "newly passing"
        case .changed: "changed"
        case .new: "new"
        case .gone: "gone"
        }
    }

    var meaning: String {
        switch self {
        case .newlyFailing: "acceptable before, and not now"
        case .newlyFailingShould: "acceptable before, and now a rule fails that is only recommended"
        case .newlyPassing: "not acceptable before, and now it is"
        case .changed: "another outcome or another cause, or no verdict in one of the runs"
        case .new: "not in the earlier run"
        case .gone: "not in this run"
        }
    }

    /// Whether its cases are worth a line each: what is new or gone is a matter of selection, mostly.
    var isListed: Bool { self != .new && self != .gone }
}

extension RunComparison {
    /// `HAProxy 2.6.12, 2026-11-23 04:00:00 UTC`
    var earlierRun: String { "\(self.earlier.target), \(Timestamp(self.earlier.startedAt).readable)" }

    /// One line for every kind that occurs.
    var counts: [(kind: Kind, count: Int)] {
        Kind.allCases.map { ($0, self.changes($0).count) }.filter { $0.count > 0 }
    }
}

extension RunComparison.Change {
    /// `pass → fail`
    var outcomes: String {
        func word(_ outcome: Outcome?) -> String { outcome?.label ?? "not run" }
        return "\(word(self.before)) → \(word(self.after))"
    }
}
