package import Addresses

/// One block of addresses that an IP policy lets in, or keeps out.
package struct IPPolicyRule: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        package var cidr = ""
        package var ipPolicyID = ""
        package var action: String?

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, cidr, action
            case ipPolicyID = "ip_policy_id"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
        package static var fixedFields: Set<String> { ["ip_policy_id", "action"] }
        package static var emptyUpdateCode: Int? { 1401 }
    }

    package enum Action: String, Hashable, Codable, Sendable {
        case allow, deny
    }

    package static var kind: ObjectKind { .ipPolicyRule }
    package static var idPrefix: String { "ipr" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.ipPolicyRules }

    /// Every client is compared with every rule.
    private static let limit = 1_000

    package let identity: ObjectIdentity
    package let draft: Draft
    package let action: Action

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: IPPolicyRule?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (1421, 100))
        guard !draft.ipPolicyID.isEmpty else { throw .required("ip_policy_id") }
        let policy = try Reference.resolve(
            IPPolicy.self,
            draft.ipPolicyID,
            account: identity.accountID,
            in: state,
            field: "ip_policy_id",
            codes: (1414, 1414)
        )
        guard let action = draft.action.flatMap(Action.init(rawValue:)) else { throw .actionInvalid }
        let block = try Self.block(draft.cidr)
        let siblings = state.rules(of: policy.id).filter { $0.id != identity.id }
        guard !siblings.contains(where: { $0.block == block }) else { throw .blockTaken(draft.cidr) }
        guard siblings.count < Self.limit else { throw .tooManyRules(Self.limit) }
        self.identity = identity
        self.draft = draft
        self.action = action
    }

    /// - Throws: ERR_NGROK_1405 and 1406, 1413 without a mask and 1409 where bits are set beyond it.
    private static func block(_ text: String) throws(ControlError) -> CIDRBlock {
        guard !text.isEmpty else { throw .required("cidr") }
        if let address = IPAddress(text) { throw .maskMissing(address) }
        guard let block = CIDRBlock(text) else { throw .blockInvalid(text) }
        guard let address = IPAddress(text.prefix { $0 != "/" }), address == block.network else {
            throw .notLowest(text, block)
        }
        return block
    }

    /// `nil` for none that this edge has let in.
    package var block: CIDRBlock? { CIDRBlock(self.draft.cidr) }

    package var references: Set<String> { [self.draft.ipPolicyID] }

    package func enter(_ indices: inout ControlIndices) {
        indices.rules[self.draft.ipPolicyID, default: []].append(self.id)
    }

    package func leave(_ indices: inout ControlIndices) {
        indices.rules[self.draft.ipPolicyID]?.removeAll { $0 == self.id }
        if indices.rules[self.draft.ipPolicyID] == [] { indices.rules[self.draft.ipPolicyID] = nil }
    }

    package static func notFound(_ id: String) -> ControlError { .notFound(self.kind.title, id: id, code: 1404) }
}

extension ControlError {
    fileprivate static let actionInvalid = ControlError(
        code: 1422,
        "A rule's action is 'allow' or 'deny'.",
        field: "action"
    )
    fileprivate static func blockInvalid(_ text: String) -> ControlError {
        ControlError(
            code: 1406,
            "'\(text)' is no CIDR. Write an address and a prefix length, such as 192.0.2.0/24.",
            field: "cidr"
        )
    }
    fileprivate static func maskMissing(_ address: IPAddress) -> ControlError {
        ControlError(
            code: 1413,
            "'\(address)' has no mask. Write \(address)/\(address.bytes.count * 8) for this one address.",
            field: "cidr"
        )
    }
    fileprivate static func notLowest(_ text: String, _ block: CIDRBlock) -> ControlError {
        ControlError(
            code: 1409,
            "'\(text)' is not written with the lowest address of its range. Write \(block).",
            field: "cidr"
        )
    }
    fileprivate static func blockTaken(_ text: String) -> ControlError {
        ControlError(code: 1408, "The policy has a rule for '\(text)' already.", field: "cidr")
    }
    fileprivate static func tooManyRules(_ limit: Int) -> ControlError {
        ControlError(code: 1411, "A policy may have \(limit) rules.", field: "ip_policy_id")
    }
}
