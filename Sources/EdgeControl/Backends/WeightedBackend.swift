/// Backends among which each connection is drawn, by their weights.
package struct WeightedBackend: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        /// Weights by the ids of backends.
        package var backends: [String: Int] = [:]

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, backends
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    }

    package static var kind: ObjectKind { .weightedBackend }
    package static var idPrefix: String { "bkdwd" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.weightedBackends }

    private static let limit = 100
    /// ngrok's. A backend of weight 0 is kept ready and never drawn.
    private static let weights = 0...10_000

    package let identity: ObjectIdentity
    package let draft: Draft

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: WeightedBackend?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (6503, 6504))
        guard draft.backends.count <= Self.limit else { throw .tooManyWeighted(Self.limit) }
        for (id, weight) in draft.backends.sorted(by: { $0.key < $1.key }) {
            let kind = try state.backendKind(id, account: identity.accountID, field: "backends")
            guard kind == .tunnelGroupBackend else { throw .weightedMember(id, kind) }
            guard Self.weights.contains(weight) else { throw .weight(id, weight, Self.weights) }
        }
        self.identity = identity
        self.draft = draft
    }

    package var references: Set<String> { Set(self.draft.backends.keys) }

    package static func notFound(_ id: String) -> ControlError { .backendNotFound(self.kind, id) }
    package static func inUse(_ id: String, by user: String) -> ControlError { .backendInUse(self.kind, id, user) }
}

extension ControlError {
    fileprivate static func tooManyWeighted(_ limit: Int) -> ControlError {
        ControlError(code: 6511, "A weighted backend may have \(limit) backends.", field: "backends")
    }
    fileprivate static func weight(_ id: String, _ weight: Int, _ weights: ClosedRange<Int>) -> ControlError {
        ControlError(
            code: 6512,
            "The weight \(weight) of '\(id)' is not between \(weights.lowerBound) and \(weights.upperBound).",
            field: "backends"
        )
    }
    fileprivate static func weightedMember(_ id: String, _ kind: ObjectKind) -> ControlError {
        ControlError(
            code: 6524,
            "A weighted backend may only refer to tunnel groups, and '\(id)' is a \(kind.title).",
            field: "backends"
        )
    }
}
