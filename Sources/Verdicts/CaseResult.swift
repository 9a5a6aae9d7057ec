package import ScenarioModel

/// One case and what became of it.
package struct CaseResult: Hashable, Sendable, Codable {
    package var testCase: Case
    package var verdict: Verdict
    package var observation: Observation?
    package var durationSeconds: Double
    /// The command that runs this case alone, from the same seed.
    package var replay: String
    package init(
        testCase: Case,
        verdict: Verdict,
        observation: Observation? = nil,
        durationSeconds: Double = 0,
        replay: String = ""
    ) {
        self.testCase = testCase
        self.verdict = verdict
        self.observation = observation
        self.durationSeconds = durationSeconds
        self.replay = replay
    }
}

extension CaseResult {
    /// The first label of the scenario's id.
    package var area: String { String(self.testCase.scenario.prefix { $0 != "." }) }
}
