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

    /// Of an account. Each may have 8 MiB of events waiting, so that an account whose destinations are all dead holds 80.
    private static let limit = 10

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: EventDestination?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (5140, 100))
        guard draft.format.lowercased() == "json" else { throw .formatInvalid(draft.format) }
        guard var target = draft.target, let field = target.fields.first else { throw .targetMissing }
        guard target.fields.count == 1 else { throw .severalTargets }
        if let former, former.draft.target?.fields != [field] { throw .targetChanged }
        if former == nil, state.eventDestinations.all(of: identity.accountID).count >= Self.limit {
            throw .tooManyDestinations(Self.limit)
        }
        if target.webhook?.bearerToken != nil, target.webhook?.header != nil { throw .severalAuths }
        let given = target.takeSecret().map { SecretKey(text: $0) }
        let kept = former?.secretKey
        if given == nil, kept != nil, former?.draft.target?.recipient != target.recipient { throw .secretNotGivenAgain }
        let secretKey = given ?? kept
        guard let check = state.settings.checkEventEndpoint else { throw .noDeliveries }
        try check(try EventEndpoint(target, secret: secretKey))
        self.secretKey = secretKey
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

    package static func inUse(_ id: String, by user: String) -> ControlError {
        .inUse(self.kind.title, id: id, by: user, code: 5112)
    }
}

extension ControlError {
    fileprivate static func formatInvalid(_ format: String) -> ControlError {
        ControlError(code: 235, "There is no format '\(format)' of events. Choose json.", field: "format")
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
    fileprivate static let severalAuths = ControlError(
        code: 5116,
        "Give a bearer_token or a header, not both.",
        field: "target.webhook"
    )
    /// Whoever may change a destination is never shown its secret, and must not have it sent to a place of their own.
    fileprivate static let secretNotGivenAgain = ControlError(
        code: 240,
        "The target would be another one than the secret was given for. Give the secret too.",
        field: "target"
    )
    fileprivate static func tooManyDestinations(_ limit: Int) -> ControlError {
        ControlError(.forbidden, code: nil, "An account may have \(limit) event destinations.")
    }
    fileprivate static let noDeliveries = ControlError(
        .forbidden,
        code: nil,
        "This edge delivers no events.",
        field: "target"
    )
}
