/// What one document demands of TLS edges: a file of `Scenarios/Requirements`.
package struct RequirementList: Hashable, Sendable {
    package var document: Rule.Document
    package var title: String
    /// Which parts of the document were read for it, in a sentence: what is not in there may still be in the document.
    package var scope: String
    /// The document that this one replaced, by whose sections many still know the rules.
    package var formerDocument: Rule.Document?
    package var requirements: [Requirement]

    package init(
        document: Rule.Document,
        title: String,
        scope: String,
        formerDocument: Rule.Document? = nil,
        requirements: [Requirement]
    ) {
        self.document = document
        self.title = title
        self.scope = scope
        self.formerDocument = formerDocument
        self.requirements = requirements
    }
}

extension Rule.Document {
    /// What the ids of a document's requirements begin with: `rfc9846`, `proxy-protocol`.
    package var slug: String {
        switch self {
        case .rfc(let number): "rfc\(number)"
        case .proxyProtocol, .declaredFeatures, .ngrokTLSEndpoints, .house:
            self.description.lowercased().split(separator: " ").joined(separator: "-")
        }
    }
}
