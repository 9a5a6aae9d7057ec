import EdgeControl
import HTTPServing
import JSONText

extension EventDestination: APIResource {
    static var path: String { "/event_destinations" }
    static var listField: String { "event_destinations" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("format", .string(self.draft.format)),
                .init("target", self.draft.target?.json(representation) ?? .null),
            ]
    }
}

extension EventTarget {
    fileprivate func json(_ representation: Representation) -> JSONValue {
        .object([
            .init("webhook", self.webhook.map { $0.json(representation) } ?? .null),
            .init("datadog", self.datadog.map(\.json) ?? .null),
            // ngrok's clients look for these.
            .init("firehose", .null), .init("kinesis", .null), .init("cloudwatch_logs", .null),
        ])
    }
}

extension EventTarget.Webhook {
    fileprivate func json(_ representation: Representation) -> JSONValue {
        let header = self.header.map { JSONValue.object([.init("name", .string($0.name)), .init("value", .null)]) }
        return .object([
            // The path of some is what proves who sends, and events have more readers.
            .init("url", representation.isOfEvent ? .null : .string(self.url)), .init("bearer_token", .null),
            .init("header", header ?? .null),
        ])
    }
}

extension EventTarget.Datadog {
    fileprivate var json: JSONValue {
        .object([
            .init("api_key", .null), .init("ddtags", .optional(self.tags)), .init("service", .optional(self.service)),
            .init("ddsite", .optional(self.site)),
        ])
    }
}

extension EventSubscription: APIResource {
    static var path: String { "/event_subscriptions" }
    static var listField: String { "event_subscriptions" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        let destinations = self.draft.destinationIDs.map { representation.reference(EventDestination.self, $0) }
        return representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("sources", self.sources(representation)), .init("destinations", .array(destinations)),
            ]
    }

    func sources(_ representation: Representation) -> JSONValue {
        .array(self.draft.sources.map { self.json($0, representation) })
    }

    func json(_ source: EventSource, _ representation: Representation) -> JSONValue {
        .object(
            [
                .init("type", .string(source.type)),
                .init("uri", representation.uri("\(Self.path)/\(self.id)/sources/\(source.type)")),
            ] + (source.filter.map { [JSONValue.Member("filter", .string($0))] } ?? [])
                + (source.fields.map { [JSONValue.Member("fields", .strings($0))] } ?? [])
        )
    }
}
