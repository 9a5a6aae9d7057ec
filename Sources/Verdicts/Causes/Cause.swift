import ScenarioModel

/// What many verdicts have in common: the check that failed first, or the waiver that foretold it, without what is one
/// case's own.
package struct Cause: Hashable, Sendable {
    package var outcome: Outcome
    /// One line: `route: no upstream was contacted; expected one connection on its endpoint …`.
    package var text: String
    /// The waiver's link.
    package var link: String?

    package init(outcome: Outcome, text: String, link: String? = nil) {
        self.outcome = outcome
        self.text = text
        self.link = link
    }

    /// `nil` for a plain pass, and for what the target cannot do, which is told by feature.
    package init?(_ result: CaseResult) {
        let verdict = result.verdict
        let words = CauseText(result.testCase)
        self.outcome = verdict.outcome
        switch verdict.outcome {
        case .pass, .unsupported:
            return nil
        case .expectedFail:
            self.text = verdict.waiver?.reason ?? words.general(verdict.summary)
            self.link = verdict.waiver?.link
        case .fail, .failShould, .hang, .flaky:
            self.text = verdict.failedChecks.first.map(words.of) ?? words.general(verdict.summary)
        case .unexpectedPass, .skipped, .error, .passLenient, .informational:
            self.text = words.general(verdict.summary)
        }
        if self.text.isEmpty { self.text = "no reason was given" }
    }
}

/// The cases of one cause.
package struct CauseGroup: Hashable, Sendable {
    package var cause: Cause
    /// Where they are among the results, in that order; never empty.
    package var members: [Int]
    /// Their scenarios with how many each, the most first.
    package var scenarios: [ScenarioCount]
    /// The waivers and declared behaviours that spoke of them: `waiver framing.*`.
    package var waivers: [String]

    package struct ScenarioCount: Hashable, Sendable {
        package var id: String
        package var count: Int
    }

    /// All groups of a run, the worst outcome first, and of one outcome the largest.
    package static func all(_ results: [CaseResult]) -> [CauseGroup] {
        var places: [Cause: Int] = [:]
        var groups: [CauseGroup] = []
        var counts: [[String: Int]] = []
        for (index, result) in results.enumerated() {
            guard let cause = Cause(result) else { continue }
            let place = places[cause] ?? groups.count
            if place == groups.count {
                places[cause] = place
                groups.append(CauseGroup(cause: cause, members: [], scenarios: [], waivers: []))
                counts.append([:])
            }
            groups[place].members.append(index)
            counts[place][result.testCase.scenario, default: 0] += 1
            if let source = result.verdict.waiver?.source, !groups[place].waivers.contains(source) {
                groups[place].waivers.append(source)
            }
        }
        for place in groups.indices {
            groups[place].scenarios = counts[place].map { ScenarioCount(id: $0.key, count: $0.value) }
                .sorted { ($1.count, $0.id) < ($0.count, $1.id) }
        }
        return groups.sorted {
            ($0.cause.outcome.severity, $1.members.count, $0.members[0])
                < ($1.cause.outcome.severity, $0.members.count, $1.members[0])
        }
    }
}
