package import ScenarioModel

/// What a case came to, and why.
package struct Verdict: Hashable, Sendable, Codable {
    package var outcome: Outcome
    /// One line: what was wrong, or why it was not run.
    package var summary: String
    /// Every check that was made, in order, for the report.
    package var checks: [CheckResult]
    /// A broken security invariant, which no lenient grade excuses.
    package var brokenInvariant: Invariant?
    /// The waiver that spoke of this case, where one did.
    package var waiver: Waiver.Citation?
    /// `true` of a failed recommendation whose connection was held open; `nil` otherwise.
    package var wasHeldOpen: Bool?
    package init(
        outcome: Outcome,
        summary: String = "",
        checks: [CheckResult] = [],
        brokenInvariant: Invariant? = nil,
        waiver: Waiver.Citation? = nil
    ) {
        self.outcome = outcome
        self.summary = summary
        self.checks = checks
        self.brokenInvariant = brokenInvariant
        self.waiver = waiver
    }

    package var failedChecks: [CheckResult] { self.checks.filter { !$0.holds } }

    /// The target did not so much as let a client in.
    package var isOfUnreachableTarget: Bool { self.failedChecks.contains { $0.check == CheckResult.connect } }
}

/// One question that was put to what was seen, and its answer.
package struct CheckResult: Hashable, Sendable, Codable {
    /// `route`, `alert`, `proxy`, …: the key in the scenario file.
    package var check: String
    package var expected: String
    package var observed: String
    package var holds: Bool
    /// Of a play the step that it is about, `3 hear first`.
    package var step: String?

    /// The check that comes before all others: the client could connect.
    package static let connect = "connect"

    package init(check: String, expected: String, observed: String, holds: Bool) {
        self.check = check
        self.expected = expected
        self.observed = observed
        self.holds = holds
    }

    /// `route`, and of a play `step 3 hear first: route`.
    package var title: String { self.step.map { "step \($0): \(self.check)" } ?? self.check }
}
