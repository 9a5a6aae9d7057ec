import Testing
import Verdicts

@Suite("Comparing runs")
struct RunComparisonTests {
    @Test(
        "what became of a case",
        arguments: [
            (.pass, .pass, nil), (.pass, .fail, .newlyFailing), (.pass, .error, .newlyFailing),
            (.unsupported, .hang, .newlyFailing), (.fail, .pass, .newlyPassing), (.hang, .passLenient, .newlyPassing),
            (.fail, .expectedFail, .newlyPassing), (.expectedFail, .unexpectedPass, .newlyFailing),
            (.pass, .failShould, .newlyFailingShould), (.expectedFail, .failShould, .newlyFailingShould),
            (.fail, .failShould, .changed), (.failShould, .fail, .changed), (.failShould, .pass, .newlyPassing),
            (.pass, .passLenient, .changed), (.fail, .hang, .changed), (.pass, .skipped, .changed),
            (.skipped, .fail, .changed), (.unsupported, .pass, .changed), (.informational, .informational, nil),
            (nil, .pass, .new), (nil, .fail, .new), (.pass, nil, .gone), (.fail, nil, .gone),
        ] as [(Outcome?, Outcome?, RunComparison.Kind?)]
    )
    func kinds(before: Outcome?, after: Outcome?, kind: RunComparison.Kind?) {
        func report(_ outcome: Outcome?) -> RunReport { Made.report(outcome.map { [Made.result("a.b[x]", $0)] } ?? []) }
        let comparison = RunComparison(of: report(after), with: report(before))
        #expect(comparison.changes.map(\.kind) == (kind.map { [$0] } ?? []))
        #expect(comparison.unchangedCount == (kind == nil ? 1 : 0))
        #expect(comparison.changes.allSatisfy { $0.before == before && $0.after == after && $0.caseID == "a.b[x]" })
    }

    @Test("a script is told of failures, then of failed recommendations")
    func exitCode() {
        func code(_ outcomes: [Outcome]) -> Int32 {
            func report(_ outcomes: [Outcome]) -> RunReport {
                Made.report(outcomes.enumerated().map { Made.result("a.b\($0.offset)", $0.element) })
            }
            return RunComparison(of: report(outcomes), with: report(outcomes.map { _ in .pass })).exitCode
        }
        #expect(code([.pass, .passLenient]) == 0)
        #expect(code([.pass, .failShould]) == 3)
        #expect(code([.failShould, .fail]) == 1)
    }

    @Test("the same failure with other numbers is the same, with another cause it has changed")
    func causes() {
        func report(_ observed: String) -> RunReport {
            let check = Made.failed("within", expected: "at the hello deadline, 3000 ms", observed: observed)
            return Made.report([Made.result("a.b", .fail, checks: [check])])
        }
        let earlier = report("still open after 6021 ms")
        #expect(RunComparison(of: report("still open after 7140 ms"), with: earlier).changes.isEmpty)
        #expect(RunComparison(of: report("after 12 ms"), with: earlier).changes.map(\.kind) == [.changed])
    }

    @Test("changes are in the order of their kinds, then of their ids, and say what was before")
    func order() {
        let earlier = Made.report(
            [
                Made.result("a.1", .pass), Made.result("b.1", .fail, summary: "it hung up"), Made.result("c.1", .pass),
                Made.result("c.2", .pass),
            ],
            version: "0.9"
        )
        let later = Made.report([
            Made.result("z.1", .pass), Made.result("c.2", .fail), Made.result("c.1", .fail),
            Made.result("b.1", .pass),
        ])
        let comparison = RunComparison(of: later, with: earlier)
        #expect(comparison.changes.map(\.caseID) == ["c.1", "c.2", "b.1", "z.1", "a.1"])
        #expect(comparison.changes(.newlyPassing).map(\.earlierSummary) == ["it hung up"])
        #expect(comparison.earlier.target == "T 0.9")
        #expect(comparison.earlier.caseCount == 4)
        #expect(comparison.unchangedCount == 0)
    }
}
