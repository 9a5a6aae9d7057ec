package import Foundation
internal import Glibc
internal import Synchronization

/// A program that runs under a supervisor, and ends when this value goes away.
package final class SupervisedProcess: Sendable {
    /// As messages call it: `haproxy`, `shakedown-agent (e12)`.
    package let title: String
    package let log: URL
    private let supervisor: pid_t
    /// The harness's end of the supervisor's standard input. Its end, by whatever death, ends the program.
    private let control: Int32
    private let grace: Duration
    private let state = Mutex(State())

    private struct State {
        var isReleased = false
        var status: Int32?
    }

    /// - Parameters:
    ///   - supervisor: The command to which the options of ``SupervisorOptions`` are added.
    ///   - environment: What the program finds in its environment besides what this process has in its own. It is not on
    ///     any command line, which others on this machine could read.
    package init(
        title: String,
        supervisor: [String],
        options: SupervisorOptions,
        environment: [String: String] = [:],
        log: URL
    ) throws(POSIXFailure) {
        self.title = title
        self.log = log
        self.grace = options.grace
        var ends: [Int32] = [-1, -1]
        // socketpair writes two descriptors into the array's two elements. A socket, because writing to one whose
        // reader has gone can be kept from raising SIGPIPE.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let isPaired = unsafe socketpair(AF_UNIX, type, 0, &ends) == 0
        // open reads the path during the call only.
        let output = unsafe open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer {
            close(ends[1])
            close(output)
        }
        guard isPaired, output >= 0 else {
            close(ends[0])
            throw POSIXFailure(subject: "cannot prepare \(log.path)")
        }
        do {
            self.supervisor = try ChildProcess.spawn(
                supervisor + options.arguments,
                input: ends[1],
                output: output,
                environment: environment
            )
        } catch {
            close(ends[0])
            throw error
        }
        self.control = ends[0]
        LivingPrograms.add(self)
    }

    /// The running program's hidden subcommand.
    package static var ownSupervisor: [String] {
        [Bundle.main.executablePath ?? CommandLine.arguments[0], "supervise"]
    }

    deinit {
        close(self.control)
        LivingPrograms.remove(ObjectIdentifier(self))
    }

    /// `nil` while it runs; then as a shell says it.
    package var status: Int32? {
        self.state.withLock { state in
            if state.status == nil { state.status = ChildProcess.reap(self.supervisor) }
            return state.status
        }
    }

    package func send(_ signal: ProcessSignal) { self.tell("signal \(signal.rawValue)") }

    /// Makes the program and whatever it started stand still, until ``resume()``; gives whether it does.
    package func pause() async -> Bool {
        self.tell("pause")
        let deadline = ContinuousClock.now + Self.obedience
        var answer: [UInt8] = []
        while ContinuousClock.now < deadline, self.status == nil {
            var buffer = [UInt8](repeating: 0, count: 64)
            // recv writes at most `count` bytes into the buffer.
            let count = unsafe recv(self.control, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { answer += buffer.prefix(count) }
            if answer.last == UInt8(ascii: "\n") { return true }
            await Pause.short()
        }
        return false
    }

    package func resume() { self.tell("resume") }

    /// For a machine so busy that nobody gets his turn: stopping a program takes less than a millisecond.
    private static let obedience = Duration.seconds(30)

    /// Has the supervisor end the program.
    package func release() {
        let isFirst = self.state.withLock { state in
            defer { state.isReleased = true }
            return !state.isReleased
        }
        if isFirst { self.tell("stop") }
    }

    private func tell(_ command: String) {
        let line = Array("\(command)\n".utf8)
        // The array outlives the call. A supervisor that is gone has no use for it.
        _ = unsafe Glibc.send(self.control, line, line.count, Int32(MSG_NOSIGNAL))
    }

    /// Ends the program and waits until it has gone.
    package func end() async {
        self.release()
        await self.waitForEnd()
    }

    /// Ends it without a chance to say goodbye, and waits until it has gone.
    package func kill() async {
        self.send(.kill)
        await self.waitForEnd()
    }

    private func waitForEnd() async {
        // The supervisor keeps to the grace; what comes after it is its own way out.
        let deadline = ContinuousClock.now + self.grace + .seconds(3)
        while self.status == nil {
            if ContinuousClock.now > deadline {
                Glibc.kill(self.supervisor, SIGKILL)
                return
            }
            await Pause.short()
        }
    }

    /// Waits until it ends by itself; gives its status, or `nil` where it still runs at this instant or the task is cancelled.
    package func waitForExit(before deadline: ContinuousClock.Instant) async -> Int32? {
        while !Task.isCancelled {
            if let status = self.status { return status }
            if ContinuousClock.now >= deadline { return nil }
            await Pause.short()
        }
        return self.status
    }

    /// The last words in the log, at most 4 KiB.
    package var lastWords: String { LogTail.text(of: self.log, limit: 4_096) }
}
