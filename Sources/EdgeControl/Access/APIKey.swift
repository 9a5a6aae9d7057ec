package import EdgeCore

/// What a program shows to use the API for an account. Only its digest is kept.
package struct APIKey: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        /// As ``Credential/Draft/ownerID``.
        package var ownerID: String?
        /// No field of a request: the key is never the caller's choice.
        package var digest: TokenDigest?

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata
            case ownerID = "owner_id"
            case digest = "token_sha256"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self, without: [.digest]) }
        package static var fixedFields: Set<String> { ["owner_id"] }
        package static var emptyUpdateCode: Int? { 606 }
    }

    package static var kind: ObjectKind { .apiKey }
    package static var idPrefix: String { "ak" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.apiKeys }

    package let identity: ObjectIdentity
    package let draft: Draft
    package let digest: TokenDigest

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: APIKey?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (604, 605))
        guard let digest = draft.digest else { throw .required("token") }
        self.identity = identity
        self.draft = draft
        self.digest = digest
    }
}
