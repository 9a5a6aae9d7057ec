import ConfigurationFiles
import ScenarioModel

/// The waivers of one target that hold for its version today.
package struct Waivers: Sendable {
    package let entries: [Waiver]

    package init(entries: [Waiver]) { self.entries = entries }

    package static let none = Waivers(entries: [])

    /// Every waiver for this case, in the order of the file.
    package func matching(_ caseID: String) -> [Waiver] { self.entries.filter { $0.cases.matches(caseID) } }

    /// Turns a failure that a waiver foretold into an expected one, and a pass that it did not expect into a failure.
    package func apply(to verdict: Verdict, ofCase caseID: String) -> Verdict {
        let waivers = self.matching(caseID)
        guard let first = waivers.first else { return verdict }
        var known = verdict
        switch verdict.outcome {
        case .fail, .hang:
            guard let waiver = waivers.first(where: { $0.objection(to: verdict) == nil }) else {
                known.summary = "\(first.objection(to: verdict) ?? ""): \(verdict.summary)"
                return known
            }
            known.outcome = .expectedFail
            known.summary = "\(verdict.summary) (waived: \(waiver.reason))"
            known.waiver = waiver.citation
        case .pass, .passLenient, .informational:
            guard let waiver = waivers.first(where: { !$0.isFlaky }) else { return verdict }
            known.outcome = .unexpectedPass
            known.summary = "passes, but the waiver '\(waiver.cases.pattern)' says that it fails: remove the waiver"
            known.waiver = waiver.citation
        case .failShould, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error, .flaky: break
        }
        return known
    }

    /// What the run has to say of waivers that are too wide; only a run of the whole catalogue can tell.
    package func problems(amongAll results: [CaseResult]) -> [String] {
        let hasPrograms = results.contains { $0.testCase.client.engine == .program }
        return self.entries.compactMap { waiver in
            // Clients that are programs are chosen for a run, or there are none.
            if !hasPrograms, waiver.cases.pattern.contains("engine=\(ClientPlan.Engine.program.rawValue)") {
                return nil
            }
            let cases = results.filter { waiver.cases.matches($0.testCase.id) }
            let name = "\(waiver.location): the waiver '\(waiver.cases.pattern)'"
            guard !cases.isEmpty else { return "\(name) matches no case: remove it" }
            let failed = cases.filter { $0.verdict.outcome == .expectedFail && $0.verdict.waiver == waiver.citation }
            guard !failed.isEmpty, !waiver.isFlaky else { return nil }
            let names = Set(failed.flatMap { $0.verdict.failedChecks.map(\.check) })
            let unseen = waiver.checks.filter { !names.contains($0) }
            guard !unseen.isEmpty else { return nil }
            return
                "\(name) covers \(unseen.joined(separator: ", ")), which failed in none of its cases: remove it there"
        }
    }
}
