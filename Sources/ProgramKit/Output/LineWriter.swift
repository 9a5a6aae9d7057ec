import Dispatch
import Foundation
import Synchronization

/// Writes lines from a thread of its own, so that no event loop and no task waits for a disk, or for a pipe that nobody reads.
///
/// A thread and not a task: a `write(2)` that stands still keeps what it runs on, and all tasks together have as many threads
/// as there are cores.
package final class LineWriter: Sendable {
    /// What is to be known of an output.
    package enum News: Sendable {
        /// The first of some writes that fail.
        case failing(OutputError)
        /// So many are lost: there was no room for them, or writing failed.
        case lost(lines: Int)
        /// That which has the file's name now cannot be opened, and the old one goes on.
        case notReopened(Complaint)
    }

    /// What became of lines.
    package enum Fate: Hashable, Sendable {
        case written
        /// There was no room for them.
        case noRoom
        /// Writing failed.
        case failed
    }

    /// Where that is said. On the writer's thread.
    package enum Reporting: Sendable {
        /// In a line of the output's own, where the lost ones would stand; of failing it has nowhere to tell.
        case within(@Sendable (News) -> String?)
        /// In another place; of lost lines once the output works again, and not at every write that fails.
        case elsewhere(@Sendable (News) -> Void)
    }

    private struct State {
        var queue: LineQueue
        /// The thread sleeps, or is about to.
        var isIdle = false
        /// Counts steps: this tells an output that is slow from one that stands still.
        var progress = 0
        var whenSettled: (@Sendable (Fate, Int) -> Void)?
        /// Before anybody wanted to know.
        var settledBefore: [Fate: Int] = [:]
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    /// Ends with the thread.
    private let life: AsyncStream<Void>

    /// Starts the thread, which lives until ``finish(patience:clock:)``.
    ///
    /// - Parameter limit: bytes of lines that may wait.
    package init(_ output: CheckedOutput, limit: Int, reporting: Reporting) {
        self.state = Mutex(State(queue: LineQueue(limit: limit)))
        let (life, end) = AsyncStream.makeStream(of: Void.self)
        self.life = life
        let pen = Mutex<Pen?>(Pen(output: output, reporting: reporting))
        let thread = Thread {
            // Taken, because what a thread's body captures stays as long as the thread: a file that was renamed would stay open.
            if var pen = pen.withLock({ $0.take() }) { self.work(with: &pen) }
            end.finish()
        }
        thread.name = "line writer"
        thread.start()
    }

    // MARK: From any thread, without waiting

    /// Takes a line, with its line feed; one for which there is no room is lost, counted and told of.
    package func write(_ line: String) { self.write(Array(line.utf8)) }

    package func write(_ line: [UInt8]) { self.take(LineQueue.Line(line)) }

    /// The same of a line that is yet to be made, by this, on the writer's thread.
    ///
    /// - Parameter byteCount: About what it takes until then.
    package func write(about byteCount: Int, _ make: @escaping @Sendable () -> String) {
        self.take(LineQueue.Line(about: byteCount) { Array(make().utf8) })
    }

    private func take(_ line: LineQueue.Line) {
        let isTaken = self.change { $0.append(line) }
        if !isTaken { self.count(1, .noRoom) }
    }

    /// Has what comes from now on written to the file that has the output's name by then: the old one may have been renamed.
    package func reopen() { self.change { $0.reopen() } }

    /// Calls this with the number of lines whenever some are lost, on whichever thread notices.
    package func whenLost(_ count: @escaping @Sendable (Int) -> Void) {
        self.whenSettled { fate, lines in if fate != .written { count(lines) } }
    }

    /// Calls this whenever it is known what became of some lines, on whichever thread knows it. There is one that is called.
    package func whenSettled(_ count: @escaping @Sendable (Fate, Int) -> Void) {
        let before = self.state.withLock { state in
            state.whenSettled = count
            defer { state.settledBefore = [:] }
            return state.settledBefore
        }
        for (fate, lines) in before { count(fate, lines) }
    }

    private func count(_ lines: Int, _ fate: Fate) {
        let whenSettled = self.state.withLock { state in
            if state.whenSettled == nil { state.settledBefore[fate, default: 0] += lines }
            return state.whenSettled
        }
        whenSettled?(fate, lines)
    }

    private func change<Result>(_ body: (inout LineQueue) -> Result) -> Result {
        let (result, wasIdle) = self.state.withLock { state in
            defer { state.isIdle = false }
            return (body(&state.queue), state.isIdle)
        }
        // Once for each sleep, however many lines come before the thread is awake.
        if wasIdle { self.wake.signal() }
        return result
    }

    // MARK: At the end

    /// Takes nothing more, and writes what waits, for as long as that goes on, up to ten times `patience`.
    ///
    /// - Parameter patience: for how long nothing may move. An output that stands still must not hold up a program's exit.
    /// - Returns: how many lines could not be written.
    @discardableResult
    package func finish(
        patience: Duration = .seconds(1),
        clock: some Clock<Duration> = ContinuousClock()
    ) async -> Int {
        self.change { $0.end() }
        // No child of what this is part of: the last lines of what was cancelled are written too.
        return await Task {
            for _ in 0..<10 {
                let before = self.state.withLock { $0.progress }
                await self.waitForEnd(atMost: patience, clock)
                let (now, left) = self.state.withLock { ($0.progress, $0.queue.lineCount) }
                if left == 0 || now == before { break }
            }
            return self.state.withLock { $0.queue.lineCount }
        }.value
    }

    private func waitForEnd(atMost limit: Duration, _ clock: some Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in self.life {} }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: On the thread

    private func work(with pen: inout Pen) {
        while true {
            switch self.next() {
            case .write(let lines): self.write(lines, with: &pen)
            case .tell(let lost):
                if !pen.tell(lost: lost) { self.state.withLock { $0.queue.lose(lost) } }
            case .reopen: pen.reopen()
            case .wait: self.wake.wait()
            case .end: return pen.end()
            }
        }
    }

    private func next() -> LineQueue.Step {
        self.state.withLock { state in
            state.progress += 1
            let step = state.queue.next()
            if case .wait = step { state.isIdle = true } else { state.isIdle = false }
            return step
        }
    }

    /// Makes lines, and writes as many of them together as a write takes. How long one is is known when it is made.
    private func write(_ lines: [LineQueue.Line], with pen: inout Pen) {
        var bytes: [UInt8] = []
        var first = 0
        for (index, line) in lines.enumerated() {
            let text = line.text
            if index > first, bytes.count + text.count > LineQueue.writeSize {
                self.write(bytes, of: lines[first..<index], with: &pen)
                bytes = []
                first = index
            }
            bytes += text
        }
        self.write(bytes, of: lines[first...], with: &pen)
    }

    private func write(_ bytes: [UInt8], of lines: ArraySlice<LineQueue.Line>, with pen: inout Pen) {
        let isWritten = pen.write(bytes)
        self.state.withLock { state in
            if isWritten { state.queue.written(lines) } else { state.queue.failed(lines) }
        }
        self.count(lines.count, isWritten ? .written : .failed)
    }
}

/// The output, and what is said of it. Of one thread.
private struct Pen {
    private var output: CheckedOutput
    private let reporting: LineWriter.Reporting
    private var isFailing = false
    /// To be told elsewhere, once the output works again.
    private var untold = 0

    init(output: CheckedOutput, reporting: LineWriter.Reporting) {
        self.output = output
        self.reporting = reporting
    }

    /// `false` when it failed.
    mutating func write(_ bytes: [UInt8]) -> Bool {
        do throws(OutputError) {
            try self.output.write(bytes)
        } catch {
            if !self.isFailing, case .elsewhere(let tell) = self.reporting { tell(.failing(error)) }
            self.isFailing = true
            return false
        }
        self.isFailing = false
        self.tellUntold()
        return true
    }

    /// `false` when it could not be told.
    mutating func tell(lost: Int) -> Bool {
        switch self.reporting {
        case .within(let line): return self.write(line, .lost(lines: lost))
        case .elsewhere:
            self.untold += lost
            return true
        }
    }

    mutating func reopen() {
        do throws(Complaint) {
            self.output = try self.output.reopened()
        } catch {
            switch self.reporting {
            case .within(let line): _ = self.write(line, .notReopened(error))
            case .elsewhere(let tell): tell(.notReopened(error))
            }
        }
    }

    mutating func end() { self.tellUntold() }

    private mutating func write(_ line: (LineWriter.News) -> String?, _ news: LineWriter.News) -> Bool {
        line(news).map { self.write(Array($0.utf8)) } ?? true
    }

    private mutating func tellUntold() {
        guard self.untold > 0, case .elsewhere(let tell) = self.reporting else { return }
        tell(.lost(lines: self.untold))
        self.untold = 0
    }
}
