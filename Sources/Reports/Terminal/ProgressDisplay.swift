import ScenarioModel
import Synchronization
package import Verdicts

/// Says how a run is going while it goes.
///
/// On a terminal two lines are rewritten in place and failures scroll by above them; elsewhere there is a plain line
/// for each failure and each tenth of the run. Safe to call from any task.
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
        var running = 0
        var finished = 0
        var counts: [Outcome: Int] = [:]
        var secondsByArea: [String: Double] = [:]
        /// Lines on the screen that the next drawing replaces.
        var drawnLines = 0
        var drawnAt = -1.0
        var announcedTenths = 0
        var hasEnded = false
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
            state.total = total
            if !self.isQuiet && !self.isTerminal { self.write("running \(NumberText.count(total, "case"))\n") }
            self.draw(&state, force: true)
        }
    }

    /// How many cases are under way now.
    package func running(_ count: Int) {
        self.state.withLock { state in
            state.running = count
            self.draw(&state, force: false)
        }
    }

    /// Draws again, so that the clock moves while every case waits.
    package func tick() {
        self.state.withLock { self.draw(&$0, force: true) }
    }

    package func finished(_ result: CaseResult) {
        self.state.withLock { state in
            let outcome = result.verdict.outcome
            state.finished += 1
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
        let tenths = state.finished * 10 / state.total
        guard tenths > state.announcedTenths else { return }
        state.announcedTenths = tenths
        let bad = state.counts.reduce(0) { $0 + ($1.key.isAcceptable ? 0 : $1.value) }
        let time = NumberText.duration(seconds: self.elapsed())
        self.write("\(tenths * 10) %: \(state.finished) of \(state.total) cases, \(bad) not acceptable, \(time)\n")
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
        guard force || state.drawnAt < 0 || now - state.drawnAt >= Self.interval || state.finished == state.total
        else { return }
        self.erase(&state)
        self.write(self.barLine(state, now: now) + "\n" + self.countsLine(state))
        state.drawnLines = 2
        state.drawnAt = now
    }

    private func barLine(_ state: State, now: Double) -> String {
        let share = state.total > 0 ? min(1, Double(state.finished) / Double(state.total)) : 0
        let numbers = " \(state.finished)/\(state.total)  \(NumberText.duration(seconds: now))"
        let columns = max(4, min(40, self.width - numbers.count - 1))
        let filled = Int((share * Double(columns)).rounded(.down))
        let hasFailed = state.counts.contains { !$0.key.isAcceptable }
        let bar = String(repeating: "█", count: filled)
        let rest = String(repeating: "░", count: columns - filled)
        return self.style.paint(bar, hasFailed ? .red : .green) + self.style.paint(rest, .dim)
            + String(numbers.prefix(self.width - columns - 1))
    }

    private func countsLine(_ state: State) -> String {
        var parts: [(text: String, tint: TerminalStyle.Tint?)] = Outcome.bySeverity.compactMap { outcome in
            guard let count = state.counts[outcome] else { return nil }
            return ("\(count) \(outcome.label)", self.style.tint(outcome))
        }
        if state.running > 0 { parts.append(("\(state.running) running", nil)) }
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
