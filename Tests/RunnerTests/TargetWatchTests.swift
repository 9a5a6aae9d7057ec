import ScenarioModel
import Testing

@testable import Runner

@Suite("Whether the target is alive, and has been", .timeLimit(.minutes(1)))
struct TargetWatchTests {
    /// A target that answers each control as told.
    private actor Target {
        /// What is wrong with the coming rounds' echoes, and with what they hold.
        var echoes: [String?]
        var holds: [String?]

        init(echoes: [String?], holds: [String?]) {
            self.echoes = echoes
            self.holds = holds
        }

        func echo() -> String? { self.echoes.isEmpty ? nil : self.echoes.removeFirst() }
        func afterwards() -> String? { self.holds.isEmpty ? nil : self.holds.removeFirst() }

        nonisolated var play: ControlRound.Play {
            { _, hold in
                if let trouble = await self.echo() { return trouble }
                await hold()
                return await self.afterwards()
            }
        }
    }

    private static func watch(echoes: [String?] = [], holds: [String?] = []) -> TargetWatch {
        TargetWatch([SampleCase.make("c")], play: Target(echoes: echoes, holds: holds).play)
    }

    @Test("a target that answers confirms what was before, round after round")
    func alive() async {
        let watch = Self.watch()
        for _ in 0..<3 {
            let before = ContinuousClock.now
            guard case .confirm(let instant) = await watch.step() else {
                Issue.record("not confirmed")
                return
            }
            #expect(instant >= before)
        }
        #expect(await watch.end() == nil)
    }

    @Test("what was held for longer than the target lets be proves nothing against it, and nothing for it")
    func heldTooLong() async {
        let target = Target(echoes: [], holds: ["cut off"])
        let watch = TargetWatch([SampleCase.make("c")], idleLimit: .zero, play: target.play)
        guard case .confirm = await watch.step(), case .restarted(_, let trouble) = await watch.step() else {
            Issue.record("the loss was not noticed")
            return
        }
        #expect(trouble == nil)
    }

    @Test("a target that lost what was held was restarted, though it answers every control")
    func restarted() async {
        let watch = Self.watch(holds: ["cut off"])
        let start = ContinuousClock.now
        guard case .confirm = await watch.step(), case .restarted(let since, let trouble) = await watch.step() else {
            Issue.record("the restart was not noticed")
            return
        }
        #expect(since >= start)
        #expect(trouble == "c: cut off")
        guard case .confirm = await watch.step() else {
            Issue.record("it is alive again")
            return
        }
        #expect(await watch.end() == nil)
    }

    @Test("what the last round held is looked at as well")
    func lastRound() async {
        let watch = Self.watch(holds: ["cut off"])
        _ = await watch.step()
        guard case .restarted = await watch.end() else {
            Issue.record("the restart was not noticed")
            return
        }
    }

    @Test("a control that is not answered is asked again, and twice is death")
    func died() async {
        let watch = Self.watch(echoes: [nil, "slow", nil, "slow", "gone"])
        var steps: [String] = []
        for _ in 0..<5 {
            switch await watch.step() {
            case .confirm: steps.append("confirm")
            case .askAgain: steps.append("again")
            case .restarted: steps.append("restarted")
            case .died(let problem): steps.append(problem)
            case .leave: steps.append("leave")
            }
        }
        let death = "the target stopped answering good clients: c: slow; then c: gone"
        #expect(steps == ["confirm", "again", "confirm", "again", death])
    }

    @Test("a step comes to its own end when its caller is cancelled, and not when the run is interrupted")
    func interrupted() async {
        let begun = AsyncStream<Void>.makeStream()
        let answer = AsyncStream<Void>.makeStream()
        let watch = TargetWatch([SampleCase.make("c")]) { _, hold in
            begun.continuation.yield()
            for await _ in answer.stream { break }
            if Task.isCancelled { return "cut off" }
            await hold()
            return nil
        }
        let step = Task { await watch.step() }
        for await _ in begun.stream { break }
        step.cancel()
        answer.continuation.yield()
        guard case .confirm = await step.value else {
            Issue.record("the end of the cases cut a control off")
            return
        }
        let next = Task { await watch.step() }
        for await _ in begun.stream { break }
        watch.interrupt()
        #expect(await next.value == .leave)
    }
}
