import ScenarioModel

/// What the cases of one run say of the sentences that they check.
struct RunEvidence {
    private let results: [String: [CaseResult]]
    private let profile: Profile
    private let origins: [String: Rule.Origin]

    init(_ run: RunReport) {
        self.results = Dictionary(grouping: run.results, by: \.testCase.scenario)
        // Before a report said whose rules a target promises, it was held to all of them.
        self.profile = run.target.profile ?? .all
        self.origins = Dictionary(run.scenarios.map { ($0.id, $0.rule.origin) }) { first, _ in first }
    }

    func answer(to requirement: Requirement) -> Coverage.Answer {
        let results = requirement.scenarios.flatMap { self.results[$0] ?? [] }
        let findings = results.compactMap { result in self.finding(of: result).map { (finding: $0, result: result) } }
        let failed = findings.filter { $0.finding == .failed }.map(\.result.testCase.id)
        let lenient = findings.count { found in
            switch found.result.verdict.outcome {
            case .passLenient, .informational: true
            case .pass, .fail, .failShould, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error, .hang,
                .flaky:
                false
            }
        }
        let finding: Coverage.Finding =
            if !failed.isEmpty { .failed } else if findings.isEmpty { .notAsked } else { .held }
        return Coverage.Answer(finding: finding, asked: findings.count, lenient: lenient, failedCases: failed)
    }

    /// `nil` of a case that does not tell. A failure that was foretold is one, whoever waived it.
    private func finding(of result: CaseResult) -> Coverage.Finding? {
        switch result.verdict.outcome {
        case .pass, .passLenient, .unexpectedPass: .held
        case .fail, .failShould, .expectedFail, .hang, .flaky: .failed
        case .informational: self.isPromised(result.testCase.scenario) ? .held : nil
        case .unsupported, .skipped, .error: nil
        }
    }

    /// Of a rule that the target promises an informational verdict is what the specifications leave free; of another's it
    /// may as well be a failure that does not count.
    private func isPromised(_ scenario: String) -> Bool {
        self.origins[scenario].map { self.profile.promises($0) } ?? false
    }
}
