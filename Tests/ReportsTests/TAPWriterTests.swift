import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("TAP writer")
struct TAPWriterTests {
    @Test("a run with every outcome reads as it did when it was looked at")
    func golden() throws {
        try GoldenFile.expect(TAPWriter.render(SampleRun.everyOutcome()), matches: "results.tap")
    }

    @Test("a line says whether the run may be accepted, and why where it may all the same", arguments: Outcome.allCases)
    func mapping(outcome: Outcome) throws {
        var report = SampleRun.everyOutcome()
        report.problems = []
        report.results = [SampleRun.result("routing.sni.exact", .edge, outcome, 0.1, summary: "why # not")]
        let lines = TAPWriter.render(report).split(separator: "\n").map(String.init)
        #expect(lines[0...1] == ["TAP version 14", "1..1"])
        let point = lines[2]
        #expect(point.hasPrefix("ok 1 - ") == (outcome.isAcceptable && outcome != .expectedFail))
        #expect(point.contains(" # TODO why \\# not") == (outcome == .expectedFail))
        #expect(point.contains(" # SKIP why \\# not") == (outcome == .unsupported))
        let hasReason = lines.contains("  \"message\": \"why # not\"")
        #expect(hasReason == ![.pass, .expectedFail, .unsupported].contains(outcome))
    }

    @Test("what is wrong with the run itself is a line of its own, and an interruption ends the file")
    func run() {
        var report = SampleRun.everyOutcome()
        report.results = []
        report.problems = ["a waiver matches nothing"]
        report.isInterrupted = true
        #expect(
            TAPWriter.render(report) == """
                TAP version 14
                1..1
                not ok 1 - the run itself
                  ---
                  "message": "a waiver matches nothing"
                  ...
                Bail out! The run was interrupted

                """
        )
    }

    @Test("what a peer sent makes no line of its own")
    func hostile() {
        var report = SampleRun.everyOutcome()
        report.problems = []
        report.results = [
            SampleRun.result("a\nok 2", .edge, .fail, 0, summary: "\nok 3 - x\n1..0\nBail out!\u{2028}\u{1b}[2J")
        ]
        let text = TAPWriter.render(report)
        let forged = text.split(separator: "\n").filter { $0.hasPrefix("ok") || $0.hasPrefix("Bail") || $0 == "1..0" }
        #expect(forged.isEmpty)
        #expect(!text.contains("\u{1b}"))
    }
}
