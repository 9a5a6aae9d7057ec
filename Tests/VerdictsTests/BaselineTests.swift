import ScenarioModel
import Testing
import Verdicts

@Suite("A run measured by an earlier one")
struct BaselineTests {
    private static func verdict(_ outcome: Outcome, _ check: String = "route", observed: String = "decoy") -> Verdict {
        let checks =
            outcome == .pass ? [] : [Made.failed(check, expected: "tenant", observed: observed)]
        return Verdict(outcome: outcome, summary: "\(check): \(observed)", checks: checks)
    }

    private static func result(_ id: String, _ verdict: Verdict) -> CaseResult {
        CaseResult(testCase: Made.testCase(id), verdict: verdict)
    }

    @Test(
        "what failed in it fails again as expected, when it fails alike",
        arguments: [Outcome.fail, .failShould, .hang]
    )
    func known(outcome: Outcome) {
        let baseline = Baseline(Made.report([Self.result("a[1]", Self.verdict(outcome))]))
        let again = baseline.apply(to: Self.verdict(outcome), of: Made.testCase("a[1]"))
        #expect(again.outcome == .expectedFail)
        #expect(again.waiver?.isOfBaseline == true)
        #expect(again.waiver?.source == "baseline")
        #expect(again.summary == "route: decoy (so it did in the baseline of 2026-01-01T00:00:00Z)")
    }

    @Test("another failure of the same case is new, and so is the same failure of another case")
    func new() {
        let baseline = Baseline(Made.report([Self.result("a[1]", Self.verdict(.fail))]))
        let otherCheck = Self.verdict(.fail, "alert")
        let asHang = Self.verdict(.hang)
        var more = Self.verdict(.fail)
        more.checks.append(Made.failed("alert", expected: "80", observed: "40"))
        for verdict in [otherCheck, asHang, more, Self.verdict(.fail, observed: "nobody")] {
            let judged = baseline.apply(to: verdict, of: Made.testCase("a[1]"))
            #expect(judged.outcome == verdict.outcome)
            #expect(judged.summary.contains("it failed otherwise in the baseline"))
        }
        #expect(baseline.apply(to: Self.verdict(.fail), of: Made.testCase("a[2]")) == Self.verdict(.fail))
    }

    @Test("a pass is a pass, and what the harness did is no excuse of the target's")
    func others() {
        let outcomes: [Outcome] = [.error, .skipped, .unexpectedPass, .pass, .expectedFail, .unsupported]
        for outcome in outcomes {
            let baseline = Baseline(Made.report([Self.result("a[1]", Self.verdict(outcome))]))
            #expect(baseline.apply(to: Self.verdict(.fail), of: Made.testCase("a[1]")).outcome == .fail)
        }
        let failed = Baseline(Made.report([Self.result("a[1]", Self.verdict(.fail))]))
        for outcome in outcomes {
            #expect(failed.apply(to: Self.verdict(outcome), of: Made.testCase("a[1]")).outcome == outcome)
        }
    }

    @Test("what was flaky may fail in each of its ways, and pass")
    func flaky() {
        let baseline = Baseline(Made.report([Self.result("a[1]", Self.verdict(.flaky))]))
        let failed = baseline.apply(to: Self.verdict(.fail, "alert"), of: Made.testCase("a[1]"))
        #expect(failed.outcome == .expectedFail)
        var report = Made.report([Self.result("a[1]", failed)])
        report.merge(repetition: Made.report([Self.result("a[1]", Self.verdict(.pass))]))
        #expect(report.results[0].verdict.outcome == .expectedFail)
    }

    @Test("a rule that is only recommended is compared as what it counts as")
    func reckoned() {
        let scenario = Scenario(
            id: "a",
            title: "A",
            rule: Rule(document: .rfc(9846), section: "5.1", level: .should),
            roles: [.edge]
        )
        let earlier = Made.report([Self.result("a[1]", Self.verdict(.failShould))])
        let reckoning = Reckoning(
            of: "T",
            profile: .all,
            scenarios: [scenario],
            waivers: .none,
            baseline: Baseline(earlier)
        )
        #expect(reckoning.verdict(Self.verdict(.fail), of: Made.testCase("a[1]"), nil).outcome == .expectedFail)
    }

    @Test("the comparison counts it among what has not changed")
    func comparison() {
        let earlier = Made.report([Self.result("a[1]", Self.verdict(.fail))])
        let again = Baseline(earlier).apply(to: Self.verdict(.fail), of: Made.testCase("a[1]"))
        let comparison = RunComparison(of: Made.report([Self.result("a[1]", again)]), with: earlier)
        #expect(comparison.changes.isEmpty)
        #expect(comparison.unchangedCount == 1)
    }
}
