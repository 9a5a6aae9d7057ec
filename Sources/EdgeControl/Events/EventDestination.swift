/// A service that takes events.
package struct EventDestination: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var format = ""
        package var target: EventTarget?

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, format, target
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self, nested: [.target: EventTarget.shape]) }
    }

    package static var kind: ObjectKind { .eventDestination }
    package static var idPrefix: String { "ed" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.eventDestinations }

    package let identity: ObjectIdentity
    /// Its target has no secrets.
    package let draft: Draft
    /// What the target's service asks for. Kept apart from the rest.
    package private(set) var secretKey: SecretKey?

    /// It does not print.
    package struct SecretKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
        package let text: String
        package var description: String { "SecretKey(redacted)" }
        package var debugDescription: String { self.description }
    }

    private enum CodingKeys: CodingKey {
        case identity, draft
    }

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: EventDestination?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (5140, 100))
        guard draft.format.lowercased() == "json" else { throw .formatInvalid(draft.format) }
        let fields = draft.target?.fields ?? []
        guard var target = draft.target, let field = fields.first else { throw .targetMissing }
        guard fields.count == 1 else { throw .severalTargets }
        if let former, former.draft.target?.fields != fields { throw .targetChanged }
        let given = target.takeSecret()
        self.secretKey = given.map { SecretKey(text: $0) } ?? former?.secretKey
        try Self.check(target, field: "target.\(field.stringValue)", hasSecret: self.secretKey != nil)
        self.identity = identity
        var draft = draft
        draft.format = "json"
        draft.target = target
        self.draft = draft
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.identity = try container.decode(ObjectIdentity.self, forKey: .identity)
        self.draft = try container.decode(Draft.self, forKey: .draft)
        self.secretKey = nil
    }

    package var secret: [UInt8]? { self.secretKey.map { Array($0.text.utf8) } }

    package mutating func restore(secret: [UInt8]?) throws {
        guard let secret else { return }
        guard let text = String(validating: secret, as: UTF8.self) else {
            throw RecordError(key: ObjectKey(Self.kind, self.id), detail: "its secret is no text")
        }
        self.secretKey = SecretKey(text: text)
    }

    private static func check(_ target: EventTarget, field: String, hasSecret: Bool) throws(ControlError) {
        if target.datadog != nil {
            guard hasSecret else { throw .apiKeyMissing }
            return
        }
        let services = [
            ("firehose", target.firehose?.deliveryStreamARN, "\(field).delivery_stream_arn"),
            ("kinesis", target.kinesis?.streamARN, "\(field).stream_arn"),
            ("logs", target.cloudwatchLogs?.logGroupARN, "\(field).log_group_arn"),
        ]
        for (service, arn, field) in services {
            if let arn { try Self.checkARN(arn, service: service, field: field) }
        }
        switch (target.auth?.role, target.auth?.credentials) {
        case (nil, nil): throw .authMissing("\(field).auth")
        case (.some, .some): throw .severalAuths("\(field).auth")
        case (let role?, nil): try Self.checkARN(role.roleARN, service: "iam", field: "\(field).auth.role.role_arn")
        case (nil, .some): guard hasSecret else { throw .secretMissing("\(field).auth.creds") }
        }
    }

    /// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`
    private static func checkARN(_ arn: String, service: String, field: String) throws(ControlError) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[5].isEmpty else {
            throw .arnInvalid(arn, field)
        }
        guard parts[2] == service else { throw .arnService(arn, service, field) }
    }

    package static func inUse(_ id: String, by user: String) -> ControlError {
        .inUse(self.kind.title, id: id, by: user, code: 5112)
    }
}

extension ControlError {
    fileprivate static func formatInvalid(_ format: String) -> ControlError {
        ControlError(code: 235, "There is no format '\(format)' of events. Choose json.", field: "format")
    }
    fileprivate static let targetMissing = ControlError(
        code: 5100,
        "Give one target: firehose, kinesis, cloudwatch_logs or datadog.",
        field: "target"
    )
    fileprivate static func authMissing(_ field: String) -> ControlError {
        ControlError(code: 5107, "Give a role or credentials in '\(field)'.", field: field)
    }
    fileprivate static let targetChanged = ControlError(
        code: 5108,
        "A destination keeps its kind of target. Create another for a new target.",
        field: "target"
    )
    fileprivate static let severalTargets = ControlError(
        code: 5115,
        "Give one target, not several.",
        field: "target"
    )
    fileprivate static func severalAuths(_ field: String) -> ControlError {
        ControlError(code: 5116, "Give a role or credentials in '\(field)', not both.", field: field)
    }
    fileprivate static func arnService(_ arn: String, _ service: String, _ field: String) -> ControlError {
        ControlError(code: 5119, "The service of '\(arn)' must be '\(service)'.", field: field)
    }
    fileprivate static func arnInvalid(_ arn: String, _ field: String) -> ControlError {
        ControlError(code: 5120, "'\(arn)' is no ARN. Take it from AWS as it is.", field: field)
    }
    fileprivate static let apiKeyMissing = ControlError(
        code: 5133,
        "Datadog asks for an API key.",
        field: "target.datadog.api_key"
    )
    fileprivate static func secretMissing(_ field: String) -> ControlError {
        ControlError(code: 240, "The credentials in '\(field)' have no aws_secret_access_key.", field: field)
    }
}
