import Testing
import Verdicts

@Suite("Merging repeated runs")
struct RepetitionTests {
    @Test("a case whose outcome changes is flaky and keeps the worse observation")
    func findsFlaky() {
        var report = Self.report(["a": .pass, "b": .pass, "c": .fail])
        report.merge(repetition: Self.report(["a": .pass, "b": .fail, "c": .fail]))
        #expect(report.results.map(\.verdict.outcome) == [.pass, .flaky, .fail])
        #expect(report.results[1].verdict.summary == "pass once, fail another time: b was fail")
        #expect(report.exitCode == 1)
    }

    @Test("a flaky case stays flaky when later runs agree")
    func staysFlaky() {
        var report = Self.report(["a": .fail])
        for outcome in [Outcome.pass, .pass, .fail] { report.merge(repetition: Self.report(["a": outcome])) }
        #expect(report.results.map(\.verdict.outcome) == [.flaky])
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

    private static func report(_ outcomes: [String: Outcome]) -> RunReport {
        Made.report(
            outcomes.sorted { $0.key < $1.key }.map { id, outcome in
                Made.result(id, outcome, summary: "\(id) was \(outcome.rawValue)")
            }
        )
    }
}
