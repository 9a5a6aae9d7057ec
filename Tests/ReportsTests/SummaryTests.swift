import Reports
import ScenarioModel
import Testing

@Suite("Terminal summary")
struct TerminalSummaryTests {
    @Test("a run with every outcome reads as it did when it was looked at")
    func golden() throws {
        let text = TerminalSummary.render(
            SampleRun.everyOutcome(),
            color: false,
            verbose: true,
            reportPath: "Reports/latest"
        )
        try GoldenFile.expect(text, matches: "summary.txt")
    }

    @Test("without verbose, lenient passes are numbers only")
    func lenient() {
        let text = TerminalSummary.render(SampleRun.everyOutcome(), color: false)
        #expect(!text.contains("routing.sni.unknown-name"))
        #expect(text.contains("1 lenient pass"))
    }

    @Test("colours change nothing but colours")
    func colours() {
        let report = SampleRun.everyOutcome()
        let painted = TerminalSummary.render(report, color: true, verbose: true)
        let plain = TerminalSummary.render(report, color: false, verbose: true)
        #expect(painted.replacing(/\x{1B}\[[0-9;]*m/, with: "") == plain)
        #expect(painted != plain)
    }

    @Test(
        "the last line tells what the exit code means",
        arguments: [
            (Outcome.pass, false, [], "exit 0: every verdict is acceptable"),
            (.fail, false, [], "exit 1: at least one verdict is not acceptable"),
            (.error, false, [], "exit 70: the harness itself failed, so this run says too little about the target"),
            (.pass, true, [], "exit 1: the run was interrupted"),
            (.pass, false, ["waiver x matches nothing"], "exit 1: the run itself has a problem"),
        ] as [(Outcome, Bool, [String], String)]
    )
    func exit(outcome: Outcome, isInterrupted: Bool, problems: [String], expected: String) {
        var report = SampleRun.everyOutcome()
        report.results = [SampleRun.result("routing.sni.exact", .edge, outcome, 0.1)]
        report.isInterrupted = isInterrupted
        report.problems = problems
        #expect(TerminalSummary.render(report, color: false).hasSuffix(expected + "\n"))
    }

    @Test("a run without any case is still a report")
    func empty() {
        var report = SampleRun.everyOutcome()
        report.results = []
        #expect(TerminalSummary.render(report, color: false).contains("0 cases"))
        #expect(MarkdownSummary.render(report).contains("0 cases"))
    }
}

@Suite("Markdown summary")
struct MarkdownSummaryTests {
    @Test("a run with every outcome reads as it did when it was looked at")
    func golden() throws {
        try GoldenFile.expect(MarkdownSummary.render(SampleRun.everyOutcome()), matches: "summary.md")
    }

    @Test("thousands of failures stay below what GitHub takes")
    func bounded() {
        var report = SampleRun.everyOutcome()
        let failure = SampleRun.result(
            "routing.sni.exact",
            .edge,
            .fail,
            0.1,
            summary: String(repeating: "<é|", count: 4_000),
            checks: [
                CheckResult(check: "route", expected: String(repeating: "`", count: 9_000), observed: "", holds: false)
            ]
        )
        report.results = Array(repeating: failure, count: 3_000)
        let text = MarkdownSummary.render(report)
        #expect(text.utf8.count < 1_000_000)
        #expect(text.contains("… and 2900 more"))
    }
}
