/// Which events go to which destinations.
package struct EventSubscription: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var sources: [EventSource] = []
        package var destinationIDs: [String] = []

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, sources
            case destinationIDs = "destination_ids"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self, nested: [.sources: EventSource.shape]) }
    }

    package static var kind: ObjectKind { .eventSubscription }
    package static var idPrefix: String { "esb" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.eventSubscriptions }

    /// An event is written once for each.
    private static let destinationLimit = 10

    package let identity: ObjectIdentity
    package let draft: Draft

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: EventSubscription?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (5140, 100))
        var types: Set<String> = []
        for source in draft.sources {
            guard types.insert(source.type).inserted else { throw .typeTwice(source.type) }
            try source.check(state.settings)
        }
        guard draft.destinationIDs.count <= Self.destinationLimit else {
            throw .tooManyDestinations(Self.destinationLimit)
        }
        for id in draft.destinationIDs {
            _ = try Reference.resolve(
                EventDestination.self,
                id,
                account: identity.accountID,
                in: state,
                field: "destination_ids",
                codes: (5103, 5103)
            )
        }
        self.identity = identity
        self.draft = draft
    }

    package var references: Set<String> { Set(self.draft.destinationIDs) }

    package static func notFound(_ id: String) -> ControlError { .notFound(self.kind.title, id: id, code: 5123) }

    /// - Throws: not found where the subscription has no source of this type.
    package func source(_ type: String) throws(ControlError) -> EventSource {
        guard let source = self.draft.sources.first(where: { $0.type == type }) else {
            throw ControlError(
                .notFound,
                code: 5125,
                "There is no source '\(type)' on the event subscription '\(self.id)'."
            )
        }
        return source
    }
}

/// One type of event that a subscription is for.
package struct EventSource: Hashable, Codable, Sendable {
    package var type: String
    /// An expression that is true for the events that are wanted.
    package var filter: String?
    /// What is told of them; `nil` is everything.
    package var fields: [String]?

    package init(type: String, filter: String? = nil, fields: [String]? = nil) {
        self.type = type
        self.filter = filter
        self.fields = fields
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case type, filter, fields
    }

    package static var shape: FieldShape { FieldShape(CodingKeys.self) }

    func check(_ settings: ControlSettings) throws(ControlError) {
        guard let type = EventType(self.type) else { throw .typeUnknown(self.type) }
        if let fields = self.fields, !fields.isEmpty {
            guard type.isTraffic else { throw .fieldsOfChange(type) }
            for field in fields where !type.fields.contains(field) { throw .fieldUnknown(field, type) }
        }
        guard let filter = self.filter, !filter.isEmpty else { return }
        guard type.isTraffic else { throw .filterOfChange(type) }
        guard let check = settings.checkEventFilter else { throw .noFilters }
        try check(filter)
    }
}

extension ControlError {
    fileprivate static func typeUnknown(_ type: String) -> ControlError {
        let names = EventType.all.map(\.name).joined(separator: ", ")
        return ControlError(code: 238, "There is no event '\(type)'. There are: \(names).", field: "sources.type")
    }
    fileprivate static func typeTwice(_ type: String) -> ControlError {
        ControlError(code: 5127, "The subscription would have two sources '\(type)'.", field: "sources.type")
    }
    fileprivate static func tooManyDestinations(_ limit: Int) -> ControlError {
        ControlError(code: 5126, "A subscription may have \(limit) destinations.", field: "destination_ids")
    }
    fileprivate static let noFilters = ControlError(
        .forbidden,
        code: 5135,
        "This edge has no filters of events. Leave the filter out.",
        field: "sources.filter"
    )
    fileprivate static func fieldsOfChange(_ type: EventType) -> ControlError {
        ControlError(code: 5401, "A source of '\(type.name)' has no fields to choose.", field: "sources.fields")
    }
    fileprivate static func filterOfChange(_ type: EventType) -> ControlError {
        ControlError(code: 5402, "A source of '\(type.name)' has no filter.", field: "sources.filter")
    }
    fileprivate static func fieldUnknown(_ field: String, _ type: EventType) -> ControlError {
        ControlError(
            code: 5403,
            "'\(field)' is no field of '\(type.name)'. There are: \(type.fields.joined(separator: ", ")).",
            field: "sources.fields"
        )
    }
}
