package import ScenarioModel
package import Verdicts

/// Compares what one case saw with what may be seen, and gives the verdict.
///
/// Invariants come first, whatever the grade; then the first alternative of the first grade whose checks all hold.
package struct Judge: Sendable {
    private let context: JudgeContext

    package init(context: JudgeContext) {
        self.context = context
    }

    var promisesStrict: Bool { self.context.promisesStrict }

    package func judge(_ testCase: Case, _ observation: Observation) -> Verdict {
        if let play = testCase.play { return self.judge(play, of: testCase, observation) }
        guard let client = observation.clients.last else {
            return Verdict(outcome: .error, summary: "the harness saw no client")
        }
        // Whatever the case expects: a target that lets nobody in has neither served nor refused anyone.
        if let refused = observation.clients.first(where: { $0.leg.ending == .refused }) {
            let check = CheckResult(
                check: CheckResult.connect,
                expected: "a TCP connection to the target",
                observed: refused.leg.timeline.last?.detail ?? "none",
                holds: false
            )
            return Verdict(outcome: .fail, summary: Self.summary(of: [check]), checks: [check])
        }
        let evidence = Evidence(testCase: testCase, observation: observation, client: client, context: self.context)
        do {
            return try self.graded(evidence)
        } catch {
            return Verdict(outcome: .error, summary: error.sentence)
        }
    }

    private func graded(_ evidence: Evidence) throws(HarnessProblem) -> Verdict {
        let graded = evidence.testCase.expectation
        var never: [CheckResult] = []
        var broken: Invariant?
        // Another case's upstream, and the decoy, are nobody's to reach, whether or not the scenario says so.
        let isElsewhere = evidence.reached.contains { contact in
            !evidence.testCase.endpoints.contains { $0.key == contact.endpoint }
        }
        let implied: [Invariant] = isElsewhere && !graded.never.contains(.otherContacted) ? [.otherContacted] : []
        for invariant in graded.never + implied where self.canSee(invariant) {
            let result = evidence.check(invariant)
            never.append(result)
            if !result.holds && broken == nil { broken = invariant }
        }
        if let broken {
            let strict = try self.closest(graded.strict, evidence)
            return Verdict(
                outcome: .fail,
                summary: Self.summary(of: never.filter { !$0.holds }),
                checks: never + strict,
                brokenInvariant: broken
            )
        }
        let grades: [(Outcome, [Expectation])] = [
            (.pass, graded.strict), (.passLenient, self.context.promisesStrict ? [] : graded.lenient),
            (.informational, self.context.promisesStrict ? [] : graded.tolerated),
        ]
        for (outcome, alternatives) in grades {
            for alternative in alternatives {
                let checks = try evidence.checks(of: alternative)
                guard checks.allSatisfy(\.holds) else { continue }
                if let doubt = try evidence.doubt(alternative) {
                    return Verdict(
                        outcome: .informational,
                        summary: "that it is the agent who ends TLS is not proven: \(doubt)",
                        checks: never + checks
                    )
                }
                let summary = outcome == .pass ? "" : try self.remark(outcome, graded.strict, evidence)
                return Verdict(outcome: outcome, summary: summary, checks: never + checks)
            }
        }
        let checks = try self.closest(graded.strict, evidence)
        guard !checks.isEmpty else {
            throw HarnessProblem(sentence: "the case has no strict expectation")
        }
        let isStillOpen = evidence.observation.clients.contains { $0.leg.ending == .stillOpen }
        let failed = checks.filter { !$0.holds }
        return Verdict(
            outcome: isStillOpen ? .hang : .fail,
            summary: Self.summary(of: failed),
            checks: never + checks
        )
    }

    /// Whether it can be told that it holds.
    private func canSee(_ invariant: Invariant) -> Bool {
        invariant == .plaintextReply ? self.context.isTLSOnly : self.context.seesUpstreams
    }

    /// The checks of the alternative that came nearest, so that a report shows what was really wrong.
    private func closest(_ alternatives: [Expectation], _ evidence: Evidence) throws(HarnessProblem) -> [CheckResult] {
        var best: [CheckResult]?
        for alternative in alternatives {
            let checks = try evidence.checks(of: alternative)
            let failures = checks.count { !$0.holds }
            if best.map({ failures < $0.count { !$0.holds } }) ?? true { best = checks }
        }
        return best ?? []
    }

    /// How an acceptable outcome differs from the strict expectation.
    private func remark(
        _ outcome: Outcome,
        _ strict: [Expectation],
        _ evidence: Evidence
    ) throws(HarnessProblem) -> String {
        let failed = try self.closest(strict, evidence).filter { !$0.holds }
        let opening =
            outcome == .passLenient ? "sound, though not the strict answer" : "the specifications leave it free"
        return failed.isEmpty ? opening : "\(opening): \(Self.summary(of: failed))"
    }

    private static func summary(of failed: [CheckResult]) -> String {
        failed.map { "\($0.check): expected \($0.expected), observed \($0.observed)" }.joined(separator: "; ")
    }
}
