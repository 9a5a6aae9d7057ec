internal import Foundation
internal import Glibc
internal import ProgramKit

/// Runs one program and outlives its parent by a moment only: the guard against processes that are left behind.
///
/// `shakedown supervise --grace 2 -- haproxy -f haproxy.cfg` starts the program in a process group of its own. When the
/// supervisor's standard input ends (its parent is gone, however it went) or SIGTERM, SIGINT or SIGHUP comes, the whole
/// group gets the stop signal, and SIGKILL after the grace; a line `stop` on standard input does the same. A line
/// `signal HUP` is passed on. `pause` makes the group stand still, and is answered by a line `paused` on the same socket
/// once the program does; `resume` lets it go on. The exit status is the program's, or 128 and a signal's number.
///
/// A program that goes into the background is followed by its pid file; the supervisor is then the parent of all that it
/// started, and ends that too. A stop command takes the place of the stop signal.
package struct Supervisor {
    let options: SupervisorOptions
    /// The program: the process that was started, or the one in the background that its pid file names.
    private var child: pid_t
    private var group: pid_t
    private var childStatus: Int32?
    private var pendingInput: [UInt8] = []
    private var isInputOpen = true
    private var stopDeadline: ContinuousClock.Instant?
    /// Set while the program has left for the background and its pid file is awaited.
    private var adoptionDeadline: ContinuousClock.Instant?
    private var isFollowed = false
    /// The process of the stop command.
    private var stopper: pid_t?
    private var isKilled = false
    private var isPaused = false

    /// What is left of a group after its leader has gone gets this long to go by itself: long enough to finish a line
    /// of a log, too short to be waited for.
    private static let lingering = Duration.milliseconds(250)

    /// From a program's going into the background to its pid file; it is mostly written before.
    private static let patienceForPidFile = Duration.seconds(5)

    /// Runs to the end of the program and returns the status to exit with: 64 where the arguments are wrong, 127 where
    /// the program cannot be started.
    ///
    /// It changes this process (signal handlers, working directory, open files), and so must have it for itself.
    package static func run(arguments: [String]) -> Int32 {
        let options: SupervisorOptions
        do {
            options = try SupervisorOptions(arguments: arguments)
        } catch {
            Self.complain(error.description)
            return 64
        }
        do {
            var supervisor = try Supervisor(starting: options)
            return supervisor.watch()
        } catch {
            Self.complain(error.description)
            return 127
        }
    }

    private static func complain(_ sentence: String) {
        let line = Array("shakedown supervise: error: \(sentence)\n".utf8)
        // The array outlives the call; a log that cannot be written leaves nobody to tell.
        _ = unsafe write(STDERR_FILENO, line, line.count)
    }

    private init(starting options: SupervisorOptions) throws(POSIXFailure) {
        // Sockets of the parent that it did not mark close-on-exec would stay open here, and in the program.
        closefrom(3)
        // The harness has raised its own limit, which is nothing that the program should profit from.
        if let count = options.openFiles { OpenFiles.setLimit(to: count) }
        // chdir reads the path during the call only.
        if let directory = options.directory, unsafe chdir(directory) != 0 {
            throw POSIXFailure(subject: "cannot change to \(directory)")
        }
        try SignalPipe.install(for: [SIGTERM, SIGINT, SIGHUP, SIGCHLD])
        if let file = options.pidFile {
            try ForkedPrograms.adopt()
            // One that an earlier program left would be believed. unlink reads the path during the call only.
            unsafe unlink(file)
        }
        self.options = options
        let input = try options.inputFile.map(Self.openInput)
        let output = try options.outputFile.map(Self.openOutput)
        // The program has its own copies. The input's other end stays open as long as this process.
        defer { for descriptor in [input, output].compactMap(\.self) { close(descriptor) } }
        self.child = try ChildProcess.spawn(options.command, input: input, output: nil, words: output)
        self.group = self.child
    }

    /// The reading end of a pipe that has the file's bytes in it. A program that hears the end of its input takes that for its
    /// user's wish to leave, so that the writing end stays open.
    private static func openInput(_ path: String) throws(POSIXFailure) -> Int32 {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw POSIXFailure(number: ENOENT, subject: "cannot read \(path)")
        }
        var ends: [Int32] = [-1, -1]
        // pipe writes two descriptors into the array's two elements.
        guard unsafe pipe(&ends) == 0 else { throw POSIXFailure(subject: "cannot make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A pipe takes 64 KiB before its writer must wait (pipe(7)), and nobody reads yet.
        guard bytes.count <= 65_536 else { throw POSIXFailure(number: EFBIG, subject: "cannot take \(path) for input") }
        let written = unsafe bytes.withUnsafeBytes { unsafe write(ends[1], $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw POSIXFailure(subject: "cannot write to a pipe") }
        return ends[0]
    }

    private static func openOutput(_ path: String) throws(POSIXFailure) -> Int32 {
        // open reads the path during the call only.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXFailure(subject: "cannot write \(path)") }
        return descriptor
    }

    private mutating func watch() -> Int32 {
        defer { if let stopper { kill(-stopper, SIGKILL) } }
        while true {
            if self.adoptionDeadline != nil { self.adopt() }
            if self.childStatus == nil, self.adoptionDeadline == nil, let status = ChildProcess.reap(self.child) {
                self.childEnded(status: status)
            }
            if let status = self.childStatus, self.isKilled || !self.isAnyoneAlive { return status }
            if let deadline = self.stopDeadline, deadline <= .now, !self.isKilled {
                self.signalAll(SIGKILL)
                self.isKilled = true
                continue
            }
            self.waitForNews()
        }
    }

    private mutating func childEnded(status: Int32) {
        if status == 0, self.options.pidFile != nil, !self.isFollowed, self.stopDeadline == nil {
            self.adoptionDeadline = .now + Self.patienceForPidFile
            return
        }
        self.childStatus = status
        self.beginEnd(grace: Self.lingering)
    }

    /// Takes the process that the pid file names for the program, if it is one of ours.
    private mutating func adopt() {
        if let file = self.options.pidFile, let process = ForkedPrograms.process(inFile: file),
            process != self.child, ForkedPrograms.children().contains(process)
        {
            self.child = process
            let group = getpgid(process)
            // Of a process that has gone already there is none.
            self.group = group > 1 ? group : process
            self.isFollowed = true
            self.adoptionDeadline = nil
        } else if let deadline = self.adoptionDeadline, deadline <= .now || self.stopDeadline != nil {
            if self.stopDeadline == nil { Self.complain("the program went into the background without a pid file") }
            self.adoptionDeadline = nil
            self.childStatus = 0
            self.beginEnd(grace: Self.lingering)
        }
    }

    private var isAnyoneAlive: Bool {
        if ChildProcess.isAlive(group: self.group) { return true }
        guard self.options.pidFile != nil else { return false }
        ForkedPrograms.reapAll(except: self.child)
        return !ForkedPrograms.children().isEmpty
    }

    /// The program's group, and of one in the background everything else that it started.
    private func signalAll(_ signal: Int32) {
        kill(-self.group, signal)
        guard self.options.pidFile != nil else { return }
        for process in ForkedPrograms.children() where getpgid(process) != self.group { kill(process, signal) }
    }

    /// Waits for input, a signal, or the next moment at which something is due.
    private mutating func waitForNews() {
        // poll skips a negative descriptor. While a group without its leader lingers, nothing tells of its end.
        var watched = [
            pollfd(fd: self.isInputOpen ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: SignalPipe.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        let isPolling = self.childStatus != nil || self.adoptionDeadline != nil
        let timeout: Int32 = isPolling ? 5 : self.stopDeadline.map(Self.milliseconds(until:)) ?? -1
        // poll writes to the two elements only; an interrupted call is repeated by the loop.
        guard unsafe poll(&watched, 2, timeout) > 0 else { return }
        if watched[0].revents != 0 { self.readInput() }
        if watched[1].revents != 0, SignalPipe.take().contains(where: { $0 != SIGCHLD }) {
            self.beginStop(grace: self.options.grace)
        }
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        // Rounded up, or the loop would spin through the last millisecond.
        Int32(clamping: Int((deadline - .now) / .milliseconds(1)) + 1).clampedToZero
    }

    private mutating func readInput() {
        var buffer = [UInt8](repeating: 0, count: 256)
        // read writes at most `count` bytes into the buffer.
        let count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
        if count < 0 && errno == EINTR { return }
        guard count > 0 else {
            self.isInputOpen = false
            self.beginStop(grace: self.options.grace)
            return
        }
        self.pendingInput += buffer.prefix(count)
        while let end = self.pendingInput.firstIndex(of: UInt8(ascii: "\n")) {
            self.obey(String(decoding: self.pendingInput[..<end], as: UTF8.self))
            self.pendingInput.removeSubrange(...end)
        }
    }

    private mutating func obey(_ line: String) {
        let words = line.split(separator: " ")
        if words == ["stop"] {
            self.beginStop(grace: self.options.grace)
            return
        }
        if words == ["pause"] {
            self.pause()
            return
        }
        if words == ["resume"] {
            self.resume()
            return
        }
        guard words.count == 2, words[0] == "signal", let signal = ProcessSignal(rawValue: String(words[1])) else {
            Self.complain("not a command: '\(line)'")
            return
        }
        // SIGKILL leaves nobody to end the rest of the group, other signals are for the program to pass on.
        guard self.childStatus == nil else { return }
        if signal == .kill { self.signalAll(SIGKILL) } else { kill(self.child, signal.number) }
    }

    private mutating func pause() {
        guard self.childStatus == nil else { return }
        if !self.isPaused {
            kill(-self.group, SIGSTOP)
            if let status = ChildProcess.waitUntilStopped(self.child) {
                self.childStatus = status
                self.beginStop(grace: Self.lingering)
                return
            }
            self.isPaused = true
        }
        let answer = Array("\(Self.pausedAnswer)\n".utf8)
        // The array outlives the call. Standard input is the parent's socket; a parent that is gone needs no answer.
        _ = unsafe send(STDIN_FILENO, answer, answer.count, Int32(MSG_NOSIGNAL))
    }

    static let pausedAnswer = "paused"

    private mutating func resume() {
        guard self.isPaused else { return }
        self.isPaused = false
        kill(-self.group, SIGCONT)
    }

    /// Runs the stop command, or sends the stop signal.
    private mutating func beginStop(grace: Duration) {
        guard self.stopDeadline == nil, self.childStatus == nil, !self.options.stopCommand.isEmpty else {
            self.beginEnd(grace: grace)
            return
        }
        do {
            self.stopper = try ChildProcess.spawn(self.options.stopCommand, input: nil, output: nil)
            self.stopDeadline = .now + grace
        } catch {
            Self.complain(error.description)
            self.beginEnd(grace: grace)
        }
    }

    private mutating func beginEnd(grace: Duration) {
        let deadline = ContinuousClock.now + grace
        if let earlier = self.stopDeadline {
            self.stopDeadline = min(earlier, deadline)
            return
        }
        self.stopDeadline = deadline
        self.signalAll(self.options.stopSignal.number)
        // Who stands still would not hear it.
        self.resume()
    }
}

extension Int32 {
    fileprivate var clampedToZero: Int32 { Swift.max(self, 0) }
}
