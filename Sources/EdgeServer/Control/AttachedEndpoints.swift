import AgentProtocol
import EdgeControl
import EdgeCore
import TrafficPolicy

/// The endpoints of TLS edges: one for each name of each edge.
enum AttachedEndpoints {
    /// - Parameters:
    ///   - before: those of the state before this one. An endpoint about which nothing has changed stays what it is, with its sessions,
    ///     tickets and counts.
    ///   - preparing: makes what one needs that is new, or of which something has changed.
    ///   - unusable: told of an endpoint whose policy cannot be read, or whose CAs cannot. It is left out: without them it would let in
    ///     those whom they keep away.
    static func made(
        from state: ControlState,
        before: RoutingTable<Endpoint<AgentSession>>,
        preparing: (EndpointConfiguration) throws(NgrokError) -> EndpointTLS,
        unusable: (DomainName, NgrokError) -> Void
    ) -> RoutingTable<Endpoint<AgentSession>> {
        var endpoints = RoutingTable<Endpoint<AgentSession>>()
        for edge in state.tlsEdges.all {
            let plan = edge.draft.backend.flatMap { $0.isEnabled ? state.plan(backend: $0.backendID) : nil }
            for name in edge.names {
                let former = before[name: name]
                let formerPolicy = former?.configuration.policy
                do throws(NgrokError) {
                    let made = try state.configuration(of: edge, name: name, formerPolicy: formerPolicy)
                    let same = former.flatMap { $0.configuration.isSame(as: made) ? $0 : nil }
                    let preparation = if let same { same.preparation } else { try preparing(made) }
                    // Without a backend there is nobody to take a connection.
                    let backend = Endpoint<AgentSession>.Backend.tunnels(plan ?? .failover([]))
                    endpoints[name: name] = Endpoint(
                        same?.configuration ?? made,
                        prepared: preparation,
                        backend: backend
                    )
                } catch {
                    unusable(name, error)
                }
            }
        }
        return endpoints
    }
}

extension ControlState {
    fileprivate func plan(backend id: String) -> BackendPlan? {
        if let group = self.tunnelGroupBackends[id] { return .group(labels: group.draft.labels) }
        if let weighted = self.weightedBackends[id] {
            return .weighted(
                weighted.draft.backends.sorted { $0.key < $1.key }.compactMap { id, weight in
                    self.plan(backend: id).map { BackendPlan.Weighted($0, weight: weight) }
                }
            )
        }
        if let failover = self.failoverBackends[id] {
            return .failover(failover.draft.backends.compactMap { self.plan(backend: $0) })
        }
        return nil
    }

    fileprivate func configuration(
        of edge: TLSEdge,
        name: DomainName,
        formerPolicy: EndpointPolicy?
    ) throws(NgrokError) -> EndpointConfiguration {
        let rules = self.restrictions(of: edge)
        var policy: EndpointPolicy?
        if let module = edge.draft.trafficPolicy, module.isEnabled {
            policy = try EndpointPolicy(module.value, former: formerPolicy)
        }
        return EndpointConfiguration(
            id: edge.id,
            accountID: edge.accountID,
            name: name,
            policy: policy,
            termination: edge.draft.isTerminated ? .edge(self.termination(of: edge)) : .beyond,
            restrictions: rules.map { IPRestrictions($0.allowed, denied: $0.denied) } ?? .none,
            proxyHeader: nil,
            details: EndpointConfiguration.Details(
                resourceID: Seed.id(TLSEdge.self, "\(edge.id)/\(name)").replacing("\(TLSEdge.idPrefix)_", with: "ep_"),
                tunnelID: nil,
                edgeID: edge.id,
                description: edge.draft.description,
                metadata: edge.draft.metadata,
                createdAt: edge.identity.createdAt
            )
        )
    }
}

extension ControlState {
    private func termination(of edge: TLSEdge) -> EdgeTermination {
        // Another version was refused when the module was put on.
        let lowest = edge.draft.tlsTermination?.minVersion.flatMap { TLSTermination.Version(rawValue: $0) }
        return EdgeTermination(
            keyPair: nil,
            clientAuthorities: Array((self.clientAuthorities(of: edge) ?? "").utf8),
            versions: (lowest ?? .tls12)...TLSTermination.Version.tls13
        )
    }
}

extension EndpointConfiguration {
    /// Whether clients would notice no difference.
    fileprivate func isSame(as other: EndpointConfiguration) -> Bool {
        self.id == other.id && self.accountID == other.accountID && self.name == other.name && self.servesAlike(other)
            && self.details == other.details
    }
}
