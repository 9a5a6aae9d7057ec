import Addresses
import Checks
import ClientPrograms
import Foundation
import NIOPosix
import ScenarioModel
import Synchronization
import Targets
import Upstreams
import Verdicts

/// Runs cases on a stage, with controls before, between and after.
///
/// A verdict stays provisional until a control that began after the case has come through: a target that was dead
/// refuses everything, and that must not count. Nor does it count when the target was restarted meanwhile: the case is
/// played again.
struct Performance: Sendable {
    let stage: Stage
    let options: RunOptions
    let board: ResultBoard
    /// Called when the first controls have come through.
    private let alive: @Sendable () -> Void
    private let pulse = Pulse()

    init(stage: Stage, options: RunOptions, board: ResultBoard, alive: @escaping @Sendable () -> Void) {
        self.stage = stage
        self.options = options
        self.board = board
        self.alive = alive
    }

    /// The end of the target's logs, short enough for a report.
    private var lastWords: String { String(self.stage.target.logExcerpt.suffix(4_000)) }

    /// How often the target is asked whether it is alive while cases are under way.
    private static let controlInterval = Duration.milliseconds(500)
    /// How often a case is played in a row when the harness itself was late, and how often it has its turn again, when that
    /// was no help or the target was restarted.
    private static let attempts = 3

    /// How it went: whether another could follow on a stage of its own, and what is wrong besides verdicts.
    struct Conclusion: Hashable, Sendable {
        var ending: CaseEnding
        var problems: [String] = []
    }

    /// Plays the board's cases until each is final there.
    func run() async -> Conclusion {
        let beating = Task { [pulse, stage] in await pulse.run(on: stage.group.makeIterator()) }
        defer { beating.cancel() }
        let first = await self.firstTroubles()
        if Task.isCancelled { return self.settle(as: .interrupted, []) }
        // A role whose control fails is judged by its cases; as long as another comes through, the target is alive.
        let controls = self.stage.controls.filter { first[$0.id] == nil }
        var problems = first.sorted { $0.key < $1.key }.map {
            "the first control exchange failed: \($0.key): \($0.value)"
        }
        if !problems.isEmpty, let external = self.stage.definition.external {
            let places = self.stage.controls.filter { first[$0.id] != nil }.flatMap(\.endpoints).map { endpoint in
                "\(endpoint.domain) (\(endpoint.role.rawValue)) to its upstream at "
                    + (external.upstream(of: endpoint.domain)?.description ?? "no address")
            }
            problems.append("see whether the edge leads \(places.joined(separator: ", "))")
        }
        guard !controls.isEmpty else {
            problems += self.stage.target.deaths + [self.lastWords].filter { !$0.isEmpty }
            return self.settle(as: .targetDied("the target never came alive"), problems)
        }
        let watch = TargetWatch(controls, idleLimit: self.stage.definition.deadlines[.idle].map { .seconds($0) }) {
            control,
            hold in
            await self.trouble(of: control, hold: hold)
        }
        let restarts = Restarts()
        self.alive()
        var waiting = self.board.cases
        for _ in 0..<Self.attempts where !waiting.isEmpty && !Task.isCancelled {
            if let problem = await self.perform(waiting, watch, restarts) {
                problems += restarts.sentences + self.stage.target.deaths + ["\(problem)\n\(self.lastWords)"]
                return self.settle(as: .targetDied(problem), problems)
            }
            waiting = Task.isCancelled ? [] : self.board.takeDoubtful()
        }
        problems += restarts.sentences
        if Task.isCancelled { return self.settle(as: .interrupted, problems) }
        if !waiting.isEmpty {
            self.board.settleUndecided()
            self.board.settle(as: .targetDied("the target was restarted each time the case was played"))
        }
        problems +=
            self.stage.target.deaths + self.strays + self.stage.target.eventTroubles
            + self.stage.target.leaks(of: self.stage.materials.keys) + self.stage.ownTraces.leaks
        return self.settle(as: .confirmed, problems)
    }

    private func settle(as ending: CaseEnding, _ problems: [String]) -> Conclusion {
        self.board.settle(as: ending)
        return Conclusion(ending: ending, problems: problems)
    }

    /// Plays the cases while the target is watched, and the controls after them; gives the problem when it died.
    private func perform(_ cases: [Case], _ watch: TargetWatch, _ restarts: Restarts) async -> String? {
        await withTaskCancellationHandler {
            let problem: String? = await withTaskGroup(of: String?.self) { group in
                group.addTask {
                    await self.perform(Schedule(cases))
                    return nil
                }
                group.addTask { await self.watch(with: watch, restarts) }
                // The first to end decides: either all cases are through, or the target has died.
                let problem = await group.next() ?? nil
                group.cancelAll()
                return problem
            }
            if let problem { return problem }
            if Task.isCancelled { return nil }
            return await self.conclude(watch, restarts)
        } onCancel: {
            watch.interrupt()
        }
    }

    /// The last controls: whatever ended before them is confirmed.
    private func conclude(_ watch: TargetWatch, _ restarts: Restarts) async -> String? {
        while true {
            switch await watch.step() {
            case .confirm(let instant):
                if let step = await watch.end() { self.take(step, restarts) }
                self.board.confirm(before: instant)
                return nil
            case .restarted(let since, let trouble): self.take(.restarted(since: since, trouble), restarts)
            case .askAgain: continue
            case .died(let problem): return problem
            case .leave: return nil
            }
        }
    }

    /// Asks the target again and again; gives the trouble when it stops answering, and confirms what was seen before a
    /// control that came through.
    private func watch(with watch: TargetWatch, _ restarts: Restarts) async -> String? {
        while !Task.isCancelled {
            switch await watch.step() {
            case .confirm(let instant): self.board.confirm(before: instant)
            case .restarted(let since, let trouble): self.take(.restarted(since: since, trouble), restarts)
            case .askAgain: continue
            case .died(let problem): return problem
            case .leave: return nil
            }
            try? await Task.sleep(for: Self.controlInterval)
        }
        return nil
    }

    private func take(_ step: TargetWatch.Step, _ restarts: Restarts) {
        guard case .restarted(let since, let trouble) = step else { return }
        let doubtful = self.board.doubt(from: since, to: .now)
        guard let trouble else { return }
        restarts.add("the target lost connections and answered again: \(trouble); \(doubtful) cases are played again")
    }

    private var decoyDomain: String {
        Controls.decoyDomain(Stage.baseDomain, external: self.stage.definition.external)
    }

    /// Bytes at upstreams that no client's nonce, random or whole opening is in: somebody was misrouted, and nobody knows
    /// who.
    private var strays: [String] {
        let behaviours = self.stage.definition.identity.behaviours ?? []
        // Where a default route is declared, few bytes at the decoy are no riddle.
        let expected =
            behaviours.contains { $0.behaviour == .defaultRoute } ? self.decoyDomain : nil
        return self.stage.upstreams.strays.filter { $0.key != expected }.sorted { $0.key < $1.key }.map {
            domain,
            count in
            let connections = count == 1 ? "a connection" : "\(count) connections"
            return "\(connections) with too few bytes to tell whose reached the upstream of \(domain)"
        }
    }
}

/// What is to be said of a target that came back.
private final class Restarts: Sendable {
    private let said = Mutex<[String]>([])
    var sentences: [String] { self.said.withLock { $0 } }
    func add(_ sentence: String) { self.said.withLock { $0.append(sentence) } }
}

// MARK: - Cases

extension Performance {
    /// How many cases wait for a deadline at the same time: all of them measure time, and what the target needs to let in
    /// a crowd is not its deadline.
    static let waitingAtOnce = 256
    /// How many targets of a case's own there are at the same time: for the most part they start, and are waited for.
    static let ownTargetsAtOnce = 8
    /// How many cases do something to their own agents at the same time; they wait for them for the most part, too.
    static let disruptiveAtOnce = 6

    /// Runs everything; ends when the last case has its observation.
    private func perform(_ schedule: Schedule) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.perform(schedule.waiting, atOnce: Self.waitingAtOnce, apart: .milliseconds(1)) }
            group.addTask { await self.perform(schedule.disruptive, atOnce: Self.disruptiveAtOnce) }
            group.addTask { await self.perform(schedule.onTheirOwn, atOnce: Self.ownTargetsAtOnce) }
            group.addTask {
                async let heavy: Void = self.perform(schedule.heavy, atOnce: 2)
                await self.perform(schedule.ordinary, atOnce: self.options.jobs)
                await heavy
            }
        }
    }

    /// - Parameter pause: from the start of one case to that of the next, so that they do not connect as one.
    private func perform(_ cases: [Case], atOnce limit: Int, apart pause: Duration? = nil) async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for testCase in cases {
                if underWay >= limit {
                    await group.next()
                    underWay -= 1
                }
                if Task.isCancelled { break }
                underWay += 1
                group.addTask { await self.perform(testCase) }
                if let pause { try? await Task.sleep(for: pause) }
            }
        }
    }

    /// Plays a case, and again when its verdict may be owed to a harness that was itself late.
    private func perform(_ testCase: Case) async {
        // What a program came to where it did not come through; it may be the program's own fault.
        var earlier: Verdict?
        for attempt in 1...Self.attempts {
            if Task.isCancelled { return }
            let began = ContinuousClock.now
            let repetition = self.board.begin(testCase)
            let run = CaseRun(testCase: testCase, stage: self.stage, seed: self.options.seed, repetition: repetition)
            let played: PlayedCase
            do {
                played = try await run.run()
            } catch let failure as TargetFailure where !Task.isCancelled {
                let isLate = self.pulse.lateness(from: began, to: .now) >= Pulse.noticed
                if isLate, attempt < Self.attempts { continue }
                let verdict = Verdict(outcome: .fail, summary: failure.description, checks: failure.checks)
                self.board.fault(testCase, verdict, began: began, isOfLateHarness: isLate)
                return
            } catch let inability as ClientInability where !Task.isCancelled {
                let verdict = Verdict(outcome: .unsupported, summary: inability.description)
                self.board.fault(testCase, verdict, began: began)
                return
            } catch {
                if !Task.isCancelled {
                    let verdict = Verdict(outcome: .error, summary: ErrorWords.text(of: error))
                    self.board.fault(testCase, verdict, began: began)
                }
                return
            }
            if Task.isCancelled { return }
            if testCase.client.engine == .program, attempt < Self.attempts, played.verdict.mayBeOfProgram {
                earlier = earlier ?? played.verdict
                played.release()
                continue
            }
            let verdict = await self.withoutClientsFault(played.verdict, of: testCase, earlier)
            let ownDelay = played.observation.ownDelay(inPlay: testCase.play != nil)
            let isLate =
                max(
                    self.pulse.lateness(from: began, to: .now),
                    ownDelay,
                    testCase.sendingDelay(played.observation, limits: self.stage.definition.deadlines)
                ) >= Pulse.noticed
                || self.isIdle(testCase, played.observation)
            if isLate, attempt < Self.attempts, verdict.outcome != .pass, verdict.brokenInvariant == nil {
                played.release()
                continue
            }
            self.board.add(
                testCase,
                .init(
                    verdict: verdict,
                    observation: played.observation,
                    seconds: began.duration(to: .now).seconds,
                    isOfLateHarness: isLate
                ),
                began: began,
                later: .init(
                    look: {
                        // What a client cannot do it can do no better later.
                        guard verdict.outcome != .unsupported else { return nil }
                        return played.lookAgain().map { ($0, played.verdict(on: $0)) }
                    },
                    release: { played.release() }
                )
            )
            return
        }
    }
}

extension Verdict {
    /// It is a failure that a client's own fault may have made: what must never be seen is nobody's fault but the target's.
    fileprivate var mayBeOfProgram: Bool {
        !self.outcome.isAcceptable && self.brokenInvariant == nil && !self.isOfUnreachableTarget
    }
}

extension Performance {
    /// A program that does not come through may be at fault itself. So where a case of one would fail, the program does the same at
    /// a TLS server of the harness; one that fails there too has shown nothing of the target.
    ///
    /// - Parameter earlier: what it came to before, where it was played again for that.
    private func withoutClientsFault(_ verdict: Verdict, of testCase: Case, _ earlier: Verdict?) async -> Verdict {
        guard testCase.client.engine == .program else { return verdict }
        guard verdict.mayBeOfProgram else {
            guard let earlier, verdict.outcome.isAcceptable else { return verdict }
            var noted = verdict
            noted.outcome = .informational
            noted.summary =
                "it came through at another try only, and nobody can tell whose fault that was: \(earlier.summary)"
            return noted
        }
        var trouble: String?
        do {
            let trial = ClientTrial(stage: self.stage, seed: self.options.seed)
            // As often as it had its chance at the target.
            for _ in 0..<Self.attempts where trouble == nil {
                trouble = try await trial.trouble(of: testCase.client)
            }
        } catch let inability as ClientInability {
            trouble = inability.description
        } catch {
            return Verdict(
                outcome: .error,
                summary: "whether the client itself is at fault could not be tried: \(ErrorWords.text(of: error)); "
                    + "it looked like '\(verdict.outcome.rawValue)': \(verdict.summary)"
            )
        }
        guard let trouble else { return verdict }
        var excused = verdict
        excused.outcome = .unsupported
        excused.summary =
            "\(testCase.client.program ?? "the client") does not get through to the harness's own TLS server either: "
            + "\(trouble); at the target: \(verdict.summary)"
        return excused
    }

    /// Whether the steps of a play took so long that the target's idle limit may have come for a connection that waited.
    private func isIdle(_ testCase: Case, _ observation: Observation) -> Bool {
        guard let play = testCase.play, let limit = self.stage.definition.deadlines[.idle] else { return false }
        let silence = play.longestSilence(in: observation.steps ?? [])
        return silence >= limit * 1_000 - Self.idleMargin
    }

    /// Milliseconds by which a limit may come early, as ``Expectation/Within`` has it, and what both clocks may differ by.
    private static let idleMargin = 500.0
}

// MARK: - Controls

extension Performance {
    /// Asks until every control comes through, or the time is up in which the target must be ready: some edges take
    /// connections before they know their endpoints.
    private func firstTroubles() async -> [String: String] {
        let deadline = ContinuousClock.now + .seconds(self.stage.definition.readyWithin)
        while true {
            let troubles = await self.troublesOfControls()
            if troubles.isEmpty || Task.isCancelled || !self.stage.target.isAlive || .now >= deadline {
                return troubles
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// What was wrong, by the id of the control, with all of them at once; those that came through are not in it. Each does
    /// all that a held one does, or its failing there would look like a restart of the target, round after round.
    private func troublesOfControls() async -> [String: String] {
        await withTaskGroup(of: (String, String?).self) { group in
            for control in self.stage.controls {
                group.addTask { (control.id, await self.trouble(of: control, hold: {})) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func trouble(of control: Case, hold: @escaping ControlRound.Hold) async -> String? {
        let repetition = self.stage.countControl()
        do {
            let run = CaseRun(testCase: control, stage: self.stage, seed: self.options.seed, repetition: repetition)
            let played = try await run.run(hold: hold)
            defer { played.release() }
            let verdict = played.verdict
            return verdict.outcome == .pass ? nil : verdict.summary
        } catch {
            return ErrorWords.text(of: error)
        }
    }
}
