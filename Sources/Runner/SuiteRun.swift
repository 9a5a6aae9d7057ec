import BoringSSLEngine
import Foundation
import OpenSSLEngine
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
    private let runnable: [Case]
    private let board: ResultBoard
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
        observer: any RunObserver
    ) {
        self.target = target
        let profile = options.profile ?? target.profile
        let reckoning = Reckoning(
            of: target.identity.title,
            profile: profile,
            scenarios: scenarios,
            behaviours: target.identity.behaviours ?? [],
            waivers: waivers
        )
        self.reckoning = reckoning
        self.options = options
        self.observer = observer
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
        var runnable: [Case] = []
        for testCase in scenarios.flatMap(\.cases) {
            let missing = target.missing(for: testCase)
            if missing.isEmpty {
                runnable.append(testCase)
                continue
            }
            let names = missing.map(\.rawValue).joined(separator: ", ")
            let verdict = Verdict(outcome: .unsupported, summary: "\(target.identity.title) lacks \(names)")
            outline.results.append(
                CaseResult(testCase: testCase, verdict: verdict, replay: options.replay(testCase, target: target))
            )
        }
        self.runnable = runnable
        self.outline = outline
        self.board = ResultBoard(cases: runnable, observer: observer) { testCase, evidence in
            let verdict = reckoning.verdict(evidence.verdict, of: testCase, evidence.observation)
            return CaseResult(
                testCase: testCase,
                verdict: verdict,
                observation: options.evidence.kept(evidence.observation, of: verdict.outcome),
                durationSeconds: evidence.seconds,
                replay: options.replay(testCase, target: target)
            )
        }
    }

    /// Runs it all. When the task is cancelled, cases that have not ended are reported as skipped, and what was started
    /// is stopped all the same.
    ///
    /// - Throws: what kept the run from starting: a target that is not installed or refuses its configuration, a recipe
    ///   that cannot be minted, no free ports.
    package func run() async throws -> RunReport {
        self.observer.started(total: self.runnable.count)
        for result in self.outline.results { self.observer.finished(result) }
        var problems: [String] = []
        if !self.runnable.isEmpty { problems += try await self.perform() }
        let isInterrupted = Task.isCancelled
        var report = self.report(as: .interrupted, isInterrupted: isInterrupted)
        report.problems += problems
        if !isInterrupted, self.options.coversCatalogue {
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
        if isInterrupted { report.interruption = self.board.interruption }
        report.results += self.board.results(as: ending)
        report.results.sort { $0.testCase.id < $1.testCase.id }
        report.durationSeconds = self.began.duration(to: .now).seconds
        return report
    }

    private func perform() async throws -> [String] {
        let folder = try WorkFolder(target: self.target.name, isKept: self.options.keepsWorkDirectory)
        self.workFolder.withLock { $0 = folder }
        defer { self.clear(folder) }
        let stage: Stage
        do {
            stage = try await Stage.set(
                for: self.runnable,
                target: self.target,
                workDirectory: folder.url,
                options: self.options
            )
        } catch  where Task.isCancelled {
            self.board.settle(as: .interrupted)
            return []
        }
        let configuration = stage.target.configuration
        self.configuration.withLock { $0 = configuration }
        let problems = await Performance(stage: stage, options: self.options, board: self.board).run(self.runnable)
        await stage.clear()
        return problems
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
    fileprivate func replay(_ testCase: Case, target: TargetDefinition) -> String {
        let asked = (self.profile.map { " --profile \($0.rawValue)" } ?? "") + (self.isStrict ? " --strict" : "")
        return "shakedown run --target \(target.identity.name)\(asked) --seed \(self.seed) '\(testCase.id)'"
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
