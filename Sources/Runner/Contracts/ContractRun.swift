package import ScenarioModel
import Synchronization
package import Targets
package import Verdicts

/// Watches what a target does: the cases of the catalogue, and the questions of a probe.
package final class ContractRun: Sendable {
    private let scenarios: [Scenario]
    private let target: TargetDefinition
    private let options: RunOptions
    private let waivers: Waivers
    private let hasProbe: Bool
    private let observer: any RunObserver
    private let current = Mutex<SuiteRun?>(nil)
    private let probe = Mutex<ProbeRun?>(nil)

    /// - Parameters:
    ///   - waivers: the target's, of which those that are flaky tell what it does now and then.
    ///   - hasProbe: whether the questions of a probe are asked too.
    package init(
        scenarios: [Scenario],
        target: TargetDefinition,
        waivers: Waivers,
        options: RunOptions,
        hasProbe: Bool,
        observer: any RunObserver
    ) {
        self.scenarios = scenarios
        self.target = target
        self.waivers = waivers
        self.options = options
        self.hasProbe = hasProbe
        self.observer = observer
    }

    /// What was seen.
    package struct Seen: Sendable {
        /// By what was asked, in the words of a contract, each time that it was asked.
        package var observations: [String: [String]] = [:]
        /// What could not be told, and why.
        package var untold: [String: String] = [:]
        package var isInterrupted = false

        fileprivate mutating func add(_ other: Seen) {
            for (id, seen) in other.observations {
                self.observations[id, default: []] += seen
                self.untold[id] = nil
            }
            for (id, reason) in other.untold where self.observations[id] == nil { self.untold[id] = reason }
            self.isInterrupted = self.isInterrupted || other.isInterrupted
        }
    }

    /// How often what came out otherwise, or could not be told, is asked again.
    private static let attempts = 3

    /// Everything so often, and what did not come out the same each time more often.
    package func watch(times: Int) async throws -> Seen {
        var seen = Seen()
        for _ in 0..<times where !seen.isInterrupted {
            seen.add(try await self.once(self.scenarios, questions: self.hasProbe ? Set(ProbeQuestion.allCases) : []))
        }
        return try await self.again(seen) { _, observations in Set(observations).count > 1 }
    }

    /// Everything once, and what is not as the contract has it more often.
    package func watch(beside contract: Contract) async throws -> Seen {
        let seen = try await self.once(self.scenarios, questions: self.hasProbe ? Set(ProbeQuestion.allCases) : [])
        let known = contract.observations.mapValues(Contract.alternatives)
        return try await self.again(seen) { id, observations in
            known[id].map { !observations.allSatisfy($0.contains) } ?? false
        }
    }

    /// - Parameter isDoubtful: whether what was seen of something so far is to be looked at again.
    private func again(_ first: Seen, where isDoubtful: (String, [String]) -> Bool) async throws -> Seen {
        var seen = first
        for _ in 0..<Self.attempts where !seen.isInterrupted {
            var ids = Set(seen.untold.keys)
            for (id, observations) in seen.observations where isDoubtful(id, observations) {
                ids.insert(id)
            }
            if ids.isEmpty { break }
            let scenarios = self.scenarios.compactMap { scenario -> Scenario? in
                var scenario = scenario
                scenario.cases.removeAll { !ids.contains($0.id) }
                return scenario.cases.isEmpty ? nil : scenario
            }
            let questions = ProbeQuestion.allCases.filter { question in
                ids.contains { $0 == Self.id(of: question) || $0.hasPrefix(Self.id(of: question) + "[") }
            }
            let more = try await self.once(scenarios, questions: Set(questions))
            seen.add(more.only(ids))
        }
        return seen
    }

    private static func id(of question: ProbeQuestion) -> String { "probe.\(question.rawValue)" }

    /// What asks one thing again.
    package func replay(_ id: String) -> String {
        let seed = self.options.seed
        guard id.hasPrefix("probe.") else { return "\(self.options.replay) '\(id)'" }
        let question = id.dropFirst("probe.".count).prefix { $0 != "[" }
        return "shakedown probe \(self.target.reference) \(question) --seed \(seed)"
    }

    private func once(_ scenarios: [Scenario], questions: Set<ProbeQuestion>) async throws -> Seen {
        var seen = Seen()
        if !scenarios.isEmpty {
            let keeper = FactKeeper(deadlines: self.target.deadlines, waivers: self.waivers)
            let run = SuiteRun(
                scenarios: scenarios,
                target: self.target,
                waivers: .none,
                options: self.options,
                observer: self.observer,
                keeper: keeper
            )
            self.current.withLock { $0 = run }
            let report = try await run.run()
            (seen.observations, seen.untold) = keeper.facts
            seen.isInterrupted = report.isInterrupted
        }
        guard !questions.isEmpty, !seen.isInterrupted else { return seen }
        let probe = ProbeRun(target: self.target, questions: questions, options: self.options)
        self.probe.withLock { $0 = probe }
        let report = try await probe.run()
        seen.isInterrupted = report.isInterrupted
        for finding in report.findings {
            let id = "probe.\(finding.id.replacing(", ", with: ",").replacing(" ", with: "-"))"
            if let problem = report.problems.first {
                seen.untold[id] = problem
            } else if finding.agreement == .undecided {
                seen.untold[id] = finding.evidence
            } else {
                seen.observations[id] = [finding.steady]
            }
        }
        return seen
    }

    /// Ends every program at once and removes the keys, for a process that is about to exit.
    package func abandon() {
        self.current.withLock(\.self)?.abandon()
        self.probe.withLock(\.self)?.abandon()
    }
}

extension ContractRun.Seen {
    fileprivate func only(_ ids: Set<String>) -> Self {
        var some = self
        some.observations = self.observations.filter { ids.contains($0.key) }
        some.untold = self.untold.filter { ids.contains($0.key) }
        return some
    }
}

/// Keeps of each result the words of a contract, and nothing else in memory.
private final class FactKeeper: ResultKeeper {
    private struct State {
        var observations: [String: [String]] = [:]
        var untold: [String: String] = [:]
    }

    private let deadlines: [Deadline: Double]
    private let waivers: Waivers
    private let state = Mutex(State())

    init(deadlines: [Deadline: Double], waivers: Waivers) {
        self.deadlines = deadlines
        self.waivers = waivers
    }

    var facts: (observations: [String: [String]], untold: [String: String]) {
        self.state.withLock { ($0.observations, $0.untold) }
    }

    func begin(_ outline: RunReport) {}

    func keep(_ result: CaseResult) -> CaseResult {
        let facts = ObservedFacts(result, deadlines: self.deadlines, waivers: self.waivers)
        self.state.withLock { state in
            if let facts {
                state.observations[result.testCase.id] = [facts.text]
            } else if result.verdict.outcome != .unsupported {
                state.untold[result.testCase.id] = result.verdict.summary
            }
        }
        var small = result
        small.observation = nil
        return small
    }
}
