import ConfigurationFiles
import ScenarioModel

/// The waivers of one target that hold for its version today.
package struct Waivers: Sendable {
    package let entries: [Waiver]

    package init(entries: [Waiver]) { self.entries = entries }

    package static let none = Waivers(entries: [])

    /// The first waiver for this case.
    package func match(_ caseID: String) -> Waiver? {
        self.entries.first { Glob($0.cases).matches(caseID) }
    }

    /// Those that match none of the cases, each of which is a problem of the run: give it every case of the catalogue.
    package func unused(among caseIDs: some Sequence<String>) -> [Waiver] {
        let caseIDs = Array(caseIDs)
        return self.entries.filter { waiver in
            !caseIDs.contains { Glob(waiver.cases).matches($0) }
        }
    }

    /// Turns a failure that a waiver foretold into an expected one, and a pass that it did not expect into a failure.
    package func apply(to verdict: Verdict, ofCase caseID: String) -> Verdict {
        guard let waiver = self.match(caseID) else { return verdict }
        var waived = verdict
        switch verdict.outcome {
        case .fail, .hang:
            waived.outcome = .expectedFail
            waived.summary = "\(verdict.summary) (waived: \(waiver.reason))"
        case .pass, .passLenient, .informational:
            waived.outcome = .unexpectedPass
            waived.summary = "passes, but the waiver '\(waiver.cases)' says that it fails: remove the waiver"
        case .failShould, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error, .flaky:
            return verdict
        }
        waived.waiver = waiver.citation
        return waived
    }

    /// What the run has to say of waivers that speak of no case at all; only a run of the whole catalogue can tell.
    package func problems(amongAll results: [CaseResult]) -> [String] {
        self.unused(among: results.map(\.testCase.id)).map {
            "\($0.location): the waiver '\($0.cases)' matches no case: remove it"
        }
    }
}
