package import ConfigurationFiles

/// A known failure of a target, which does not fail the run while it lasts, and no other failure with it.
package struct Waiver: Hashable, Sendable, Codable {
    /// Over case ids.
    package var cases: Glob
    /// What is expected instead of passing: `fail` or `hang`.
    package var outcome: Outcome
    /// The checks that may fail, by ``CheckResult/names``; a broken invariant is one of them or is not waived.
    package var checks: [String]
    /// It fails now and then, so a pass says nothing.
    package var isFlaky: Bool
    package var reason: String
    package var link: String?
    /// The first day it no longer holds: `2027-06-30`.
    package var expires: String
    package var versions: VersionRange?
    /// Where it stands: `haproxy/waivers.yaml:12`.
    package var location: String

    package init(
        cases: String,
        outcome: Outcome,
        checks: [String],
        isFlaky: Bool = false,
        reason: String,
        link: String? = nil,
        expires: String,
        versions: VersionRange? = nil,
        location: String
    ) {
        self.cases = Glob(cases)
        self.outcome = outcome
        self.checks = checks
        self.isFlaky = isFlaky
        self.reason = reason
        self.link = link
        self.expires = expires
        self.versions = versions
        self.location = location
    }

    /// Why a failure is not the one that is known; `nil` when it is.
    func objection(to verdict: Verdict) -> String? {
        if verdict.outcome != self.outcome {
            let ended = verdict.outcome == .hang ? "the connection was held open" : "the connection ended"
            return "the waiver '\(self.cases.pattern)' is for \(self.outcome.rawValue), and \(ended)"
        }
        let covers = "the waiver '\(self.cases.pattern)' covers \(Self.list(self.checks))"
        let failed = verdict.failedChecks.map(\.check)
        guard !failed.isEmpty else { return "\(covers), and it was no check that failed" }
        var others: [String] = []
        for name in failed where !self.checks.contains(name) && !others.contains(name) { others.append(name) }
        return others.isEmpty ? nil : "\(covers), and \(Self.list(others)) failed as well"
    }

    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// What a verdict tells of the waiver, or the declared behaviour, that spoke of its case.
    package struct Citation: Hashable, Sendable, Codable {
        /// The waiver's glob; empty where a behaviour spoke, or a baseline.
        package var cases: String
        package var reason: String
        package var link: String?
        /// `nil` for a waiver.
        package var behaviour: Behaviour?
        /// `true` where it fails now and then only.
        package var isFlaky: Bool?
        /// `true` where an earlier run spoke, which this one is measured by.
        package var isOfBaseline: Bool?

        package init(
            cases: String,
            reason: String,
            link: String? = nil,
            behaviour: Behaviour? = nil,
            isFlaky: Bool? = nil,
            isOfBaseline: Bool? = nil
        ) {
            self.cases = cases
            self.reason = reason
            self.link = link
            self.behaviour = behaviour
            self.isFlaky = isFlaky
            self.isOfBaseline = isOfBaseline
        }

        /// `waiver framing.*`, `behaviour no-half-close`, `baseline`.
        package var source: String {
            if self.isOfBaseline == true { return "baseline" }
            return self.behaviour.map { "behaviour \($0.rawValue)" } ?? "waiver \(self.cases)"
        }
    }

    package var citation: Citation {
        Citation(cases: self.cases.pattern, reason: self.reason, link: self.link, isFlaky: self.isFlaky ? true : nil)
    }
}
