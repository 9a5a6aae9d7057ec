import Checks
import Foundation
import ScenarioModel
import Targets
import Upstreams
import Verdicts

/// Runs cases on a stage, with controls before, between and after.
///
/// A verdict stays provisional until a control that began after the case has come through: a target that was dead
/// refuses everything, and that must not count.
struct Performance: Sendable {
    let stage: Stage
    let options: RunOptions
    let board: ResultBoard

    /// The end of the target's logs, short enough for a report.
    private var lastWords: String { String(self.stage.target.logExcerpt.suffix(4_000)) }

    /// How often the target is asked whether it is alive while cases are under way.
    private static let controlInterval = Duration.milliseconds(500)

    /// Plays the cases until each is final on the board, and gives the problems of the run itself.
    func run(_ cases: [Case]) async -> [String] {
        let first = await self.troubles(of: self.stage.controls)
        if Task.isCancelled {
            self.board.settle(as: .interrupted)
            return []
        }
        // A role whose control fails is judged by its cases; as long as another comes through, the target is alive.
        let controls = self.stage.controls.filter { first[$0.id] == nil }
        let problems = first.sorted { $0.key < $1.key }.map {
            "the first control exchange failed: \($0.key): \($0.value)"
        }
        guard !controls.isEmpty else {
            self.board.settle(as: .targetDied("the target never came alive"))
            return problems + [self.lastWords]
        }

        let problem = await self.performWatched(cases, controls: controls)
        if let problem {
            self.board.settle(as: .targetDied(problem))
            return problems + ["\(problem)\n\(self.lastWords)"]
        }
        if !Task.isCancelled, let trouble = await self.trouble(of: controls), !Task.isCancelled {
            let problem = "the last control exchange failed: \(trouble)"
            self.board.settle(as: .targetDied(problem))
            return problems + ["\(problem)\n\(self.lastWords)"]
        }
        if Task.isCancelled {
            self.board.settle(as: .interrupted)
            return problems
        }
        self.board.confirm(before: .now)
        self.board.settle(as: .confirmed)
        return problems + self.strays + self.stage.target.eventTroubles
    }

    /// Plays the cases while the target is watched; gives the problem when it died.
    private func performWatched(_ cases: [Case], controls: [Case]) async -> String? {
        let underWay = ControlUnderWay()
        return await withTaskCancellationHandler {
            await withTaskGroup(of: String?.self) { group in
                group.addTask {
                    await self.perform(Schedule(cases))
                    return nil
                }
                group.addTask { await self.watch(with: controls, underWay) }
                // The first to end decides: either all cases are through, or the target has died.
                let problem = await group.next() ?? nil
                group.cancelAll()
                return problem
            }
        } onCancel: {
            underWay.interrupt()
        }
    }

    /// Bytes at upstreams that no client's nonce, random or whole opening is in: somebody was misrouted, and nobody knows
    /// who.
    private var strays: [String] {
        self.stage.upstreams.strays.sorted { $0.key < $1.key }.map { domain, count in
            let connections = count == 1 ? "a connection" : "\(count) connections"
            return "\(connections) with too few bytes to tell whose reached the upstream of \(domain)"
        }
    }

    /// Runs everything; ends when the last case has its observation.
    private func perform(_ schedule: Schedule) async {
        await withDiscardingTaskGroup { group in
            for testCase in schedule.waiting {
                group.addTask { await self.perform(testCase) }
            }
            group.addTask { await self.perform(schedule.disruptive, atOnce: 4) }
            group.addTask { await self.perform(schedule.ordinary, atOnce: self.options.jobs) }
            group.addTask { await self.perform(schedule.heavy, atOnce: 2) }
        }
    }

    private func perform(_ cases: [Case], atOnce limit: Int) async {
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
            }
        }
    }

    private func perform(_ testCase: Case) async {
        if Task.isCancelled { return }
        let began = ContinuousClock.now
        self.board.begin(testCase)
        let played: PlayedCase
        do {
            played = try await CaseRun(testCase: testCase, stage: self.stage, seed: self.options.seed).run()
        } catch let failure as TargetFailure where !Task.isCancelled {
            self.board.fault(testCase, Verdict(outcome: .fail, summary: failure.description), began: began)
            return
        } catch {
            if !Task.isCancelled {
                self.board.fault(testCase, Verdict(outcome: .error, summary: ErrorWords.text(of: error)), began: began)
            }
            return
        }
        if Task.isCancelled { return }
        self.board.add(
            testCase,
            played.observation,
            began: began,
            later: .init(look: { played.lookAgain() }, release: { played.release() })
        ) { self.stage.judge.judge($0, $1) }
    }
}

extension Performance {
    /// What was wrong, by the id of the control, with all of them at once; those that came through are not in it.
    private func troubles(of controls: [Case]) async -> [String: String] {
        await withTaskGroup(of: (String, String?).self) { group in
            for control in controls { group.addTask { (control.id, await self.trouble(of: control)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func trouble(of controls: [Case]) async -> String? {
        await self.troubles(of: controls).min { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    }

    private func trouble(of control: Case) async -> String? {
        do {
            let run = CaseRun(
                testCase: control,
                stage: self.stage,
                seed: self.options.seed,
                repetition: self.stage.countControl()
            )
            let played = try await run.run()
            defer { played.release() }
            let verdict = self.stage.judge.judge(control, played.observation)
            return verdict.outcome == .pass ? nil : verdict.summary
        } catch {
            return ErrorWords.text(of: error)
        }
    }

    /// Asks the target again and again; gives the trouble when it stops answering, and confirms what was seen before a
    /// control that came through.
    private func watch(with controls: [Case], _ underWay: ControlUnderWay) async -> String? {
        var vigil = Vigil()
        while !Task.isCancelled {
            let began = ContinuousClock.now
            let trouble = await underWay.run { await self.trouble(of: controls) }
            switch vigil.controlEnded(began: began, trouble: trouble, isCutOff: Task.isCancelled) {
            case .confirm(let instant): self.board.confirm(before: instant)
            case .askAgain: continue
            case .targetDied(let problem): return problem
            case .leave: return nil
            }
            try? await Task.sleep(for: Self.controlInterval)
        }
        return nil
    }
}
