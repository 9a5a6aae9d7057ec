package import ScenarioModel

/// How many of the RFCs' MUSTs a target holds, of those that it supports. A scenario that cites one counts once, however many
/// cases it has.
///
/// It is held where at least one case told, and every case that told came out well, strictly or leniently. A failure that a
/// waiver or a declared behaviour foretold is a failure. Cases that the specifications leave free (informational), that the
/// target does not support, or that it was not asked say nothing; where the harness failed, or was interrupted, in a case and no
/// other case failed, the scenario is undecided and in neither number.
package struct MustScore: Hashable, Sendable, Codable {
    package var held: Int
    /// Held or not: those of which a case told.
    package var supported: Int
    package var undecided: Int

    package init(held: Int = 0, supported: Int = 0, undecided: Int = 0) {
        self.held = held
        self.supported = supported
        self.undecided = undecided
    }

    package init(_ rows: some Sequence<Compatibility.Row>, column: Int) {
        self.init()
        for row in rows {
            guard let rule = row.rule, rule.origin == .rfc, rule.level == .must else { continue }
            switch Self.finding(row.counts(column)) {
            case .held:
                self.held += 1
                self.supported += 1
            case .notHeld: self.supported += 1
            case .undecided: self.undecided += 1
            case nil: break
            }
        }
    }

    private enum Finding { case held, notHeld, undecided }

    /// `nil` where no case told.
    private static func finding(_ counts: GradeCounts) -> Finding? {
        if counts.grades.contains(where: { $0.grade.isFailure }) { return .notHeld }
        if counts.count(.undecided) > 0 { return .undecided }
        return counts.count(.held) + counts.count(.lenient) > 0 ? .held : nil
    }
}

/// How many of all features that scenarios ask for a target declares; whether it keeps what they promise, its cases say.
package struct FeatureScore: Hashable, Sendable, Codable {
    package var declared: Int
    package var known: Int

    package init(declared: Int, known: Int) {
        self.declared = declared
        self.known = known
    }

    package init(_ features: [Feature]) {
        let known = Set(Feature.all)
        self.init(declared: known.intersection(features).count, known: known.count)
    }
}
