/// Backends of which the first that can be reached has the connection.
package struct FailoverBackend: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        /// Ids, in their order.
        package var backends: [String] = []

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, backends
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    }

    package static var kind: ObjectKind { .failoverBackend }
    package static var idPrefix: String { "bkdfo" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.failoverBackends }

    /// Each one that fails costs the client a dial.
    private static let limit = 10

    package let identity: ObjectIdentity
    package let draft: Draft

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: FailoverBackend?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (6503, 6504))
        guard draft.backends.count <= Self.limit else { throw .tooManyFailover(Self.limit) }
        for id in draft.backends {
            let kind = try state.backendKind(id, account: identity.accountID, field: "backends")
            // One in another could go round in a circle.
            guard kind != .failoverBackend else { throw .failoverMember(id, kind) }
        }
        self.identity = identity
        self.draft = draft
    }

    package var references: Set<String> { Set(self.draft.backends) }

    package static func notFound(_ id: String) -> ControlError { .backendNotFound(self.kind, id) }
    package static func inUse(_ id: String, by user: String) -> ControlError { .backendInUse(self.kind, id, user) }
}

extension ControlError {
    fileprivate static func tooManyFailover(_ limit: Int) -> ControlError {
        ControlError(code: 6513, "A failover backend may have \(limit) backends.", field: "backends")
    }
    fileprivate static func failoverMember(_ id: String, _ kind: ObjectKind) -> ControlError {
        ControlError(
            code: 6525,
            "A failover backend may not refer to another, and '\(id)' is a \(kind.title).",
            field: "backends"
        )
    }
}
