import Testing
import Verdicts

@Suite("Outcomes")
struct OutcomeTests {
    @Test("the order of severity holds every outcome once")
    func severity() {
        #expect(Set(Outcome.bySeverity) == Set(Outcome.allCases))
        #expect(Outcome.bySeverity.count == Outcome.allCases.count)
    }

    @Test("what is acceptable comes after what is not, but for what nobody could judge")
    func acceptable() {
        let unacceptable = Outcome.bySeverity.prefix { !$0.isAcceptable }
        #expect(Set(unacceptable) == Set(Outcome.allCases.filter { !$0.isAcceptable }))
    }

    @Test(
        "the exit code tells whose trouble it was",
        arguments: [
            ([.pass, .passLenient, .informational, .expectedFail, .unsupported], 0), ([.pass, .fail], 1),
            ([.pass, .failShould], 3), ([.failShould, .fail], 1), ([.failShould, .error], 70),
            ([.failShould, .hang], 1),
            ([.unexpectedPass], 1), ([.skipped], 1), ([.hang], 1), ([.flaky], 1), ([.fail, .error], 70), ([], 0),
        ] as [([Outcome], Int32)]
    )
    func exitCode(outcomes: [Outcome], code: Int32) {
        let report = Made.report(outcomes.map { Made.result("a.b[\($0)]", $0) })
        #expect(report.exitCode == code)
    }

    @Test("a problem or an interruption of the run is told by the exit code too")
    func runTrouble() {
        var report = Made.report([Made.result("a.b", .pass)])
        report.problems = ["a waiver matches nothing"]
        #expect(report.exitCode == 1)
        report.problems = []
        report.isInterrupted = true
        #expect(report.exitCode == 1)
        report.results = [Made.result("a.b", .failShould)]
        #expect(report.exitCode == 1)
    }
}
