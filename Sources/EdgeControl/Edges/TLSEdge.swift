package import EdgeCore

/// Names that are served by whatever backend is put on them, with modules that do not depend on any agent.
package struct TLSEdge: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        /// `host:443`
        package var hostports: [String] = []
        package var backend: BackendModule?
        package var ipRestriction: IPRestrictionModule?
        package var mutualTLS: MutualTLSModule?
        package var tlsTermination: TLSTerminationModule?
        package var trafficPolicy: TrafficPolicyModule?

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata, hostports, backend
            case ipRestriction = "ip_restriction"
            case mutualTLS = "mutual_tls"
            case tlsTermination = "tls_termination"
            case trafficPolicy = "traffic_policy"
        }

        package static var shape: FieldShape {
            FieldShape(
                CodingKeys.self,
                nested: [
                    .backend: BackendModule.shape, .ipRestriction: IPRestrictionModule.shape,
                    .mutualTLS: MutualTLSModule.shape, .tlsTermination: TLSTerminationModule.shape,
                    .trafficPolicy: TrafficPolicyModule.shape,
                ]
            )
        }

        /// Whether the edge itself has the clients' plaintext.
        package var isTerminated: Bool {
            guard let module = self.tlsTermination, module.isEnabled else { return false }
            return module.terminateAt == "edge"
        }
    }

    package static var kind: ObjectKind { .tlsEdge }
    package static var idPrefix: String { "edgtls" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.tlsEdges }

    package let identity: ObjectIdentity
    package let draft: Draft
    /// Of its hostports, in their order.
    package let names: [DomainName]

    private enum CodingKeys: CodingKey {
        case identity, draft
    }

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: TLSEdge?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (7073, 7074))
        try EdgeModuleRules.check(draft, account: identity.accountID, in: state)
        let names = try EdgeHostports.read(draft.hostports)
        try EdgeHostports.check(names, of: identity, former: former?.names ?? [], in: state, context: context)
        self.identity = identity
        self.names = names
        var draft = draft
        draft.hostports = names.map { "\($0):443" }
        self.draft = draft
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.identity = try container.decode(ObjectIdentity.self, forKey: .identity)
        self.draft = try container.decode(Draft.self, forKey: .draft)
        do throws(ControlError) {
            self.names = try EdgeHostports.read(self.draft.hostports)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: .draft, in: container, debugDescription: "\(error)")
        }
    }

    package var references: Set<String> {
        Set([self.draft.backend?.backendID].compactMap(\.self))
            .union(self.draft.ipRestriction?.ipPolicyIDs ?? [])
            .union(self.draft.mutualTLS?.certificateAuthorityIDs ?? [])
    }

    package static func notFound(_ id: String) -> ControlError { .notFound(self.kind.title, id: id, code: 7000) }

    package func enter(_ indices: inout ControlIndices) {
        for name in self.names { indices.edges[name: name] = self.id }
    }

    package func leave(_ indices: inout ControlIndices) {
        for name in self.names { indices.edges[name: name] = nil }
    }
}

extension ControlState {
    /// What an edge is that asks for neither names nor a backend: a name of its own below the edge's domain, and a tunnel
    /// group with a label that no other has. Where there is no such domain it gets the group alone.
    package mutating func createEquippedEdge(
        _ draft: TLSEdge.Draft,
        account: String,
        context: inout ChangeContext
    ) throws(ControlError) -> TLSEdge {
        let before = self
        do throws(ControlError) {
            var draft = draft
            if let base = self.settings.baseDomains.first {
                var domain = ReservedDomain.Draft()
                domain.domain = "\(RandomText.label(using: &context.generator)).\(base)"
                let reserved: ReservedDomain = try self.create(domain, account: account, context: &context)
                draft.hostports = ["\(reserved.name):443"]
            }
            var group = TunnelGroupBackend.Draft()
            group.labels = ["edge": RandomText.identifier(prefix: TLSEdge.idPrefix, using: &context.generator)]
            let backend: TunnelGroupBackend = try self.create(group, account: account, context: &context)
            draft.backend = BackendModule(backendID: backend.id)
            return try self.create(draft, account: account, context: &context)
        } catch {
            self = before
            throw error
        }
    }
}
