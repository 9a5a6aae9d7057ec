import Testing
import Verdicts

@Suite("Merging repeated runs")
struct RepetitionTests {
    @Test("a case whose outcome changes is flaky and keeps the worse observation")
    func findsFlaky() {
        var report = Self.report(["a": .pass, "b": .pass, "c": .fail])
        report.merge(repetition: Self.report(["a": .pass, "b": .fail, "c": .fail]))
        #expect(report.results.map(\.verdict.outcome) == [.pass, .flaky, .fail])
        #expect(report.results[1].verdict.summary == "fail once, pass once: b was fail")
        #expect(report.exitCode == 1)
    }

    @Test("a flaky case stays flaky when later runs agree")
    func staysFlaky() {
        var report = Self.report(["a": .fail])
        for outcome in [Outcome.pass, .pass, .fail] { report.merge(repetition: Self.report(["a": outcome])) }
        #expect(report.results.map(\.verdict.outcome) == [.flaky])
        #expect(report.results[0].verdict.summary == "fail 2 times, pass 2 times: a was fail")
        #expect(report.repetitions == 4)
    }

    @Test("how often it came out how is counted from the first run on, however late the first difference comes")
    func counts() {
        var report = Self.report(["a": .pass])
        for outcome in [Outcome.pass, .pass, .hang, .pass, .fail] {
            report.merge(repetition: Self.report(["a": outcome]))
        }
        #expect(report.results[0].repetitions?.counts == [.pass: 4, .hang: 1, .fail: 1])
        #expect(report.results[0].verdict.summary == "fail once, hang once, pass 4 times: a was hang")
    }

    @Test("a repetition that was interrupted makes no case flaky")
    func interrupted() {
        var report = Self.report(["a": .pass, "b": .pass])
        var again = Self.report(["a": .pass, "b": .skipped])
        again.isInterrupted = true
        again.interruption = RunReport.Interruption(judged: 1, notBegun: 1)
        report.merge(repetition: again)
        #expect(report.results.map(\.verdict.outcome) == [.pass, .pass])
        #expect(report.isInterrupted)
        #expect(report.interruption == again.interruption)
        #expect(report.exitCode == 1)
    }

    @Test("a case that is known to fail now and then is not flaky, unless it does something else too")
    func knownToBeFlaky() {
        let waiver = Waiver.Citation(cases: "a", reason: "a race of its own", isFlaky: true)
        let failed = Made.report([Made.result("a", .expectedFail, waiver: waiver)])
        for (first, second) in [(failed, Self.report(["a": .pass])), (Self.report(["a": .pass]), failed)] {
            var report = first
            report.merge(repetition: second)
            #expect(report.results[0].verdict.outcome == .expectedFail)
            report.merge(repetition: Self.report(["a": .fail]))
            #expect(report.results[0].verdict.outcome == .flaky)
        }
    }

    private static func report(_ outcomes: [String: Outcome]) -> RunReport {
        Made.report(
            outcomes.sorted { $0.key < $1.key }.map { id, outcome in
                Made.result(id, outcome, summary: "\(id) was \(outcome.rawValue)")
            }
        )
    }
}
