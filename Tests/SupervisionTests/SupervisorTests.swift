import FolderTesting
import Foundation
import ProcessTesting
import ProgramKit
import Testing

@testable import Supervision

@Suite("The supervisor")
struct SupervisorTests {
    /// Starts a shell script, by its supervisor, in a folder of its own.
    private func withScript(
        _ script: String,
        stopCommand: [String] = [],
        pidFile: String? = nil,
        grace: Duration = .seconds(5),
        openFiles: Int? = nil,
        _ body: (SupervisedProcess, URL) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let process = try SupervisedProcess(
                title: "script",
                supervisor: ProcessTesting.supervisor,
                options: SupervisorOptions(
                    command: ["sh", "-c", script],
                    directory: folder.path,
                    stopSignal: .terminate,
                    stopCommand: stopCommand,
                    pidFile: pidFile,
                    grace: grace,
                    openFiles: openFiles
                ),
                log: folder.appending(path: "log")
            )
            try await body(process, folder)
            await process.end()
        }
    }

    private func processes(_ names: [String], in folder: URL) async throws -> [Int] {
        _ = await eventually { names.allSatisfy { number(in: folder.appending(path: $0)) != nil } }
        return try names.map { try #require(number(in: folder.appending(path: $0))) }
    }

    @Test(
        "gives the program the limit of open files that it is told, and no other where it is told none",
        arguments: [nil, 77]
    )
    func openFiles(limit: Int?) async throws {
        let mine = try #require(OpenFiles.limit)
        try await self.withScript("echo $(ulimit -Sn) > limit; sleep 60", openFiles: limit) { _, folder in
            let given = try await self.processes(["limit"], in: folder)
            #expect(given == [limit ?? mine])
        }
    }

    @Test("ends the program and what it started when its standard input ends, by whatever death")
    func endOfInput() async throws {
        try await withTemporaryFolder { folder in
            var process: SupervisedProcess? = try SupervisedProcess(
                title: "script",
                supervisor: ProcessTesting.supervisor,
                options: SupervisorOptions(
                    command: ["sh", "-c", "sleep 60 & echo $! > child; echo $$ > leader; wait"],
                    directory: folder.path,
                    stopSignal: .terminate,
                    grace: .seconds(5)
                ),
                log: folder.appending(path: "log")
            )
            let started = try await self.processes(["child", "leader"], in: folder)
            #expect(process?.status == nil)
            process = nil
            #expect(await eventually { !started.contains { isRunning($0) } })
        }
    }

    @Test("makes a program and what it started stand still, lets it go on, and ends one that stands still")
    func pausing() async throws {
        try await self.withScript("sleep 60 & echo $! > child; echo $$ > leader; wait") { process, folder in
            let started = try await self.processes(["child", "leader"], in: folder)
            #expect(await process.pause())
            #expect(await eventually { started.allSatisfy { state(of: $0) == "T" } })
            // Twice is no more than once.
            #expect(await process.pause())
            process.resume()
            #expect(await eventually { !started.contains { state(of: $0) == "T" } })
            #expect(await process.pause())
            await process.end()
            #expect(process.status == 143)
        }
    }

    @Test("says that a program does not stand still which has ended")
    func pausingWhatEnded() async throws {
        try await self.withScript("exit 3") { process, _ in
            #expect(await eventually { process.status != nil })
            #expect(await !process.pause())
            #expect(process.status == 3)
        }
    }

    @Test("can still be told to kill while the grace of a stop lasts")
    func killedWhileStopping() async throws {
        try await self.withScript("trap '' TERM; echo $$ > leader; while :; do sleep 0.01; done", grace: .seconds(60)) {
            process,
            folder in
            _ = try await self.processes(["leader"], in: folder)
            process.release()
            process.send(.kill)
            #expect(await eventually { process.status == 128 + 9 })
        }
    }

    @Test("ends the program and what it started when it is told to stop")
    func stops() async throws {
        try await self.withScript("sleep 60 & echo $! > child; echo $$ > leader; wait") { process, folder in
            let started = try await self.processes(["child", "leader"], in: folder)
            #expect(started.allSatisfy { isRunning($0) })
            process.release()
            #expect(await eventually { !started.contains { isRunning($0) } })
            #expect(await eventually { process.status != nil })
        }
    }

    @Test("kills a group that ignores the stop signal, after the grace")
    func stubborn() async throws {
        try await self.withScript(
            "trap '' TERM; (trap '' TERM; echo $$ > leader; while :; do sleep 1; done) & echo $! > child; wait",
            grace: .milliseconds(200)
        ) { process, folder in
            let started = try await self.processes(["child", "leader"], in: folder)
            process.release()
            #expect(await eventually { !started.contains { isRunning($0) } })
            #expect(await eventually { process.status == 128 + 9 })
        }
    }

    /// Starts a script in a session of its own, and leaves once that has written its pid file.
    private static func inBackground(_ script: String) -> String {
        "echo $$ > first; setsid sh -c '\(script)' & until [ -s pid ]; do sleep 0.01; done"
    }

    @Test("follows a program into the background by its pid file, and ends it with what it started")
    func background() async throws {
        let script = Self.inBackground("sleep 60 & echo $! > child; echo $$ > pid; wait")
        try await self.withScript(script, pidFile: "pid") { process, folder in
            let started = try await self.processes(["child", "pid"], in: folder)
            let first = try await self.processes(["first"], in: folder)[0]
            #expect(await eventually { !isRunning(first) })
            #expect(process.status == nil)
            #expect(started.allSatisfy { isRunning($0) })
            process.release()
            #expect(await eventually { !started.contains { isRunning($0) } })
            #expect(await eventually { process.status != nil })
        }
    }

    @Test("notices when a program in the background ends, and exits with its status")
    func backgroundEnds() async throws {
        let script = Self.inBackground("echo $$ > pid; until [ -e go ]; do sleep 0.01; done; exit 7")
        try await self.withScript(script, pidFile: "pid") { process, folder in
            let first = try await self.processes(["first"], in: folder)[0]
            #expect(await eventually { !isRunning(first) })
            #expect(process.status == nil)
            try Data().write(to: folder.appending(path: "go"))
            #expect(await eventually { process.status == 7 })
        }
    }

    @Test("a program with a pid file may stay in the foreground")
    func pidFileInForeground() async throws {
        try await self.withScript("echo $$ > pid; until [ -e go ]; do sleep 0.01; done; exit 3", pidFile: "pid") {
            process,
            folder in
            _ = try await self.processes(["pid"], in: folder)
            try Data().write(to: folder.appending(path: "go"))
            #expect(await eventually { process.status == 3 })
        }
    }

    @Test("runs the stop command in place of the signal")
    func stopCommand() async throws {
        try await self.withScript(
            "trap 'echo 1 > term' TERM; trap 'exit 3' INT; echo $$ > leader; while :; do sleep 0.01; done",
            stopCommand: ["sh", "-c", "kill -INT $(cat leader)"]
        ) { process, folder in
            _ = try await self.processes(["leader"], in: folder)
            process.release()
            #expect(await eventually { process.status == 3 })
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "term").path))
        }
    }

    @Test("kills what a stop command did not end, after the grace")
    func uselessStopCommand() async throws {
        try await self.withScript(
            "echo $$ > leader; while :; do sleep 0.01; done",
            stopCommand: ["true"],
            grace: .milliseconds(200)
        ) { process, folder in
            let leader = try await self.processes(["leader"], in: folder)[0]
            process.release()
            #expect(await eventually { process.status == 128 + 9 })
            #expect(!isRunning(leader))
        }
    }

    @Test("ends what a program leaves behind when it exits by itself, and exits with its status")
    func leftBehind() async throws {
        try await self.withScript("trap '' TERM; sleep 60 & echo $! > child; exit 7") { process, folder in
            let child = try await self.processes(["child"], in: folder)
            #expect(await eventually { process.status == 7 })
            #expect(await eventually { !isRunning(child[0]) })
        }
    }

    @Test("passes on a signal, and nothing else that comes on its input")
    func forwarding() async throws {
        try await self.withScript("trap 'echo 1 > hup' HUP; echo 1 > ready; while :; do sleep 0.01; done") {
            process,
            folder in
            _ = try await self.processes(["ready"], in: folder)
            process.send(.hangUp)
            #expect(await eventually { number(in: folder.appending(path: "hup")) == 1 })
            #expect(process.status == nil)
        }
    }

    @Test("kills at once when told to, and says so in its status")
    func killing() async throws {
        try await self.withScript("trap '' TERM; sleep 60 & echo $! > child; echo 1 > ready; wait") { process, folder in
            let child = try await self.processes(["child", "ready"], in: folder)[0]
            await process.kill()
            #expect(process.status == Int32(128 + 9))
            #expect(await eventually { !isRunning(child) })
        }
    }

    @Test("ends the program when this value goes away")
    func release() async throws {
        try await withTemporaryFolder { folder in
            do {
                let process = try SupervisedProcess(
                    title: "script",
                    supervisor: ProcessTesting.supervisor,
                    options: SupervisorOptions(
                        command: ["sh", "-c", "echo $$ > leader; exec sleep 60"],
                        directory: folder.path,
                        stopSignal: .terminate,
                        grace: .seconds(5)
                    ),
                    log: folder.appending(path: "log")
                )
                _ = try await self.processes(["leader"], in: folder)
                withExtendedLifetime(process) {}
            }
            let leader = try #require(number(in: folder.appending(path: "leader")))
            #expect(await eventually { !isRunning(leader) })
        }
    }

    @Test("says what is wrong when the program cannot be started")
    func notFound() async throws {
        try await withTemporaryFolder { folder in
            let process = try SupervisedProcess(
                title: "nothing",
                supervisor: ProcessTesting.supervisor,
                options: SupervisorOptions(
                    command: ["/nonexistent/program"],
                    directory: folder.path,
                    stopSignal: .terminate,
                    grace: .seconds(1)
                ),
                log: folder.appending(path: "log")
            )
            #expect(await eventually { process.status == 127 })
            #expect(
                process.lastWords
                    == "shakedown supervise: error: cannot start /nonexistent/program: no such file or directory"
            )
        }
    }

    @Test(
        "refuses wrong usage",
        arguments: [
            (["--grace", "1"], "there is no command after '--'"),
            (["--"], "there is no command after '--'"),
            (["--grace"], "--grace lacks its value"),
            (["--grace", "soon", "--", "true"], "--grace must be from 0 to 3600 seconds, and is 'soon'"),
            (["--stop-signal", "BOO", "--", "true"], "no signal is named 'BOO'"),
            (["--colour", "red", "--", "true"], "unknown option '--colour'"),
        ]
    )
    func usage(_ arguments: [String], _ message: String) throws {
        let mistake = try #require(throws: SupervisorOptions.Mistake.self) {
            try SupervisorOptions(arguments: arguments)
        }
        #expect(mistake.description == message)
    }

    @Test("reads the options that it writes")
    func roundTrip() throws {
        let options = SupervisorOptions(
            command: ["a", "--", "--grace"],
            directory: "/x y",
            stopSignal: .quit,
            stopCommand: ["b", "--stop-word", "--"],
            pidFile: "/x y/pid",
            grace: .milliseconds(1_500)
        )
        #expect(try SupervisorOptions(arguments: options.arguments) == options)
    }
}
