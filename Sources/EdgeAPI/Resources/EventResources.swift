import EdgeControl
import JSONText

extension EventDestination: APIResource {
    static var path: String { "/event_destinations" }
    static var listField: String { "event_destinations" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [.init("format", .string(self.draft.format)), .init("target", self.draft.target?.json ?? .null)]
    }
}

extension EventTarget {
    fileprivate var json: JSONValue {
        .object([
            .init(
                "firehose",
                self.firehose.map { Self.stream($0.auth, "delivery_stream_arn", $0.deliveryStreamARN) } ?? .null
            ),
            .init("kinesis", self.kinesis.map { Self.stream($0.auth, "stream_arn", $0.streamARN) } ?? .null),
            .init(
                "cloudwatch_logs",
                self.cloudwatchLogs.map { Self.stream($0.auth, "log_group_arn", $0.logGroupARN) } ?? .null
            ),
            .init("datadog", self.datadog.map(\.json) ?? .null),
        ])
    }

    private static func stream(_ auth: AWSAuth, _ field: String, _ arn: String) -> JSONValue {
        let role = auth.role.map { JSONValue.object([.init("role_arn", .string($0.roleARN))]) }
        let credentials = auth.credentials.map {
            JSONValue.object([
                .init("aws_access_key_id", .string($0.accessKeyID)), .init("aws_secret_access_key", .null),
            ])
        }
        return .object([
            .init("auth", .object([.init("role", role ?? .null), .init("creds", credentials ?? .null)])),
            .init(field, .string(arn)),
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
            ] + .given("filter", source.filter ?? "")
                + (source.fields.map { [JSONValue.Member("fields", .strings($0))] } ?? [])
        )
    }
}
