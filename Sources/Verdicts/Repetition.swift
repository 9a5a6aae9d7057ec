import ScenarioModel

/// How often a case came out how, where it was played in several runs and not always the same.
package struct Repetitions: Hashable, Sendable, Codable {
    package var counts: [Outcome: Int]
    /// What was said of the one that is kept.
    fileprivate var summary: String

    /// `fail 2 times, pass 48 times`, the worst first.
    package var text: String {
        Outcome.bySeverity.compactMap { outcome in
            guard let count = self.counts[outcome] else { return nil }
            return "\(outcome.rawValue) \(count == 1 ? "once" : "\(count) times")"
        }.joined(separator: ", ")
    }
}

extension RunReport {
    /// Takes in another run of the same cases: a case whose outcome differs is flaky, and keeps the worse observation.
    package mutating func merge(repetition other: RunReport) {
        let others = Dictionary(uniqueKeysWithValues: other.results.map { ($0.testCase.id, $0) })
        let before = self.repetitions ?? 1
        for index in self.results.indices {
            guard let again = others[self.results[index].testCase.id] else { continue }
            // A repetition that was cut off says nothing about the case.
            if other.isInterrupted, again.verdict.outcome == .skipped { continue }
            let first = self.results[index]
            if first.verdict.outcome == again.verdict.outcome, first.repetitions == nil, again.repetitions == nil {
                continue
            }
            self.results[index] = .merged(first, played: before, with: again, played: other.repetitions ?? 1)
        }
        self.repetitions = before + (other.repetitions ?? 1)
        self.durationSeconds += other.durationSeconds
        self.isInterrupted = self.isInterrupted || other.isInterrupted
        self.interruption = self.interruption ?? other.interruption
        self.problems += other.problems.filter { !self.problems.contains($0) }
    }
}

extension CaseResult {
    fileprivate static func merged(
        _ first: CaseResult,
        played before: Int,
        with again: CaseResult,
        played after: Int
    ) -> CaseResult {
        var repetitions = first.counted(times: before)
        repetitions.counts.merge(again.counted(times: after).counts, uniquingKeysWith: +)
        // That it fails now and then is known.
        if [first, again].allSatisfy(\.verdict.outcome.isAcceptable),
            var known = [first, again].first(where: \.isKnownToBeFlaky)
        {
            known.repetitions = repetitions
            known.journaled?.isOutdated = true
            return known
        }
        var kept = first.verdict.outcome.isAcceptable ? again : first
        repetitions.summary = kept.repetitions?.summary ?? kept.verdict.summary
        kept.repetitions = repetitions
        kept.verdict.summary = "\(repetitions.text): \(repetitions.summary)"
        kept.verdict.outcome = .flaky
        kept.journaled?.isOutdated = true
        return kept
    }

    /// What is known of all its plays so far.
    private func counted(times: Int) -> Repetitions {
        self.repetitions ?? Repetitions(counts: [self.verdict.outcome: times], summary: self.verdict.summary)
    }

    private var isKnownToBeFlaky: Bool {
        self.verdict.outcome == .expectedFail && self.verdict.waiver?.isFlaky == true
    }
}
