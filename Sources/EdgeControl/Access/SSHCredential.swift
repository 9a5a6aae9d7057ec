package import EdgeCore

/// A public key: who can prove to have its private half is let in by SSH, and may then bind what the key's rules permit.
package struct SSHCredential: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var acl: [String] = []
        /// As ``Credential/Draft/ownerID``.
        package var ownerID: String?
        /// A line of a public key file, as it was given.
        package var publicKey = ""

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, acl
            case ownerID = "owner_id"
            case publicKey = "public_key"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
        package static var fixedFields: Set<String> { ["owner_id", "public_key"] }
        package static var emptyUpdateCode: Int? { 606 }
    }

    package static var kind: ObjectKind { .sshCredential }
    package static var idPrefix: String { "sshcr" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.sshCredentials }

    package let identity: ObjectIdentity
    package let draft: Draft

    /// - Throws: ERR_NGROK_600 for a rule that is none, 604 and 605 for words that are too long, and without a number for what is
    ///   no key and for one that is registered already: by it alone the edge knows whose a client is.
    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: SSHCredential?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (604, 605))
        for rule in draft.acl where BindRule(rule) == nil { throw .ruleInvalid(rule) }
        guard !draft.publicKey.isEmpty else { throw .required("public_key") }
        let key: SSHPublicKey
        do throws(SSHPublicKey.Problem) {
            key = try SSHPublicKey(draft.publicKey)
        } catch {
            throw ControlError(code: nil, "The public key \(error).", field: "public_key")
        }
        if state.sshCredential(of: key).map({ $0.id != identity.id }) ?? false {
            throw ControlError(
                code: nil,
                "The public key \(key.fingerprint) is registered already. Use another, or delete that one first.",
                field: "public_key"
            )
        }
        self.identity = identity
        self.draft = draft
    }

    /// `nil` for one that was kept by an edge that took other kinds of key: nobody is let in by it.
    package var publicKey: SSHPublicKey? { try? SSHPublicKey(self.draft.publicKey) }

    /// What its clients may bind; empty permits everything.
    package var rules: [BindRule] { self.draft.acl.compactMap { BindRule($0) } }

    /// Another may have been given the key since.
    package func isVacant(in state: ControlState) -> Bool {
        self.publicKey.map { state.sshCredential(of: $0) == nil } ?? true
    }

    package func enter(_ indices: inout ControlIndices) {
        if let publicKey { indices.sshKeys[publicKey] = self.id }
    }

    package func leave(_ indices: inout ControlIndices) {
        if let publicKey, indices.sshKeys[publicKey] == self.id { indices.sshKeys[publicKey] = nil }
    }
}

extension ControlState {
    /// The credential of a key; `nil` for a key that nobody has registered.
    func sshCredential(of key: SSHPublicKey) -> SSHCredential? {
        self.indices.sshKeys[key].flatMap { self.sshCredentials[$0] }
    }
}
