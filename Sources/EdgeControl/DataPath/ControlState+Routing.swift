package import Addresses
package import AgentProtocol
package import EdgeCore

/// What the edge asks for each name, tunnel and connection.
extension ControlState {
    /// Who has reserved exactly this name.
    package func reservedDomain(_ name: DomainName) -> ReservedDomain? {
        self.indices.reserved[name: name].flatMap { self.reservedDomains[$0] }
    }

    /// The edge that has exactly this name.
    package func edge(at name: DomainName) -> TLSEdge? {
        self.indices.edges[name: name].flatMap { self.tlsEdges[$0] }
    }

    /// The edge that a client belongs to, and how closely it is named.
    package func edge(forServerName serverName: String) -> (edge: TLSEdge, closeness: NameCloseness)? {
        guard let (id, closeness) = self.indices.edges.match(forServerName: serverName),
            let edge = self.tlsEdges[id]
        else { return nil }
        return (edge, closeness)
    }

    /// Whether an agent may bind a name itself.
    ///
    /// - Throws: ERR_NGROK_381 while the name is on an edge.
    package func checkBind(_ name: DomainName) throws(NgrokError) {
        guard self.edge(at: name) == nil else { throw .heldByEdge(name.text) }
    }

    /// The tunnel groups of an account that a tunnel with these labels is in.
    package func tunnelGroups(matching labels: [String: String], account: String) -> [TunnelGroupBackend] {
        self.tunnelGroupBackends.all.filter { $0.accountID == account && $0.matches(labels) }
    }

    /// The certificate that a name's owner has given it: of its own domain, or else of the closest wildcard above. Where there
    /// is none, or its domain has none, the edge presents its own.
    package func certificate(for serverName: String) -> TLSCertificate? {
        self.indices.reserved.entry(forServerName: serverName)
            .flatMap { self.reservedDomains[$0]?.draft.certificateID }
            .flatMap { self.tlsCertificates[$0] }
    }

    /// Whom an edge lets in; `nil` where it asks nobody.
    package func restrictions(of edge: TLSEdge) -> AddressRules? {
        guard let module = edge.draft.ipRestriction, module.isEnabled else { return nil }
        var rules = AddressRules()
        for rule in module.ipPolicyIDs.flatMap({ self.rules(of: $0) }) {
            guard let block = rule.block else { continue }
            switch rule.action {
            case .allow: rules.allowed.append(block)
            case .deny: rules.denied.append(block)
            }
        }
        return rules
    }

    /// A policy's own.
    package func rules(of policyID: String) -> [IPPolicyRule] {
        self.indices.rules[policyID, default: []].compactMap { self.ipPolicyRules[$0] }
    }

    /// The CAs that an edge's clients must have a certificate of, in PEM; `nil` where it asks for none.
    package func clientAuthorities(of edge: TLSEdge) -> String? {
        guard let module = edge.draft.mutualTLS, module.isEnabled else { return nil }
        return module.certificateAuthorityIDs.compactMap { self.certificateAuthorities[$0]?.draft.caPEM }
            .joined(separator: "\n")
    }
}

/// The rules of several policies together. Without a rule to allow anybody, nobody gets in: policies whose rules are all gone
/// are no reason to let everybody in.
package struct AddressRules: Hashable, Sendable {
    package var allowed: [CIDRBlock] = []
    package var denied: [CIDRBlock] = []

    package init() {}
}

extension NgrokError {
    package static func heldByEdge(_ name: String) -> NgrokError {
        NgrokError(
            code: 381,
            message: "The name '\(name)' is on an edge. Bind the labels of its tunnel group, or take it off the edge."
        )
    }
}
