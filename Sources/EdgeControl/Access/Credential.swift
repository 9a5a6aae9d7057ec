package import EdgeCore

/// An authtoken: what an agent shows to be let in, and what it may then bind. Only its digest is kept.
package struct Credential: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var acl: [String] = []
        /// Who it is for. This edge knows accounts and no users, and hands back what it was given.
        package var ownerID: String?
        /// No field of a request: the token is never the caller's choice.
        package var digest: TokenDigest?

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, acl
            case ownerID = "owner_id"
            case digest = "token_sha256"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self, without: [.digest]) }
        package static var fixedFields: Set<String> { ["owner_id"] }
        package static var emptyUpdateCode: Int? { 606 }
    }

    package static var kind: ObjectKind { .credential }
    package static var idPrefix: String { "cr" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.credentials }

    package let identity: ObjectIdentity
    package let draft: Draft
    package let digest: TokenDigest

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: Credential?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (604, 605))
        for rule in draft.acl where BindRule(rule) == nil { throw .ruleInvalid(rule) }
        guard let digest = draft.digest else { throw .required("token") }
        self.identity = identity
        self.draft = draft
        self.digest = digest
    }

    /// What its agents may bind; empty permits everything.
    package var rules: [BindRule] { self.draft.acl.compactMap { BindRule($0) } }
}

extension ControlError {
    static func ruleInvalid(_ rule: String) -> ControlError {
        ControlError(
            code: 600,
            "'\(rule)' is no rule. A rule is '*', or 'bind:' with a domain or a label such as bind:role=web.",
            field: "acl"
        )
    }
}
