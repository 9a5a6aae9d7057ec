import BoringSSLEngine
import Foundation
import OpenSSLEngine
package import ScenarioModel
package import Targets
package import Verdicts

/// One run of a selection of cases against one target: prepare, prove alive, run, prove alive again, judge.
package struct SuiteRun: Sendable {
    private let scenarios: [Scenario]
    private let target: TargetDefinition
    private let waivers: Waivers
    private let options: RunOptions
    private let observer: any RunObserver

    package init(
        scenarios: [Scenario],
        target: TargetDefinition,
        waivers: Waivers,
        options: RunOptions,
        observer: any RunObserver
    ) {
        self.scenarios = scenarios
        self.target = target
        self.waivers = waivers
        self.options = options
        self.observer = observer
    }

    /// Runs it all. When the task is cancelled, cases that have not ended are reported as skipped, and what was started
    /// is stopped all the same.
    ///
    /// - Throws: what kept the run from starting: a target that is not installed or refuses its configuration, a recipe
    ///   that cannot be minted, no free ports.
    package func run() async throws -> RunReport {
        let started = Date()
        let clock = ContinuousClock.now
        var report = RunReport(
            tool: .init(version: self.options.version, engines: [openSSLVersionText, boringSSLVersionText]),
            target: self.target.identity,
            seed: self.options.seed.description,
            startedAt: started.formatted(.iso8601),
            command: self.options.command,
            scenarios: self.scenarios
        )
        let cases = self.scenarios.flatMap(\.cases)
        self.observer.started(total: cases.count)

        var runnable: [Case] = []
        for testCase in cases {
            let missing = self.target.missing(for: testCase)
            if missing.isEmpty {
                runnable.append(testCase)
                continue
            }
            let names = missing.map(\.rawValue).joined(separator: ", ")
            let verdict = Verdict(outcome: .unsupported, summary: "\(self.target.identity.title) lacks \(names)")
            let result = CaseResult(testCase: testCase, verdict: verdict, replay: self.replay(testCase))
            report.results.append(result)
            self.observer.finished(result)
        }

        if !runnable.isEmpty {
            let (results, problems) = try await self.perform(runnable) { report.configuration = $0 }
            report.results += results
            report.problems += problems
        }

        report.isInterrupted = Task.isCancelled
        if !report.isInterrupted, self.options.coversCatalogue {
            report.problems += self.waivers.problems(amongAll: report.results)
        }
        report.results.sort { $0.testCase.id < $1.testCase.id }
        report.durationSeconds = clock.duration(to: .now).seconds
        return report
    }

    private func perform(
        _ runnable: [Case],
        started: ([ConfigurationExcerpt]) -> Void
    ) async throws -> ([CaseResult], [String]) {
        let stage: Stage
        do {
            stage = try await Stage.set(for: runnable, target: self.target, options: self.options)
        } catch  where Task.isCancelled {
            return (runnable.map(self.interrupted), [])
        }
        started(stage.target.configuration)
        let performance = Performance(stage: stage, options: self.options) { testCase, verdict, observation, seconds in
            let result = CaseResult(
                testCase: testCase,
                verdict: self.waivers.apply(to: verdict, ofCase: testCase.id),
                observation: observation,
                durationSeconds: seconds,
                replay: self.replay(testCase)
            )
            self.observer.finished(result)
            return result
        }
        let outcome = await performance.run(runnable)
        await stage.clear()
        if self.options.keepsWorkDirectory { self.observer.note("work directory: \(stage.workDirectory.path)") }
        return outcome
    }

    /// A case whose turn never came.
    private func interrupted(_ testCase: Case) -> CaseResult {
        let verdict = Verdict(outcome: .skipped, summary: "interrupted")
        let result = CaseResult(testCase: testCase, verdict: verdict, replay: self.replay(testCase))
        self.observer.finished(result)
        return result
    }

    private func replay(_ testCase: Case) -> String {
        "shakedown run --target \(self.target.identity.name) --seed \(self.options.seed) '\(testCase.id)'"
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
