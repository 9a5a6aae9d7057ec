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
        #expect(lines.last == "100 %: 20 of 20 cases, 1 not acceptable, 1.5 s")
        #expect(!screen.contents.contains("\u{1B}"))
    }

    @Test(
        "a terminal gets two lines that are erased before the next, none wider than it",
        arguments: [20, 40, 80, 200]
    )
    func rewritten(width: Int) {
        let screen = Screen()
        let display = self.display(screen, isTerminal: true, width: width)
        display.started(total: 4)
        display.running(3)
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
        #expect(screen.contents.hasSuffix("100 %: 1000 of 1000 cases, 0 not acceptable, 1.5 s\n"))
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
