import EdgeControl
import HTTPServing
import JSONText

/// The sources of an event subscription, one by one.
enum EventSourceRoutes {
    private static let path = "\(EventSubscription.path)/{subscription_id}/sources"

    /// What an update of a source may change.
    private struct Changes: Codable {
        var filter: String?
        var fields: [String]?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case filter, fields
        }
    }

    static var all: [Route] {
        [
            Route(.post, self.path) { call in
                let source = try call.body.value(EventSource.self, shape: EventSource.shape)
                let subscription = try await call.update(EventSubscription.self, id: call.subscriptionID) { draft in
                    draft.sources.append(source)
                }
                return .json(201, subscription.json(source, call.representation))
            },
            Route(.get, self.path) { call in
                let subscription = try call.subscription()
                let uri = "\(EventSubscription.path)/\(subscription.id)/sources"
                return .json(
                    200,
                    .object([
                        .init("sources", subscription.sources(call.representation)),
                        .init("uri", call.representation.uri(uri)),
                    ])
                )
            },
            Route(.get, self.path + "/{type}") { call in
                let subscription = try call.subscription()
                return .json(200, subscription.json(try subscription.source(call.type), call.representation))
            },
            Route(.patch, self.path + "/{type}") { call in
                let changes = try call.body.value(Changes.self, shape: FieldShape(Changes.CodingKeys.self))
                _ = try call.subscription().source(call.type)
                let subscription = try await call.update(EventSubscription.self, id: call.subscriptionID) { draft in
                    for index in draft.sources.indices where draft.sources[index].type == call.type {
                        if let filter = changes.filter { draft.sources[index].filter = filter }
                        if let fields = changes.fields { draft.sources[index].fields = fields }
                    }
                }
                return .json(200, subscription.json(try subscription.source(call.type), call.representation))
            },
            Route(.delete, self.path + "/{type}") { call in
                _ = try call.subscription().source(call.type)
                _ = try await call.update(EventSubscription.self, id: call.subscriptionID) { draft in
                    draft.sources.removeAll { $0.type == call.type }
                }
                return .done
            },
        ]
    }
}

extension Call {
    fileprivate var subscriptionID: String { self.parameters["subscription_id"] ?? "" }
    fileprivate var type: String { self.parameters["type"] ?? "" }

    fileprivate func subscription() throws(ControlError) -> EventSubscription {
        try self.plane.state.object(EventSubscription.self, id: self.subscriptionID, account: self.account.id)
    }
}
