import ScenarioModel

/// How a run differs from an earlier one, case by case.
package struct RunComparison: Hashable, Sendable, Codable {
    package var earlier: Earlier
    /// Only what differs, the worst kind first, and in the order of the ids.
    package var changes: [Change]
    package var unchangedCount: Int

    /// The run that was compared with.
    package struct Earlier: Hashable, Sendable, Codable {
        /// The target, which may be another one: `HAProxy 2.6.12`.
        package var target: String
        /// `shakedown 0.1.0`
        package var tool: String
        package var seed: String
        package var startedAt: String
        package var caseCount: Int
    }

    package struct Change: Hashable, Sendable, Codable {
        package var caseID: String
        package var scenario: String
        package var kind: Kind
        /// `nil` where the run has no such case.
        package var before: Outcome?
        package var after: Outcome?
        /// What the earlier run said of the case.
        package var earlierSummary: String
    }

    package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        /// Acceptable before, and not now.
        case newlyFailing = "newly-failing"
        /// Acceptable before, and now a rule fails that is only recommended.
        case newlyFailingShould = "newly-failing-should"
        case newlyPassing = "newly-passing"
        /// Another outcome that is as acceptable, another cause of the same failure, or no verdict on one side.
        case changed
        /// Only the later run has it.
        case new
        /// Only the earlier run has it: the catalogue changed, or less of it was selected.
        case gone
    }

    package func changes(_ kind: Kind) -> [Change] { self.changes.filter { $0.kind == kind } }

    /// 1 when something fails now that did not before; 3 when nothing does but rules that are only recommended; else 0.
    package var exitCode: Int32 {
        let kinds = Set(self.changes.map(\.kind))
        if kinds.contains(.newlyFailing) { return 1 }
        return kinds.contains(.newlyFailingShould) ? RunReport.onlyRecommendationsFailed : 0
    }

    package init(of report: RunReport, with earlier: RunReport) {
        self.earlier = Earlier(
            target: "\(earlier.target.title) \(earlier.target.version)",
            tool: "\(earlier.tool.name) \(earlier.tool.version)",
            seed: earlier.seed,
            startedAt: earlier.startedAt,
            caseCount: earlier.results.count
        )
        let before = Dictionary(earlier.results.map { ($0.testCase.id, $0) }, uniquingKeysWith: { first, _ in first })
        var changes: [Change] = []
        var seen: Set<String> = []
        for result in report.results where seen.insert(result.testCase.id).inserted {
            let old = before[result.testCase.id]
            if let kind = Self.kind(from: old, to: result) { changes.append(Change(kind, from: old, to: result)) }
        }
        self.unchangedCount = seen.count - changes.count
        for old in before.values where !seen.contains(old.testCase.id) {
            changes.append(Change(.gone, from: old, to: nil))
        }
        let order = Kind.allCases
        self.changes = changes.sorted {
            (order.firstIndex(of: $0.kind)!, $0.caseID) < (order.firstIndex(of: $1.kind)!, $1.caseID)
        }
    }

    /// `nil` when nothing changed that anyone has to look at.
    private static func kind(from old: CaseResult?, to result: CaseResult) -> Kind? {
        guard let old else { return .new }
        // It fails as it did there.
        if result.verdict.waiver?.isOfBaseline == true { return nil }
        let (before, after) = (old.verdict.outcome, result.verdict.outcome)
        if before == after {
            let isSettled = after.isAcceptable && after != .expectedFail
            return isSettled || Cause(old) == Cause(result) ? nil : .changed
        }
        // What did not run has neither failed nor passed.
        if before == .skipped || after == .skipped { return .changed }
        switch (before.isAcceptable, after.isAcceptable) {
        case (true, false): return after == .failShould ? .newlyFailingShould : .newlyFailing
        case (false, true): return .newlyPassing
        default: return .changed
        }
    }
}

extension RunComparison.Change {
    fileprivate init(_ kind: RunComparison.Kind, from old: CaseResult?, to new: CaseResult?) {
        let testCase = (new ?? old)?.testCase
        self.init(
            caseID: testCase?.id ?? "",
            scenario: testCase?.scenario ?? "",
            kind: kind,
            before: old?.verdict.outcome,
            after: new?.verdict.outcome,
            earlierSummary: old?.verdict.summary ?? ""
        )
    }
}
