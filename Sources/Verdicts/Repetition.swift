import ScenarioModel

extension RunReport {
    /// Takes in another run of the same cases: a case whose outcome differs is flaky, and keeps the worse observation.
    package mutating func merge(repetition other: RunReport) {
        let others = Dictionary(uniqueKeysWithValues: other.results.map { ($0.testCase.id, $0) })
        for index in self.results.indices {
            guard let again = others[self.results[index].testCase.id] else { continue }
            let first = self.results[index]
            if first.verdict.outcome == again.verdict.outcome { continue }
            // That it fails now and then is known.
            if let known = [first, again].first(where: \.isKnownToBeFlaky),
                [first, again].allSatisfy(\.verdict.outcome.isAcceptable)
            {
                self.results[index] = known
                continue
            }
            // A repetition that was cut off says nothing about the case.
            if other.isInterrupted, again.verdict.outcome == .skipped { continue }
            var kept = first.verdict.outcome.isAcceptable ? again : first
            if first.verdict.outcome != .flaky {
                kept.verdict.summary =
                    "\(first.verdict.outcome.rawValue) once, \(again.verdict.outcome.rawValue) another time: "
                    + kept.verdict.summary
            }
            kept.verdict.outcome = .flaky
            kept.journaled?.isOutdated = true
            self.results[index] = kept
        }
        self.durationSeconds += other.durationSeconds
        self.isInterrupted = self.isInterrupted || other.isInterrupted
        self.interruption = self.interruption ?? other.interruption
        self.problems += other.problems.filter { !self.problems.contains($0) }
    }
}

extension CaseResult {
    fileprivate var isKnownToBeFlaky: Bool {
        self.verdict.outcome == .expectedFail && self.verdict.waiver?.isFlaky == true
    }
}
