import ScenarioModel
import Testing
import Verdicts

@testable import Runner

@Suite("What a verdict counts as where the harness was late")
struct UndecidedTests {
    @Test("failures are the target's no more", arguments: [Outcome.fail, .failShould, .hang])
    func failures(outcome: Outcome) {
        let verdict = Verdict(outcome: outcome, summary: "too late").ofLateHarness
        #expect(verdict.outcome == .error)
        #expect(verdict.summary.contains("'\(outcome.rawValue)': too late"))
    }

    @Test(
        "what lateness cannot have made stays",
        arguments: [
            Verdict(outcome: .pass), Verdict(outcome: .passLenient), Verdict(outcome: .expectedFail),
            Verdict(outcome: .unexpectedPass), Verdict(outcome: .fail, brokenInvariant: .otherContacted),
        ]
    )
    func others(verdict: Verdict) {
        #expect(verdict.ofLateHarness == verdict)
    }
}
