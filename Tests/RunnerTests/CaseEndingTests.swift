import ScenarioModel
import Testing
import Verdicts

@testable import Runner

@Suite("What a case's verdict is worth when nothing more will be learnt of it")
struct CaseEndingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var expectsRoute: Bool
        var seen: Outcome
        var confirmed: Outcome
        var unconfirmed: Outcome
        var testDescription: String { "\(self.expectsRoute ? "served" : "refused"), \(self.seen.rawValue)" }
    }

    @Test(
        "a refusal needs a later control; what came through, and what failed, proves itself",
        arguments: [
            Row(expectsRoute: false, seen: .pass, confirmed: .pass, unconfirmed: .skipped),
            Row(expectsRoute: false, seen: .passLenient, confirmed: .passLenient, unconfirmed: .skipped),
            Row(expectsRoute: false, seen: .informational, confirmed: .informational, unconfirmed: .skipped),
            Row(expectsRoute: false, seen: .hang, confirmed: .hang, unconfirmed: .skipped),
            Row(expectsRoute: false, seen: .fail, confirmed: .fail, unconfirmed: .fail),
            Row(expectsRoute: true, seen: .pass, confirmed: .pass, unconfirmed: .pass),
            Row(expectsRoute: true, seen: .passLenient, confirmed: .passLenient, unconfirmed: .passLenient),
            Row(expectsRoute: true, seen: .fail, confirmed: .fail, unconfirmed: .fail),
            Row(expectsRoute: true, seen: .hang, confirmed: .hang, unconfirmed: .hang),
        ]
    )
    func ended(_ row: Row) {
        let testCase = SampleCase.make("a", isRefused: !row.expectsRoute)
        let seen = CaseProgress.ended(Verdict(outcome: row.seen, summary: "seen"))
        #expect(CaseEnding.confirmed.verdict(of: testCase, at: seen).outcome == row.confirmed)
        #expect(CaseEnding.interrupted.verdict(of: testCase, at: seen).outcome == row.unconfirmed)
        #expect(CaseEnding.targetDied("it died").verdict(of: testCase, at: seen).outcome == row.unconfirmed)
    }

    @Test(
        "what has no verdict says why, and what it looked like",
        arguments: [
            (
                CaseEnding.interrupted, CaseProgress.ended(Verdict(outcome: .pass)),
                "unproven: it looked like a pass, but the run was interrupted before a control showed the target alive"
            ),
            (
                .targetDied("it is gone"), .ended(Verdict(outcome: .passLenient)),
                "unproven: it looked like a lenient pass, but the target died at about this time"
            ),
            (.interrupted, .underWay, "cut short: the run was interrupted while it was under way"),
            (.interrupted, .notBegun, "not run: the run was interrupted before its turn"),
            (.targetDied("it is gone"), .underWay, "not run: it is gone"),
            (.targetDied("it is gone"), .notBegun, "not run: it is gone"),
        ]
    )
    func words(ending: CaseEnding, progress: CaseProgress, summary: String) {
        let verdict = ending.verdict(of: SampleCase.make("a", isRefused: true), at: progress)
        #expect(verdict.outcome == .skipped)
        #expect(verdict.summary == summary)
    }

    @Test("who could not connect to a target that then died has seen its death, and nothing of the case")
    func unreachable() {
        let check = CheckResult(check: CheckResult.connect, expected: "a connection", observed: "none", holds: false)
        let seen = CaseProgress.ended(Verdict(outcome: .fail, checks: [check]))
        let testCase = SampleCase.make("a")
        #expect(CaseEnding.targetDied("it died").verdict(of: testCase, at: seen).outcome == .skipped)
        #expect(CaseEnding.confirmed.verdict(of: testCase, at: seen).outcome == .fail)
    }

    @Test("what an unproven case was seen to do stays with it")
    func keepsChecks() {
        let checks = [CheckResult(check: "route", expected: "none", observed: "none", holds: true)]
        let seen = CaseProgress.ended(Verdict(outcome: .pass, checks: checks))
        let verdict = CaseEnding.interrupted.verdict(of: SampleCase.make("a", isRefused: true), at: seen)
        #expect(verdict.checks == checks)
    }

    @Test(
        "a case that a finished run never played is the harness's error",
        arguments: [.notBegun, .underWay] as [CaseProgress]
    )
    func forgotten(progress: CaseProgress) {
        #expect(CaseEnding.confirmed.verdict(of: SampleCase.make("a"), at: progress).outcome == .error)
    }
}
