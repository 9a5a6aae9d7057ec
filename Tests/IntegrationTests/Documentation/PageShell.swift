import FolderTesting
import Foundation

/// A shell in a fresh folder, as somebody has it open who follows a page: what one command exports, and where it changes to,
/// holds for the next.
final class PageShell {
    struct Finished {
        let status: Int32
        let output: String
    }

    private let folder: TemporaryFolder
    private let start: URL
    private let variables: URL
    private let place: URL
    private var servers: [Running] = []

    /// A folder with the catalogue and the recipes, as a checkout has them.
    init() throws {
        self.folder = try TemporaryFolder()
        self.start = self.folder.file("checkout")
        self.variables = self.folder.file("variables")
        self.place = self.folder.file("place")
        try FileManager.default.createDirectory(at: self.start, withIntermediateDirectories: true)
        for name in ["Scenarios", "Certs"] {
            try FileManager.default.copyItem(
                at: Programs.root.appending(path: name),
                to: self.start.appending(path: name)
            )
        }
        try Data().write(to: self.variables)
        try Data(self.start.path.utf8).write(to: self.place)
    }

    /// Where the shell is now.
    var current: URL {
        let path = (try? String(contentsOf: self.place, encoding: .utf8)) ?? self.start.path
        return URL(filePath: path.trimmingCharacters(in: .newlines))
    }

    /// Runs a command to its end, or kills it after the time given.
    func run(_ command: String, within seconds: Double = 180) async throws -> Finished {
        let script = """
            . '\(self.variables.path)'; cd "$(cat '\(self.place.path)')" || exit 99
            \(command)
            status=$?; pwd >'\(self.place.path)'; export -p >'\(self.variables.path)'; exit $status
            """
        let program = try Running(script, in: self.folder)
        let isEnded = try await program.wait(seconds: seconds) { !program.process.isRunning }
        if !isEnded { program.end() }
        program.process.waitUntilExit()
        return Finished(status: program.process.terminationStatus, output: program.output)
    }

    /// Starts a program that stays until ``stop()``, and waits until it has printed what shows that it is ready.
    ///
    /// - Returns: `nil` when it is ready, else how it ended or what it printed instead.
    func serve(_ command: String, until isReady: (String) -> Bool) async throws -> Finished? {
        let script = """
            . '\(self.variables.path)'; cd "$(cat '\(self.place.path)')" || exit 99
            exec \(command)
            """
        let program = try Running(script, in: self.folder, isOurs: command.hasPrefix("shakedown"))
        self.servers.append(program)
        let isUp = try await program.wait(seconds: 60) { isReady(program.output) || !program.process.isRunning }
        if isUp, isReady(program.output), program.process.isRunning { return nil }
        let status = program.process.isRunning ? 0 : program.process.terminationStatus
        return Finished(status: status, output: program.output)
    }

    /// As Ctrl-C in every terminal, the last first: agents before their edge.
    ///
    /// - Returns: What of ours did not end by itself then. Other programs are killed: in what the threads of tests start,
    ///   signals are blocked, and ours alone unblock them.
    func interrupt() async throws -> [Finished] {
        var stubborn: [Finished] = []
        for server in self.servers.reversed() where server.isOurs {
            server.process.interrupt()
            if try await server.wait(seconds: 60, until: { !server.process.isRunning }) { continue }
            stubborn.append(Finished(status: 0, output: server.output))
        }
        self.stop()
        return stubborn
    }

    /// Stops what still runs, the last first.
    func stop() {
        for server in self.servers.reversed() { server.end() }
        self.servers = []
    }

    deinit { self.stop() }

    /// One `bash` with everything it prints in one file.
    private final class Running {
        let process = Process()
        let isOurs: Bool
        private let file: URL

        init(_ script: String, in folder: TemporaryFolder, isOurs: Bool = false) throws {
            self.isOurs = isOurs
            self.file = folder.file("\(UUID().uuidString).out")
            try Data().write(to: self.file)
            let output = try FileHandle(forWritingTo: self.file)
            self.process.executableURL = URL(filePath: "/bin/bash")
            self.process.arguments = ["-c", script]
            var environment = ProcessInfo.processInfo.environment
            environment["PATH"] = Programs.folder.path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
            // Python keeps what it prints to itself for a while when nobody looks at a terminal.
            environment["PYTHONUNBUFFERED"] = "1"
            environment["NGROK_AUTHTOKEN"] = nil
            environment["TMPDIR"] = folder.url.path
            // What a program keeps for its user is kept here.
            environment["HOME"] = folder.url.path
            environment["XDG_STATE_HOME"] = nil
            self.process.environment = environment
            self.process.standardInput = FileHandle.nullDevice
            self.process.standardOutput = output
            self.process.standardError = output
            try self.process.run()
        }

        var output: String { (try? String(contentsOf: self.file, encoding: .utf8)) ?? "" }

        func wait(seconds: Double, until condition: () -> Bool) async throws -> Bool {
            let limit = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < limit {
                if condition() { return true }
                try await Task.sleep(for: .milliseconds(10))
            }
            return condition()
        }

        /// At once: the page is over, and a drain has nothing to wait for.
        func end() {
            guard self.process.isRunning else { return }
            kill(self.process.processIdentifier, SIGKILL)
            self.process.waitUntilExit()
        }
    }
}
