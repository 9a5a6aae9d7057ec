/// How a case came out: the first of a verdict's two axes. The other, the manner of ending, is in the observation.
package enum Outcome: String, CaseIterable, Codable, CodingKeyRepresentable, Hashable, Sendable {
    case pass
    case passLenient = "pass-lenient"
    case informational
    /// What was seen is not what may be seen, by a rule that binds.
    case fail
    /// The same, by a rule that is only recommended (RFC 2119: SHOULD).
    case failShould = "fail-should"
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
    /// It came out differently when it was repeated.
    case flaky

    /// Whether a run with this outcome may exit 0.
    package var isAcceptable: Bool {
        switch self {
        case .pass, .passLenient, .informational, .expectedFail, .unsupported: true
        case .fail, .failShould, .unexpectedPass, .skipped, .error, .hang, .flaky: false
        }
    }
}

extension Outcome {
    /// From the worst to the best; the order of lists, columns and legends.
    package static let bySeverity: [Outcome] = [
        .error, .fail, .hang, .failShould, .flaky, .unexpectedPass, .skipped, .expectedFail, .unsupported,
        .informational, .passLenient, .pass,
    ]

    /// 0 is the worst.
    package var severity: Int { Self.bySeverity.firstIndex(of: self)! }
}
