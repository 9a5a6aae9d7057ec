import EdgeControl
import JSONText

extension IPPolicy: APIResource {
    static var path: String { "/ip_policies" }
    static var listField: String { "ip_policies" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
    }
}

extension IPPolicyRule: APIResource {
    static var path: String { "/ip_policy_rules" }
    static var listField: String { "ip_policy_rules" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("cidr", .string(self.draft.cidr)),
                .init("ip_policy", representation.reference(IPPolicy.self, self.draft.ipPolicyID)),
                .init("action", .string(self.action.rawValue)),
            ]
    }
}
