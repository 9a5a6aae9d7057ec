import ScenarioModel
import Verdicts

/// How far a case has come.
enum CaseProgress: Hashable, Sendable {
    case notBegun
    case underWay
    /// It was judged, and its verdict waits for a control.
    case ended(Verdict)
}

/// Why nothing more will be learnt of a case: the decision what its verdict is worth.
///
/// A target that was dead refuses everything. So a refusal counts only once a control that began later has come
/// through; a connection that came through proves itself, and a failure stays one.
enum CaseEnding: Hashable, Sendable {
    /// A control that began after the case's end has come through.
    case confirmed
    /// The target stopped answering; the text says how that showed.
    case targetDied(String)
    /// The run was told to stop, and no control could follow.
    case interrupted

    func verdict(of testCase: Case, at progress: CaseProgress) -> Verdict {
        switch (self, progress) {
        case (.confirmed, .ended(let verdict)):
            return verdict
        case (.targetDied, .ended(let verdict)), (.interrupted, .ended(let verdict)):
            return self.proves(verdict, of: testCase) ? verdict : self.unproven(verdict)
        case (.targetDied(let problem), .underWay), (.targetDied(let problem), .notBegun):
            return Verdict(outcome: .skipped, summary: "not run: \(problem)")
        case (.interrupted, .underWay):
            return Verdict(outcome: .skipped, summary: "cut short: the run was interrupted while it was under way")
        case (.interrupted, .notBegun):
            return Verdict(outcome: .skipped, summary: "not run: the run was interrupted before its turn")
        case (.confirmed, .underWay), (.confirmed, .notBegun):
            return Verdict(outcome: .error, summary: "the run ended without playing this case")
        }
    }

    /// Whoever could not connect has learnt that the target was down, and nothing of the case.
    private func proves(_ verdict: Verdict, of testCase: Case) -> Bool {
        !verdict.isOfUnreachableTarget && (!testCase.expectsNoRoute || verdict.outcome == .fail)
    }

    /// Keeps what was seen, and takes from it that it is a verdict.
    func unproven(_ verdict: Verdict) -> Verdict {
        let seen =
            switch verdict.outcome {
            case .pass: "it looked like a pass"
            case .passLenient: "it looked like a lenient pass"
            case .informational: "it ended in a way that is only noted"
            case .fail, .failShould, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error, .hang, .flaky:
                "it looked like '\(verdict.outcome.rawValue)'"
            }
        let reason =
            self == .interrupted
            ? "the run was interrupted before a control showed the target alive"
            : "the target died at about this time"
        var unproven = verdict
        unproven.outcome = .skipped
        unproven.summary = "unproven: \(seen), but \(reason)"
        return unproven
    }
}
