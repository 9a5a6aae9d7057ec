package import ScenarioModel

/// What a judged case counts as for one target: the judge says what was seen, this says whose rule it was and what is
/// known already.
package struct Reckoning: Sendable {
    /// The target as sentences call it.
    private let target: String
    private let profile: Profile
    private let rules: [String: Rule]
    private let behaviours: [DeclaredBehaviour]
    private let waivers: Waivers
    private let baseline: Baseline?

    package init(
        of target: String,
        profile: Profile,
        scenarios: [Scenario],
        behaviours: [DeclaredBehaviour] = [],
        waivers: Waivers,
        baseline: Baseline? = nil
    ) {
        self.target = target
        self.profile = profile
        self.rules = Dictionary(scenarios.map { ($0.id, $0.rule) }, uniquingKeysWith: { first, _ in first })
        self.behaviours = behaviours
        self.waivers = waivers
        self.baseline = baseline
    }

    package func verdict(_ judged: Verdict, of testCase: Case, _ observation: Observation?) -> Verdict {
        // Who lets nobody in keeps no rule and breaks no promise: that is a failure whoever's the rule is.
        let rule = judged.isOfUnreachableTarget ? nil : self.rules[testCase.scenario]
        var verdict = rule.map { self.promised(judged, $0) } ?? judged
        if let observation { verdict = self.declared(verdict, testCase, observation) }
        verdict = self.waivers.apply(to: verdict, ofCase: testCase.id)
        if let rule { verdict = Self.weighed(verdict, rule) }
        return self.baseline?.apply(to: verdict, of: testCase) ?? verdict
    }

    private func declared(_ verdict: Verdict, _ testCase: Case, _ observation: Observation) -> Verdict {
        guard verdict.outcome == .fail || verdict.outcome == .hang,
            let known = self.behaviours.first(where: { $0.behaviour.explains(verdict, of: testCase, observation) })
        else { return verdict }
        var expected = verdict
        expected.outcome = .expectedFail
        expected.summary = "\(verdict.summary) (declared: \(known.reason))"
        expected.waiver = known.citation
        return expected
    }

    /// A recommendation that was not followed is a failure of its own kind, however it shows. A rule that is only a MAY
    /// leaves open what its grades say, and what lies outside of them fails like a MUST.
    private static func weighed(_ verdict: Verdict, _ rule: Rule) -> Verdict {
        guard rule.level == .should, verdict.brokenInvariant == nil else { return verdict }
        var weighed = verdict
        switch verdict.outcome {
        case .fail: weighed.outcome = .failShould
        case .hang:
            weighed.outcome = .failShould
            weighed.wasHeldOpen = true
            weighed.summary = "the connection was held open: \(verdict.summary)"
        case .pass, .passLenient, .informational, .failShould, .expectedFail, .unexpectedPass, .unsupported, .skipped,
            .error, .flaky:
            break
        }
        return weighed
    }

    /// Nobody fails for a rule that is not theirs. What must never be seen is everybody's rule.
    private func promised(_ verdict: Verdict, _ rule: Rule) -> Verdict {
        guard !self.profile.promises(rule.origin), verdict.brokenInvariant == nil else { return verdict }
        switch verdict.outcome {
        case .fail, .hang:
            var noted = verdict
            noted.outcome = .informational
            noted.summary =
                "\(rule.origin.possessive) rule, which \(self.target) does not promise: \(verdict.summary)"
            return noted
        case .pass, .passLenient, .informational, .failShould, .expectedFail, .unexpectedPass, .unsupported, .skipped,
            .error, .flaky:
            return verdict
        }
    }

    /// What the run has to say of what is known and was not seen; only a run of the whole catalogue can tell.
    package func problems(amongAll results: [CaseResult]) -> [String] {
        self.waivers.problems(amongAll: results) + self.behaviours.compactMap { $0.problem(amongAll: results) }
    }
}

extension Rule.Origin {
    fileprivate var possessive: String {
        switch self {
        case .rfc: "an RFC's"
        case .proxyProtocol: "the PROXY protocol's"
        case .features: "a declared feature's"
        case .ngrok: "ngrok's"
        case .house: "the house's"
        }
    }
}
