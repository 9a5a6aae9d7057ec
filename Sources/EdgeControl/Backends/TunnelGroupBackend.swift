/// All tunnels that have certain labels, whoever serves them.
package struct TunnelGroupBackend: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var labels: [String: String] = [:]

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, labels
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
    }

    package static var kind: ObjectKind { .tunnelGroupBackend }
    package static var idPrefix: String { "bkdtg" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.tunnelGroupBackends }

    private static let labelLimit = 20
    /// In bytes of UTF-8.
    private static let lengths = 1...255

    package let identity: ObjectIdentity
    package let draft: Draft

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: TunnelGroupBackend?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (6503, 6504))
        // Without labels it would be every tunnel of the account.
        guard !draft.labels.isEmpty else { throw .required("labels") }
        guard draft.labels.count <= Self.labelLimit else { throw .tooManyLabels(Self.labelLimit) }
        for (key, value) in draft.labels.sorted(by: { $0.key < $1.key }) {
            guard Self.lengths.contains(key.utf8.count) else { throw .labelKeyLength(key, Self.lengths) }
            guard Self.lengths.contains(value.utf8.count) else { throw .labelValueLength(key, Self.lengths) }
        }
        self.identity = identity
        self.draft = draft
    }

    /// Whether a tunnel with these labels is one of the group's: it has all of the group's, and may have more.
    package func matches(_ labels: [String: String]) -> Bool {
        self.draft.labels.allSatisfy { labels[$0.key] == $0.value }
    }

    package static func notFound(_ id: String) -> ControlError { .backendNotFound(self.kind, id) }
    package static func inUse(_ id: String, by user: String) -> ControlError { .backendInUse(self.kind, id, user) }
}

extension ControlError {
    fileprivate static func tooManyLabels(_ limit: Int) -> ControlError {
        ControlError(code: 6508, "A tunnel group may have \(limit) labels.", field: "labels")
    }
    fileprivate static func labelKeyLength(_ key: String, _ lengths: ClosedRange<Int>) -> ControlError {
        ControlError(
            code: 6509,
            "The label key '\(key)' must have \(lengths.lowerBound) to \(lengths.upperBound) bytes.",
            field: "labels"
        )
    }
    fileprivate static func labelValueLength(_ key: String, _ lengths: ClosedRange<Int>) -> ControlError {
        ControlError(
            code: 6510,
            "The value of the label '\(key)' must have \(lengths.lowerBound) to \(lengths.upperBound) bytes.",
            field: "labels"
        )
    }
}
