import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("Terminal summary")
struct TerminalSummaryTests {
    @Test("a run with every outcome reads as it did when it was looked at")
    func golden() throws {
        let text = TerminalSummary.render(
            SampleRun.everyOutcome(),
            color: false,
            verbose: true,
            reports: .page(path: "Reports/latest")
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
            (.failShould, false, [], "exit 3: no MUST failed, and at least one SHOULD did"),
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

    @Test("where reports are missing, the verdicts do not have the last word")
    func incomplete() {
        let text = TerminalSummary.render(SampleRun.everyOutcome(), color: false, reports: .incomplete(folder: "out"))
        #expect(text.hasSuffix("reports: not all could be written to out\nexit 70: reports are missing\n"))
    }

    @Test("a problem takes a line, and the end of the target's log a line each below it")
    func problemWithLog() {
        var report = SampleRun.everyOutcome()
        report.problems = ["the target died\n" + (1...20).map { "log line \($0)" }.joined(separator: "\n")]
        let lines = TerminalSummary.render(report, color: false).split(separator: "\n")
        let problem = lines.drop { !$0.hasPrefix("PROBLEM") }
        #expect(problem.prefix(2) == ["PROBLEM  the target died", "  log line 13"])
        #expect(lines.contains("  log line 20"))
    }

    @Test("failures of one cause take two lines, however many they are: the cause, and how to replay the first")
    func grouped() throws {
        var report = SampleRun.everyOutcome()
        let check = CheckResult(check: "route", expected: "tenant", observed: "no upstream", holds: false)
        report.results = (1...40).map { number in
            SampleRun.result(
                number % 4 == 0 ? "framing.records.empty" : "routing.sni.exact",
                .edge,
                .fail,
                0.1,
                checks: [check],
                choice: ("case", String(number))
            )
        }
        let lines = TerminalSummary.render(report, color: false).split(separator: "\n")
        let failing = try #require(lines.first { $0.hasPrefix("FAIL") })
        #expect(
            failing
                == "FAIL  40 × route: no upstream; expected tenant: routing.sni.exact (30), framing.records.empty (10)"
        )
        #expect(lines.count { $0.contains("replay:") } == 1)
        #expect(lines.contains { $0.hasPrefix("  replay: ") && $0.contains("case=1]") })
    }

    @Test("an earlier run is told from by what is different")
    func compared() throws {
        let text = TerminalSummary.render(SampleRun.compared(), color: false)
        #expect(
            text.contains(
                """
                Compared with HAProxy 3.2.3, 2026-11-22 04:00:00 UTC
                  newly failing: 1 case
                    pass → fail (MUST)  framing.records.split-inside-name[role=passthrough,engine=openssl]
                  newly passing: 1 case
                    fail (MUST) → pass  routing.sni.exact[role=edge,engine=openssl]
                  changed: 1 case
                    pass → lenient pass  routing.sni.unknown-name[role=edge,engine=openssl]
                  new: 1 case
                  gone: 1 case
                  unchanged: 10 cases
                """
            )
        )
        let markdown = MarkdownSummary.render(SampleRun.compared())
        #expect(markdown.contains("### Compared with HAProxy 3.2.3, 2026-11-22 04:00:00 UTC"))
        #expect(markdown.contains("- **1 newly failing**"))
        let json = try JSONWriter.renderCTRF(SampleRun.compared())
        #expect(String(decoding: json, as: UTF8.self).contains("\"newly-failing\""))
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
        report.results = (0..<3_000).map { number in
            let check = CheckResult(
                check: "check-\(number)",
                expected: String(repeating: "`", count: 9_000),
                observed: "",
                holds: false
            )
            let summary = String(repeating: "<é|", count: 4_000)
            return SampleRun.result("routing.sni.exact", .edge, .fail, 0.1, summary: summary, checks: [check])
        }
        let text = MarkdownSummary.render(report)
        #expect(text.utf8.count < 1_000_000)
        #expect(text.contains("… and 2900 more causes"))
    }
}
