package import ScenarioModel

/// An earlier run that a later one is measured by: what failed there fails again as expected, as long as it fails alike.
package struct Baseline: Sendable {
    private let failures: [String: Failure]
    /// When the earlier run began.
    private let startedAt: String

    /// How a case failed.
    private struct Failure: Sendable {
        var outcome: Outcome
        var cause: Cause?
        var checks: Set<String>

        init(_ verdict: Verdict, of testCase: Case) {
            self.outcome = verdict.outcome
            self.cause = Cause(CaseResult(testCase: testCase, verdict: verdict))
            self.checks = Set(verdict.failedChecks.map(\.check))
        }

        /// What failed now and then fails as it did, whichever of its ways it takes.
        func isLike(_ other: Failure) -> Bool {
            if self.outcome == .flaky { return true }
            return self.outcome == other.outcome && self.cause == other.cause && self.checks == other.checks
        }
    }

    package init(_ report: RunReport) {
        self.startedAt = report.startedAt
        self.failures = Dictionary(
            report.results.filter { Self.counts($0.verdict.outcome) }.map {
                ($0.testCase.id, Failure($0.verdict, of: $0.testCase))
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Turns a failure that the earlier run had too into an expected one.
    package func apply(to verdict: Verdict, of testCase: Case) -> Verdict {
        guard Self.counts(verdict.outcome), let known = self.failures[testCase.id] else { return verdict }
        var weighed = verdict
        guard known.isLike(Failure(verdict, of: testCase)) else {
            let before = known.cause.map { "\(known.outcome.rawValue), \($0.text)" } ?? known.outcome.rawValue
            weighed.summary = "\(verdict.summary) (it failed otherwise in the baseline: \(before))"
            return weighed
        }
        weighed.outcome = .expectedFail
        weighed.summary = "\(verdict.summary) (so it did in the baseline of \(self.startedAt))"
        weighed.waiver = Waiver.Citation(
            cases: "",
            reason: "known from the baseline: \(known.cause?.text ?? known.outcome.rawValue)",
            isFlaky: known.outcome == .flaky ? true : nil,
            isOfBaseline: true
        )
        return weighed
    }

    /// Whether it says that the target failed. A harness that could not tell, and a waiver that is out of date, have no
    /// excuse in an earlier run.
    private static func counts(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .fail, .failShould, .hang, .flaky: true
        case .pass, .passLenient, .informational, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error: false
        }
    }
}
