/// A known failure of a target, which does not fail the run while it lasts.
package struct Waiver: Hashable, Sendable {
    /// A glob over case ids.
    package var cases: String
    /// What is expected instead of passing: `fail` or `hang`.
    package var outcome: Outcome
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
        reason: String,
        link: String? = nil,
        expires: String,
        versions: VersionRange? = nil,
        location: String
    ) {
        self.cases = cases
        self.outcome = outcome
        self.reason = reason
        self.link = link
        self.expires = expires
        self.versions = versions
        self.location = location
    }

    /// What a verdict tells of the waiver that spoke of its case.
    package struct Citation: Hashable, Sendable, Codable {
        package var cases: String
        package var reason: String
        package var link: String?
        package init(cases: String, reason: String, link: String? = nil) {
            self.cases = cases
            self.reason = reason
            self.link = link
        }
    }

    package var citation: Citation { Citation(cases: self.cases, reason: self.reason, link: self.link) }
}
