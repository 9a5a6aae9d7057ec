import BoringSSLEngine
import CertificateRecipes
import Foundation
import OpenSSLEngine
import ProgramKit
package import ScenarioModel
import Supervision
import Synchronization
package import Targets
package import Verdicts

/// One run of a selection of cases against one target: prepare, prove alive, run, prove alive again, judge.
///
/// What is known of it can be asked for at any moment, and what it has in hand be dropped, from any thread: a process
/// that must leave at once still writes what it knows.
package final class SuiteRun: Sendable {
    private let target: TargetDefinition
    private let reckoning: Reckoning
    private let options: RunOptions
    private let observer: any RunObserver
    private let keeper: any ResultKeeper
    /// One for each wave of cases, in the order that they are played in.
    private let boards: [ResultBoard]
    /// The report as it is before the first case: what the target cannot run is in it.
    private let outline: RunReport
    private let began = ContinuousClock.now
    private let workFolder = Mutex<WorkFolder?>(nil)
    /// What the target was configured with, once it stands.
    private let configuration = Mutex<[ConfigurationExcerpt]?>(nil)

    package init(
        scenarios: [Scenario],
        target: TargetDefinition,
        waivers: Waivers,
        options: RunOptions,
        observer: any RunObserver,
        keeper: any ResultKeeper
    ) {
        self.target = target
        let profile = options.profile ?? target.profile
        let reckoning = Reckoning(
            of: target.identity.title,
            profile: profile,
            scenarios: scenarios,
            behaviours: target.identity.behaviours ?? [],
            waivers: waivers,
            baseline: options.baseline
        )
        self.reckoning = reckoning
        self.options = options
        self.observer = observer
        self.keeper = keeper
        var outline = RunReport(
            tool: .init(version: options.version, engines: [openSSLVersionText, boringSSLVersionText]),
            target: target.identity,
            seed: options.seed.description,
            startedAt: Date().formatted(.iso8601),
            command: options.command,
            // Every case is among the results, and need not be told twice.
            scenarios: scenarios.map { scenario in
                var scenario = scenario
                scenario.cases = []
                return scenario
            }
        )
        outline.target.profile = profile
        outline.machine = Machine.description
        outline.shard = options.shard
        if options.coversCatalogue, options.shard != nil { outline.waivers = waivers.entries }
        var runnable: [Case] = []
        for testCase in scenarios.flatMap(\.cases) {
            guard let obstacle = target.obstacle(to: testCase) ?? options.obstacle(to: testCase) else {
                runnable.append(testCase)
                continue
            }
            let verdict = Verdict(outcome: .unsupported, summary: obstacle)
            outline.results.append(
                CaseResult(testCase: testCase, verdict: verdict, replay: options.replay(of: testCase))
            )
        }
        self.outline = outline
        self.boards = Waves.split(runnable).map { wave in
            ResultBoard(cases: wave, observer: observer, keep: keeper.keep) { testCase, evidence in
                var verdict = reckoning.verdict(evidence.verdict, of: testCase, evidence.observation)
                if evidence.isOfLateHarness { verdict = verdict.ofLateHarness }
                return CaseResult(
                    testCase: testCase,
                    verdict: verdict,
                    observation: options.evidence.kept(evidence.observation, of: verdict.outcome),
                    durationSeconds: evidence.seconds,
                    replay: options.replay(of: testCase)
                )
            }
        }
    }

    /// Runs it all. When the task is cancelled, cases that have not ended are reported as skipped, and what was started
    /// is stopped all the same.
    ///
    /// - Throws: what kept the run from starting: a target that is not installed or refuses its configuration, a recipe
    ///   that cannot be minted, no free ports.
    package func run() async throws -> RunReport {
        self.observer.started(total: self.boards.reduce(0) { $0 + $1.cases.count })
        self.keeper.begin(self.outline)
        for result in self.outline.results {
            _ = self.keeper.keep(result)
            self.observer.finished(result)
        }
        let problems = self.boards.isEmpty ? [] : try await self.perform()
        let isInterrupted = Task.isCancelled
        var report = self.report(as: .interrupted, isInterrupted: isInterrupted)
        report.problems += problems
        if !isInterrupted, self.options.coversCatalogue, self.options.shard == nil {
            report.problems += self.reckoning.problems(amongAll: report.results)
        }
        return report
    }

    /// The report as it is when the run is interrupted at this moment.
    package var reportSoFar: RunReport { self.report(as: .interrupted, isInterrupted: true) }

    /// Ends every program of the run at once and removes its keys, without waiting for anything that goes on. For a
    /// process that is about to exit.
    package func abandon() {
        LivingPrograms.killAll()
        // Whoever reads this exits next; what stays is swept by the next run.
        _ = self.workFolder.withLock { $0 }?.remove()
    }

    private func report(as ending: CaseEnding, isInterrupted: Bool) -> RunReport {
        var report = self.outline
        report.configuration = self.configuration.withLock { $0 }
        report.isInterrupted = isInterrupted
        if isInterrupted { report.interruption = self.boards.map(\.interruption).reduce(.init(), +) }
        report.results.reserveCapacity(self.boards.reduce(report.results.count) { $0 + $1.cases.count })
        for board in self.boards { report.results += board.results(as: ending) }
        report.results.sort { $0.testCase.id < $1.testCase.id }
        report.durationSeconds = self.began.duration(to: .now).seconds
        return report
    }

    /// Plays wave after wave, and gives the problems of the run itself.
    private func perform() async throws -> [String] {
        let folder = try WorkFolder(target: self.target.name, isKept: self.options.keepsWorkDirectory)
        self.workFolder.withLock { $0 = folder }
        defer { self.clear(folder) }
        let mint = Mint(book: try RecipeBook(directory: self.options.recipesDirectory), domain: Stage.baseDomain)
        for authority in self.target.external?.authorities ?? [] { try mint.adopt(authority, for: self.target) }
        let conclusions = try await WaveSequence.play(self.boards.count, mayOverlap: self.mayOverlap) { number, alive in
            let board = self.boards[number]
            let place = self.boards.count == 1 ? folder.url : folder.url.appending(path: "wave-\(number + 1)")
            do {
                return try await self.perform(board, mint: mint, in: place, alive: alive)
            } catch  where number > 0 {
                let trouble = "the target did not start again: \(ErrorWords.text(of: error))"
                board.settle(as: .targetDied(trouble))
                return Performance.Conclusion(ending: .targetDied(trouble), problems: [trouble])
            }
        }
        if let ending = conclusions.map(\.ending).first(where: { $0 != .confirmed }) {
            for board in self.boards.dropFirst(conclusions.count) { board.settle(as: ending) }
        }
        var problems: [String] = []
        for problem in conclusions.flatMap(\.problems) where !problems.contains(problem) { problems.append(problem) }
        return problems
    }

    /// Whether a wave and the next one can stand at the same time: where the target is ours to start twice, and the machine
    /// has room for both.
    private func mayOverlap(_ number: Int) -> Bool {
        guard self.target.external == nil else { return false }
        let needs = RunNeeds(
            cases: self.boards[number...].prefix(2).flatMap(\.cases),
            jobs: 2 * self.options.jobs
        )
        return needs.isMet(by: .ofThisMachine(for: needs))
    }

    private func perform(
        _ board: ResultBoard,
        mint: Mint,
        in folder: URL,
        alive: @escaping @Sendable () -> Void
    ) async throws -> Performance.Conclusion {
        let stage: Stage
        do {
            stage = try await Stage.set(
                for: board.cases,
                target: self.target,
                mint: mint,
                workDirectory: folder,
                options: self.options
            )
        } catch  where Task.isCancelled {
            board.settle(as: .interrupted)
            return Performance.Conclusion(ending: .interrupted)
        }
        let configuration = stage.target.configuration
        self.configuration.withLock { $0 = $0 ?? configuration }
        let conclusion = await Performance(stage: stage, options: self.options, board: board, alive: alive).run()
        await stage.clear()
        // The next wave needs as much again, in other sizes.
        FreedMemory.giveBack()
        return conclusion
    }

    private func clear(_ folder: WorkFolder) {
        if self.options.keepsWorkDirectory {
            self.observer.note("work directory: \(folder.url.path)")
        } else if let trouble = folder.remove() {
            self.observer.note("the run's keys could not be removed: \(trouble)")
        }
    }
}

extension RunOptions {
    fileprivate func replay(of testCase: Case) -> String { "\(self.replay) '\(testCase.id)'" }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
