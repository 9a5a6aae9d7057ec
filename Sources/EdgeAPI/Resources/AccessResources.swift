import EdgeControl
import JSONText

extension Credential: APIResource {
    static var path: String { "/credentials" }
    static var listField: String { "credentials" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("acl", .strings(self.draft.acl)), .init("owner_id", .optional(self.draft.ownerID)),
                .init("token", .null),
            ]
    }

    static func prepare(_ draft: inout Draft, context: inout ChangeContext) -> [JSONValue.Member] {
        let token = IssuedToken(using: &context)
        draft.digest = token.digest
        return [.init("token", .string(token.text))]
    }
}

extension SSHCredential: APIResource {
    static var path: String { "/ssh_credentials" }
    static var listField: String { "ssh_credentials" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("public_key", .string(self.draft.publicKey)), .init("acl", .strings(self.draft.acl)),
                .init("owner_id", .optional(self.draft.ownerID)),
            ]
    }
}

extension APIKey: APIResource {
    static var path: String { "/api_keys" }
    static var listField: String { "keys" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [.init("owner_id", .optional(self.draft.ownerID)), .init("token", .null)]
    }

    static func prepare(_ draft: inout Draft, context: inout ChangeContext) -> [JSONValue.Member] {
        let token = IssuedToken(using: &context)
        draft.digest = token.digest
        return [.init("token", .string(token.text))]
    }
}
