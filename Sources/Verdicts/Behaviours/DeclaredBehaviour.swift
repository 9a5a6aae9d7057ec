/// A behaviour that a target's file declares, with its reason.
package struct DeclaredBehaviour: Hashable, Sendable, Codable {
    package var behaviour: Behaviour
    package var reason: String
    /// Where its makers say so.
    package var link: String?
    /// Where it is declared: `nginx/target.yaml:31`.
    package var location: String

    package init(_ behaviour: Behaviour, reason: String, link: String? = nil, location: String) {
        self.behaviour = behaviour
        self.reason = reason
        self.link = link
        self.location = location
    }

    package var citation: Waiver.Citation {
        Waiver.Citation(cases: "", reason: self.reason, link: self.link, behaviour: self.behaviour)
    }

    /// That it explains no failure of a run of the whole catalogue; `nil` when it does.
    func problem(amongAll results: [CaseResult]) -> String? {
        let isSeen = results.contains { result in
            result.verdict.waiver?.behaviour == self.behaviour || result.behaviours.contains(self.behaviour)
        }
        return isSeen
            ? nil : "\(self.location): the behaviour '\(self.behaviour.rawValue)' shows in no case: remove it"
    }
}
