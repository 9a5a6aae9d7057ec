package import ScenarioModel
import Synchronization
package import Verdicts

/// Says how a run is going while it goes.
///
/// Two numbers grow: cases that ran, and those of them whose verdict a later control has confirmed. On a terminal two
/// lines are rewritten in place and failures scroll by above them; elsewhere there is a plain line for each failure and
/// each tenth of the run. Safe to call from any task.
package final class ProgressDisplay: Sendable {
    private let state: Mutex<State>
    private let write: @Sendable (String) -> Void
    private let elapsed: @Sendable () -> Double
    private let style: TerminalStyle
    private let isTerminal: Bool
    private let width: Int
    private let isQuiet: Bool

    private struct State {
        var total = 0
        var underWay = 0
        var ran = 0
        /// Those that ran, and wait for a control.
        var unconfirmed: Set<String> = []
        var counts: [Outcome: Int] = [:]
        var secondsByArea: [String: Double] = [:]
        /// Lines on the screen that the next drawing replaces.
        var drawnLines = 0
        var drawnAt = -1.0
        var announcedTenths = 0
        var hasEnded = false

        var confirmed: Int { self.ran - self.unconfirmed.count }
        var isComplete: Bool { self.confirmed >= self.total }
    }

    /// - Parameters:
    ///   - output: takes text as it is to appear; called by one task at a time.
    ///   - width: columns of the terminal; no line is longer.
    ///   - quiet: says nothing but failures and notes, and draws nothing.
    ///   - elapsed: seconds since the run began.
    package init(
        output: @escaping @Sendable (String) -> Void,
        isTerminal: Bool,
        width: Int = 80,
        color: Bool,
        quiet: Bool = false,
        elapsed: (@Sendable () -> Double)? = nil
    ) {
        self.state = Mutex(State())
        self.write = output
        self.isTerminal = isTerminal
        self.width = max(width, 20)
        self.style = TerminalStyle(isColored: color)
        self.isQuiet = quiet
        if let elapsed {
            self.elapsed = elapsed
        } else {
            let start = ContinuousClock.now
            self.elapsed = { (ContinuousClock.now - start) / .seconds(1) }
        }
    }

    package func started(total: Int) {
        self.state.withLock { state in
            self.erase(&state)
            // A repetition counts from the beginning.
            state = State()
            state.total = total
            if !self.isQuiet && !self.isTerminal { self.write("running \(NumberText.count(total, "case"))\n") }
            self.draw(&state, force: true)
        }
    }

    package func began(_ testCase: Case) {
        self.state.withLock { state in
            state.underWay += 1
            self.draw(&state, force: false)
        }
    }

    /// A case ran; its verdict waits for a control.
    package func ended(_ testCase: Case) {
        self.state.withLock { state in
            state.underWay -= 1
            state.ran += 1
            state.unconfirmed.insert(testCase.id)
            self.draw(&state, force: false)
            self.announceTenth(&state)
        }
    }

    /// Draws again, so that the clock moves while every case waits.
    package func tick() {
        self.state.withLock { self.draw(&$0, force: true) }
    }

    package func finished(_ result: CaseResult) {
        self.state.withLock { state in
            let outcome = result.verdict.outcome
            switch outcome {
            // It was never played, was cut short, or ran and stays unconfirmed.
            case .unsupported, .skipped: break
            case .pass, .passLenient, .informational, .fail, .failShould, .expectedFail, .unexpectedPass, .error, .hang,
                .flaky:
                if state.unconfirmed.remove(result.testCase.id) == nil {
                    // A case that the harness could not play to its end.
                    state.ran += 1
                    state.underWay = max(0, state.underWay - 1)
                }
            }
            state.counts[outcome, default: 0] += 1
            state.secondsByArea[result.area, default: 0] += result.durationSeconds.isFinite ? result.durationSeconds : 0
            if !outcome.isAcceptable && outcome != .skipped {
                let label = self.style.paint(outcome.shortLabel, self.style.tint(outcome))
                let summary = SafeText.terminal(result.verdict.summary)
                self.printAbove("\(label)  \(SafeText.terminal(result.testCase.id)): \(summary)", &state)
            }
            self.draw(&state, force: false)
            self.announceTenth(&state)
        }
    }

    /// Prints a line of its own, above the progress.
    package func note(_ text: String) {
        self.state.withLock { state in
            self.printAbove(SafeText.terminal(text), &state)
            self.draw(&state, force: true)
        }
    }

    /// Clears the progress; nothing is drawn from here on.
    package func ended() {
        self.state.withLock { state in
            self.erase(&state)
            state.hasEnded = true
        }
    }

    private func printAbove(_ line: String, _ state: inout State) {
        self.erase(&state)
        self.write(line + "\n")
        state.drawnAt = -1
    }

    private func announceTenth(_ state: inout State) {
        guard !self.isTerminal, !self.isQuiet, state.total > 0 else { return }
        // The last tenth is said when nothing waits for a control any more.
        let tenths = state.isComplete ? 10 : min(9, state.ran * 10 / state.total)
        guard tenths > state.announcedTenths else { return }
        state.announcedTenths = tenths
        let bad = state.counts.reduce(0) { $0 + ($1.key.isAcceptable ? 0 : $1.value) }
        let time = NumberText.duration(seconds: self.elapsed())
        self.write("\(tenths * 10) %: \(Self.numbers(state)), \(bad) not acceptable, \(time)\n")
    }

    private static func numbers(_ state: State) -> String {
        "ran \(state.ran), confirmed \(state.confirmed) of \(state.total)"
    }

    // MARK: - The two lines

    private func erase(_ state: inout State) {
        guard state.drawnLines > 0 else { return }
        // To the first column of the first drawn line, then clear to the end of the screen (ECMA-48 CPL, ED).
        let up = state.drawnLines > 1 ? "\u{1B}[\(state.drawnLines - 1)A" : ""
        self.write("\r\(up)\u{1B}[J")
        state.drawnLines = 0
    }

    /// Ten times a second is enough for eyes, and cheap for a run of thousands of cases a second.
    private static let interval = 0.1

    private func draw(_ state: inout State, force: Bool) {
        guard self.isTerminal, !self.isQuiet, !state.hasEnded else { return }
        let now = self.elapsed()
        guard force || state.drawnAt < 0 || now - state.drawnAt >= Self.interval || state.isComplete
        else { return }
        self.erase(&state)
        self.write(self.barLine(state, now: now) + "\n" + self.countsLine(state))
        state.drawnLines = 2
        state.drawnAt = now
    }

    private func barLine(_ state: State, now: Double) -> String {
        let numbers = " \(Self.numbers(state))  \(NumberText.duration(seconds: now))"
        let columns = max(4, min(40, self.width - numbers.count - 1))
        func filled(_ count: Int) -> Int {
            let share = state.total > 0 ? min(1, Double(count) / Double(state.total)) : 0
            return Int((share * Double(columns)).rounded(.down))
        }
        let confirmed = filled(state.confirmed)
        let ran = filled(state.ran)
        let hasFailed = state.counts.contains { !$0.key.isAcceptable }
        return self.style.paint(String(repeating: "█", count: confirmed), hasFailed ? .red : .green)
            + self.style.paint(String(repeating: "▒", count: ran - confirmed), .dim)
            + self.style.paint(String(repeating: "░", count: columns - ran), .dim)
            + String(numbers.prefix(self.width - columns - 1))
    }

    private func countsLine(_ state: State) -> String {
        var parts: [(text: String, tint: TerminalStyle.Tint?)] = Outcome.bySeverity.compactMap { outcome in
            guard let count = state.counts[outcome] else { return nil }
            return ("\(count) \(outcome.label)", self.style.tint(outcome))
        }
        if state.underWay > 0 { parts.append(("\(state.underWay) running", nil)) }
        if state.ran == 0, state.underWay == 0 { parts.append(("starting the target", .dim)) }
        if let slowest = state.secondsByArea.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), slowest.value > 0 {
            parts.append(("slowest: \(slowest.key)", .dim))
        }
        var line = ""
        var used = 0
        for part in parts {
            let separator = used == 0 ? "" : "  "
            guard used + separator.count + part.text.count < self.width else { break }
            used += separator.count + part.text.count
            line += separator + (part.tint.map { self.style.paint(part.text, $0) } ?? part.text)
        }
        return line
    }
}
