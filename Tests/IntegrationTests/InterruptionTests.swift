import Foundation
import Testing

@Suite("A run that is interrupted", .serialized)
struct InterruptionTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    /// Cases that wait for the hello's deadline, so that there is time to interrupt.
    private func startWaiting(_ arguments: String...) async throws -> RunningProgram {
        let program = try self.checkout.start(["run", "silence.*"] + arguments)
        // The edge, its agent and their supervisors; not every command line names the folder.
        let isUnderWay = try await program.wait { self.checkout.children.count >= 3 }
        #expect(isUnderWay, "\(program.errors)")
        return program
    }

    /// What no run may leave, however it ends.
    private func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try self.checkout.leftovers.isEmpty, sourceLocation: sourceLocation)
        #expect(self.checkout.children.isEmpty, sourceLocation: sourceLocation)
    }

    @Test(
        "any signal that asks to stop has the reports written, and ends with 1",
        arguments: [SIGINT, SIGTERM, SIGHUP]
    )
    func stops(signal: Int32) async throws {
        let program = try await self.startWaiting()
        kill(program.process.processIdentifier, signal)
        let outcome = try await program.end()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("once more to leave at once"))
        try self.expectNothingLeft()
        let run = try self.checkout.latestRun()
        #expect(run.isInterrupted)
        let interruption = try #require(run.interruption)
        let counted = interruption.judged + interruption.unproven + interruption.cutShort + interruption.notBegun
        #expect(counted == run.results.count { $0.verdict.outcome != "unsupported" })
        #expect(outcome.output.contains("interrupted: "), "\(outcome.output)")
        #expect(run.results.allSatisfy { $0.verdict.outcome != "error" })
    }

    @Test("a program that was told to ignore the end of its terminal goes on")
    func nohup() async throws {
        let line =
            "trap '' HUP; $shakedown run routing.exact -q & while kill -HUP $! 2>/dev/null; do sleep 0.05; done; wait $!"
        let outcome = try await self.checkout.shell(line)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test("the second Ctrl-C leaves at once with 130: reports are written, and neither keys nor programs stay")
    func leaves() async throws {
        let program = try await self.startWaiting()
        kill(program.process.processIdentifier, SIGINT)
        let isStopping = try await program.wait { program.errors.contains("stopping") }
        #expect(isStopping)
        kill(program.process.processIdentifier, SIGINT)
        let outcome = try await program.end()
        // The run may have been through with its stopping by itself.
        #expect([130, 1].contains(outcome.status), "\(outcome.errors)")
        try self.expectNothingLeft()
        #expect(try self.checkout.latestRun().isInterrupted)
    }

    @Test("two signals at once, while the target is still being started, leave nothing either")
    func leavesEarly() async throws {
        let program = try self.checkout.start(["run"])
        let hasKeys = try await program.wait { (try? self.checkout.leftovers.isEmpty) == false }
        #expect(hasKeys)
        kill(program.process.processIdentifier, SIGINT)
        let isStopping = try await program.wait { program.errors.contains("stopping") }
        #expect(isStopping)
        kill(program.process.processIdentifier, SIGTERM)
        let outcome = try await program.end()
        #expect([143, 1].contains(outcome.status), "\(outcome.errors)")
        try self.expectNothingLeft()
        let run = try self.checkout.latestRun()
        #expect(run.isInterrupted)
        #expect(run.interruption?.judged == 0)
        #expect(run.results.contains { $0.verdict.summary == "not run: the run was interrupted before its turn" })
    }

    @Test("what a killed run left is swept by the next, and a living run's is not")
    func sweeps() async throws {
        let killed = try await self.startWaiting()
        let left = try self.checkout.leftovers
        #expect(left.count == 1)
        kill(killed.process.processIdentifier, SIGKILL)
        _ = try await killed.end()
        try #require(try await self.checkout.waitUntilChildless())
        #expect(try self.checkout.leftovers == left)
        let living = try await self.startWaiting()
        #expect(try Set(self.checkout.leftovers).isDisjoint(with: left))
        #expect(try await self.checkout.run(["run", "routing.exact", "-q"]).status == 0)
        #expect(living.process.isRunning)
        kill(living.process.processIdentifier, SIGINT)
        #expect(try await living.end().status == 1)
        try self.expectNothingLeft()
    }
}
