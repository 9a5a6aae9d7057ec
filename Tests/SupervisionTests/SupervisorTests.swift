import FolderTesting
import Foundation
import ProcessTesting
import Testing

@testable import Supervision

@Suite("The supervisor")
struct SupervisorTests {
    /// Starts a shell script, by its supervisor, in a folder of its own.
    private func withScript(
        _ script: String,
        grace: Duration = .seconds(5),
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
                    grace: grace
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
            grace: .milliseconds(1_500)
        )
        #expect(try SupervisorOptions(arguments: options.arguments) == options)
    }
}
