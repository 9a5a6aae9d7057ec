/// How a case came out: the first of a verdict's two axes. The other, the manner of ending, is in the observation.
package enum Outcome: String, CaseIterable, Codable, Hashable, Sendable {
    case pass
    case passLenient = "pass-lenient"
    case informational
    case fail
    /// It failed as a waiver said it would.
    case expectedFail = "expected-fail"
    /// A waiver says it fails, and it passed: the waiver is out of date.
    case unexpectedPass = "unexpected-pass"
    /// The target lacks a feature that the case needs.
    case unsupported
    /// It was not run, because the run was interrupted or a prerequisite failed.
    case skipped
    /// The harness could not tell: its own fault, never the target's.
    case error
    /// The case did not end within its time.
    case hang
    case flaky

    /// Whether a run with this outcome may exit 0.
    package var isAcceptable: Bool {
        switch self {
        case .pass, .passLenient, .informational, .expectedFail, .unsupported: true
        case .fail, .unexpectedPass, .skipped, .error, .hang, .flaky: false
        }
    }
}

package struct Verdict: Hashable, Sendable, Codable {
    package var outcome: Outcome
    /// One line: what was wrong, or why it was not run.
    package var summary: String
    /// Every check that was made, in order, for the report.
    package var checks: [CheckResult]
    /// A broken security invariant, which no lenient grade excuses.
    package var brokenInvariant: Invariant?
    package init(
        outcome: Outcome,
        summary: String = "",
        checks: [CheckResult] = [],
        brokenInvariant: Invariant? = nil
    ) {
        self.outcome = outcome
        self.summary = summary
        self.checks = checks
        self.brokenInvariant = brokenInvariant
    }
}

package struct CheckResult: Hashable, Sendable, Codable {
    /// `route`, `alert`, `proxy`, …: the key in the scenario file.
    package var check: String
    package var expected: String
    package var observed: String
    package var holds: Bool
    package init(check: String, expected: String, observed: String, holds: Bool) {
        self.check = check
        self.expected = expected
        self.observed = observed
        self.holds = holds
    }
}
