package import ScenarioModel

/// One case and what became of it.
package struct CaseResult: Hashable, Sendable {
    package var testCase: Case
    package var verdict: Verdict
    /// What was seen, unless it is in the journal alone.
    package var observation: Observation?
    package var journaled: Journaled?
    package var durationSeconds: Double
    /// `nil` where it came out the same each time.
    package var repetitions: Repetitions?
    /// The command that runs this case alone, from the same seed.
    package var replay: String
    package init(
        testCase: Case,
        verdict: Verdict,
        observation: Observation? = nil,
        durationSeconds: Double = 0,
        repetitions: Repetitions? = nil,
        replay: String = ""
    ) {
        self.testCase = testCase
        self.verdict = verdict
        self.observation = observation
        self.durationSeconds = durationSeconds
        self.repetitions = repetitions
        self.replay = replay
    }
}

extension CaseResult {
    /// The first label of the scenario's id.
    package var area: String { String(self.testCase.scenario.prefix { $0 != "." }) }

    /// How each client's connection ended.
    package var endings: [ClientEnding] {
        self.observation?.clients.map(ClientEnding.init) ?? self.journaled?.endings ?? []
    }

    /// The habits of edges that explain what failed, declared or not.
    package var behaviours: [Behaviour] {
        guard let observation = self.observation else { return self.journaled?.behaviours ?? [] }
        return Behaviour.allCases.filter { $0.explains(self.verdict, of: self.testCase, observation) }
    }
}

extension CaseResult {
    /// A line of the file that a run writes its results to while it goes, and what stays in memory of what was seen.
    package struct Journaled: Hashable, Sendable {
        package var offset: Int
        /// Without the line feed.
        package var length: Int
        /// The verdict is another by now, as it is when a repetition differs. What was seen is the same.
        package var isOutdated = false
        fileprivate var endings: [ClientEnding]
        fileprivate var behaviours: [Behaviour]
    }

    /// The same without what was seen, which is in the journal at this place.
    package func inJournal(atOffset offset: Int, length: Int) -> CaseResult {
        var small = self
        small.journaled = Journaled(
            offset: offset,
            length: length,
            endings: self.endings,
            behaviours: self.behaviours
        )
        small.observation = nil
        return small
    }
}

// MARK: - In a file

extension CaseResult: Codable {
    private enum CodingKeys: CodingKey {
        case testCase, verdict, observation, durationSeconds, repetitions, replay
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            testCase: try container.decode(Case.self, forKey: .testCase),
            verdict: try container.decode(Verdict.self, forKey: .verdict),
            observation: try container.decodeIfPresent(Observation.self, forKey: .observation),
            durationSeconds: try container.decode(Double.self, forKey: .durationSeconds),
            repetitions: try container.decodeIfPresent(Repetitions.self, forKey: .repetitions),
            replay: try container.decode(String.self, forKey: .replay)
        )
    }
}
