import Reports
import ScenarioModel
import Synchronization
import Testing
import Verdicts

@Suite("Progress display")
struct ProgressDisplayTests {
    /// Collects what a display writes.
    private final class Screen: Sendable {
        private let text = Mutex("")
        func write(_ more: String) { self.text.withLock { $0 += more } }
        var contents: String { self.text.withLock { $0 } }
    }

    private func display(
        _ screen: Screen,
        isTerminal: Bool,
        width: Int = 60,
        color: Bool = false,
        quiet: Bool = false
    ) -> ProgressDisplay {
        ProgressDisplay(
            output: { screen.write($0) },
            isTerminal: isTerminal,
            width: width,
            color: color,
            quiet: quiet,
            elapsed: { 1.5 }
        )
    }

    private let pass = SampleRun.result("routing.sni.exact", .edge, .pass, 0.1)
    private let failure = SampleRun.result("routing.sni.exact", .edge, .fail, 0.1, summary: "reached \u{1B}[2Jdecoy")

    @Test("without a terminal there is a line for each tenth and each failure, and no escape sequence")
    func plainLines() {
        let screen = Screen()
        let display = self.display(screen, isTerminal: false)
        display.started(total: 20)
        for number in 0..<20 { display.finished(number == 2 ? self.failure : self.pass) }
        display.ended()
        let lines = screen.contents.split(separator: "\n")
        #expect(lines.count == 12)
        #expect(lines.first == "running 20 cases")
        #expect(lines[2] == "FAIL  routing.sni.exact[role=edge,engine=openssl]: reached \\x1b[2Jdecoy")
        #expect(lines.last == "100 %: ran 20, confirmed 20 of 20, 1 not acceptable, 1.5 s")
        #expect(!screen.contents.contains("\u{1B}"))
    }

    @Test("what ran is counted at once, and what a control confirmed besides")
    func waitsForControl() {
        let screen = Screen()
        let display = self.display(screen, isTerminal: false)
        let cases = (0..<4).map { Self.numbered($0) }
        display.started(total: 4)
        display.finished(SampleRun.result("routing.unknown", .agent, .unsupported, 0))
        for result in cases { display.began(result.testCase) }
        for result in cases { display.ended(result.testCase) }
        for result in cases { display.finished(result) }
        #expect(
            screen.contents.split(separator: "\n") == [
                "running 4 cases",
                "20 %: ran 1, confirmed 0 of 4, 0 not acceptable, 1.5 s",
                "50 %: ran 2, confirmed 0 of 4, 0 not acceptable, 1.5 s",
                "70 %: ran 3, confirmed 0 of 4, 0 not acceptable, 1.5 s",
                "90 %: ran 4, confirmed 0 of 4, 0 not acceptable, 1.5 s",
                "100 %: ran 4, confirmed 4 of 4, 0 not acceptable, 1.5 s",
            ]
        )
    }

    @Test("a terminal shows what ran, what is confirmed and what is under way, whenever it ticks")
    func ticks() {
        let screen = Screen()
        let display = self.display(screen, isTerminal: true)
        let cases = (0..<4).map { Self.numbered($0) }
        display.started(total: 4)
        #expect(screen.contents.contains("starting the target"))
        for result in cases.prefix(3) { display.began(result.testCase) }
        for result in cases.prefix(2) { display.ended(result.testCase) }
        display.finished(cases[0])
        display.tick()
        let last = screen.contents.components(by: "\u{1B}[J").last ?? ""
        #expect(last.contains("ran 2, confirmed 1 of 4"))
        #expect(last.contains("1 running"))
        #expect(last.hasPrefix("███████▒▒▒▒▒▒▒░░░░░░░░░░░░░░ ran 2"), "\(last)")
    }

    @Test("a repetition counts from the beginning")
    func repeats() {
        let screen = Screen()
        let display = self.display(screen, isTerminal: false)
        for _ in 0..<2 {
            display.started(total: 1)
            display.finished(self.pass)
        }
        let line = "100 %: ran 1, confirmed 1 of 1, 0 not acceptable, 1.5 s"
        #expect(screen.contents == "running 1 case\n\(line)\nrunning 1 case\n\(line)\n")
    }

    private static func numbered(_ number: Int) -> CaseResult {
        SampleRun.result("routing.sni.exact", .edge, .pass, 0.1, choice: (name: "number", value: "\(number)"))
    }

    @Test(
        "a terminal gets two lines that are erased before the next, none wider than it",
        arguments: [20, 40, 80, 200]
    )
    func rewritten(width: Int) {
        let screen = Screen()
        let display = self.display(screen, isTerminal: true, width: width)
        display.started(total: 4)
        display.began(self.pass.testCase)
        display.finished(self.pass)
        display.finished(self.failure)
        display.note("the target was restarted")
        display.finished(self.pass)
        display.finished(self.pass)
        display.ended()
        let frames = screen.contents.components(by: "\r\u{1B}[1A\u{1B}[J")
        #expect(frames.count > 3)
        #expect(frames.last == "", "the last drawing is erased at the end")
        #expect(screen.contents.contains("the target was restarted\n"))
        let bars = screen.contents.split(separator: "\n").filter { $0.contains("░") || $0.contains("█") }
        #expect(bars.allSatisfy { $0.components(by: "\u{1B}[J").last!.count < width })
    }

    @Test("colours come only when they are asked for")
    func colours() {
        let plain = Screen()
        let painted = Screen()
        self.display(plain, isTerminal: false).finished(self.failure)
        self.display(painted, isTerminal: false, color: true).finished(self.failure)
        #expect(!plain.contents.contains("\u{1B}["))
        #expect(painted.contents.contains("\u{1B}[1;31mFAIL\u{1B}[0m"))
    }

    @Test("a quiet display says failures and notes only", arguments: [true, false])
    func quiet(isTerminal: Bool) {
        let screen = Screen()
        let display = self.display(screen, isTerminal: isTerminal, quiet: true)
        display.started(total: 10)
        for _ in 0..<9 { display.finished(self.pass) }
        display.finished(self.failure)
        display.ended()
        #expect(screen.contents.split(separator: "\n").count == 1)
        #expect(screen.contents.hasPrefix("FAIL"))
    }

    @Test("tasks may report at once")
    func concurrently() async {
        let screen = Screen()
        let display = self.display(screen, isTerminal: false)
        display.started(total: 1000)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { display.finished(self.pass) } }
        }
        #expect(screen.contents.hasSuffix("100 %: ran 1000, confirmed 1000 of 1000, 0 not acceptable, 1.5 s\n"))
    }

    @Test(
        "colours need a terminal that has them and nobody who minds",
        arguments: [
            (true, [:], true), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (false, [:], false),
        ] as [(Bool, [String: String], Bool)]
    )
    func traits(isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(TerminalTraits(isTerminal: isTerminal, environment: environment).hasColor == expected)
    }
}

extension StringProtocol {
    /// The parts between a separator, empty ones too.
    fileprivate func components(by separator: String) -> [String] {
        var parts: [String] = []
        var rest = String(self)[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
