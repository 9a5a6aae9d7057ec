import Checks
import Foundation
import ScenarioModel
import Targets
import Verdicts

/// Runs cases on a stage, with controls before, between and after.
///
/// A verdict stays provisional until a control that began after the case has come through: a target that was dead
/// refuses everything, and that must not count.
struct Performance: Sendable {
    typealias Report = @Sendable (Case, Verdict, Observation?, _ seconds: Double) -> CaseResult

    let stage: Stage
    let options: RunOptions
    let report: Report

    init(stage: Stage, options: RunOptions, report: @escaping Report) {
        self.stage = stage
        self.options = options
        self.report = report
    }

    /// The end of the target's logs, short enough for a report.
    private var lastWords: String { String(self.stage.target.logExcerpt.suffix(4_000)) }

    /// How often the target is asked whether it is alive while cases are under way.
    private static let controlInterval = Duration.milliseconds(500)

    func run(_ cases: [Case]) async -> ([CaseResult], [String]) {
        let board = ResultBoard(report: self.report)
        let first = await self.troubles(of: self.stage.controls)
        // A role whose control fails is judged by its cases; as long as another comes through, the target is alive.
        let controls = self.stage.controls.filter { first[$0.id] == nil }
        var problems = first.sorted { $0.key < $1.key }.map {
            "the first control exchange failed: \($0.key): \($0.value)"
        }
        guard !controls.isEmpty else {
            for testCase in cases { board.skip(testCase, because: "the target never came alive") }
            return (board.results, problems + [self.lastWords])
        }

        let problem = await withTaskGroup(of: String?.self) { group in
            group.addTask {
                await self.perform(Schedule(cases), board: board)
                return nil
            }
            group.addTask { await self.watch(board, with: controls) }
            // The first to end decides: either all cases are through, or the target has died.
            let problem = await group.next() ?? nil
            group.cancelAll()
            return problem
        }
        if let problem {
            board.condemn(unproven: cases, because: problem)
            return (board.results, problems + ["\(problem)\n\(self.lastWords)"])
        }

        if Task.isCancelled {
            board.confirmAll()
            for testCase in cases where !board.has(testCase) { board.skip(testCase, because: "interrupted") }
            return (board.results, problems)
        }
        if let trouble = await self.trouble(of: controls) {
            let problem = "the last control exchange failed: \(trouble)"
            board.condemn(unproven: cases, because: problem)
            return (board.results, problems + ["\(problem)\n\(self.lastWords)"])
        }
        board.confirm(before: .now) { testCase, observation in
            self.stage.lateContacts(of: testCase, since: observation)
        }
        problems += self.strays(among: board.results)
        return (board.results, problems)
    }

    /// Connections at the decoy that no case's bytes were found in: somebody was misrouted, and nobody knows who.
    private func strays(among results: [CaseResult]) -> [String] {
        let known = results.compactMap(\.observation).flatMap(\.upstreams)
            .filter { $0.endpoint == Controls.decoyKey }
            .reduce(0) { $0 + $1.connections.count }
        let all = self.stage.decoyConnections.count
        guard all > known else { return [] }
        return ["\(all - known) connections that no case's bytes are in reached the decoy, which no client asks for"]
    }

    /// Runs everything; ends when the last case has its observation.
    private func perform(_ schedule: Schedule, board: ResultBoard) async {
        await withDiscardingTaskGroup { group in
            for testCase in schedule.waiting {
                group.addTask { await self.perform(testCase, board: board) }
            }
            group.addTask { await self.perform(schedule.disruptive, atOnce: 4, board: board) }
            group.addTask { await self.perform(schedule.ordinary, atOnce: self.options.jobs, board: board) }
            group.addTask { await self.perform(schedule.heavy, atOnce: 2, board: board) }
        }
    }

    private func perform(_ cases: [Case], atOnce limit: Int, board: ResultBoard) async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for testCase in cases {
                if underWay >= limit {
                    await group.next()
                    underWay -= 1
                }
                if Task.isCancelled { break }
                underWay += 1
                group.addTask { await self.perform(testCase, board: board) }
            }
        }
    }

    private func perform(_ testCase: Case, board: ResultBoard) async {
        if Task.isCancelled { return }
        let began = ContinuousClock.now
        let observation: Observation
        do {
            observation = try await CaseRun(testCase: testCase, stage: self.stage, seed: self.options.seed).run()
        } catch let failure as TargetFailure where !Task.isCancelled {
            board.fault(testCase, Verdict(outcome: .fail, summary: failure.description), began: began)
            return
        } catch {
            if !Task.isCancelled {
                board.fault(testCase, Verdict(outcome: .error, summary: "\(error)"), began: began)
            }
            return
        }
        if Task.isCancelled { return }
        board.add(testCase, observation, began: began) { self.stage.judge.judge($0, $1) }
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
            let run = CaseRun(testCase: control, stage: self.stage, seed: self.options.seed)
            let verdict = self.stage.judge.judge(control, try await run.run())
            return verdict.outcome == .pass ? nil : verdict.summary
        } catch {
            return "\(error)"
        }
    }

    /// Asks the target again and again; gives the trouble when it stops answering, and confirms what was seen before a
    /// control that came through.
    private func watch(_ board: ResultBoard, with controls: [Case]) async -> String? {
        while !Task.isCancelled {
            let before = ContinuousClock.now
            if let trouble = await self.trouble(of: controls) {
                if Task.isCancelled { return nil }
                // Once more, so that one slow answer of a busy machine does not end a run.
                if let again = await self.trouble(of: controls), !Task.isCancelled {
                    return "the target stopped answering good clients: \(trouble); then \(again)"
                }
            }
            board.confirm(before: before) { testCase, observation in
                self.stage.lateContacts(of: testCase, since: observation)
            }
            try? await Task.sleep(for: Self.controlInterval)
        }
        return nil
    }
}
