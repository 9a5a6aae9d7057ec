/// A sentence of a specification that whoever routes, terminates or announces TLS connections is held to, in our own words.
package struct Requirement: Hashable, Sendable {
    /// Permanent, and tells its place: `rfc9846-5.1-empty-handshake-records`.
    package var id: String
    package var rule: Rule
    /// Where the document that this one replaced says the same; `nil` where it does not say it.
    package var formerSection: String?
    package var text: String
    package var proof: Proof

    /// How one would know that an edge keeps it.
    package enum Proof: Hashable, Sendable {
        /// The ids of the scenarios that check it, in the order of the catalogue.
        case scenarios([String])
        /// Nobody outside can tell, and why.
        case unobservable(reason: String)
        /// It could be seen, and no scenario looks.
        case missing
    }

    package init(id: String, rule: Rule, formerSection: String? = nil, text: String, proof: Proof) {
        self.id = id
        self.rule = rule
        self.formerSection = formerSection
        self.text = text
        self.proof = proof
    }

    /// The scenarios that check it.
    package var scenarios: [String] {
        if case .scenarios(let ids) = self.proof { ids } else { [] }
    }
}
