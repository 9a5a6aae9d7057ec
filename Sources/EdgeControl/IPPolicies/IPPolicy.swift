/// A list of rules that edges share.
package struct IPPolicy: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
        package static var emptyUpdateCode: Int? { 1400 }
    }

    package static var kind: ObjectKind { .ipPolicy }
    package static var idPrefix: String { "ipp" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.ipPolicies }

    package let identity: ObjectIdentity
    package let draft: Draft

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: IPPolicy?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        // Of the two ngrok numbers only that of a rule's description; 100 is any metadata's.
        try Annotations.check(draft.description, draft.metadata, codes: (1421, 100))
        self.identity = identity
        self.draft = draft
    }

    package static func notFound(_ id: String) -> ControlError { .notFound(self.kind.title, id: id, code: 1402) }

    package static func inUse(_ id: String, by user: String) -> ControlError {
        .inUse(self.kind.title, id: id, by: user, code: 1420)
    }

    /// Its rules do not keep it: they go with it.
    package func users(in state: ControlState) -> [String] {
        state.tlsEdges.all.filter { $0.references.contains(self.id) }.map { "\(TLSEdge.kind.title) '\($0.id)'" }
    }

    package func dependents(in state: ControlState) -> [ObjectKey] {
        state.rules(of: self.id).map { ObjectKey(.ipPolicyRule, $0.id) }
    }
}
