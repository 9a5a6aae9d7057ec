import AgentProtocol
import EdgeControl
import EdgeCore
import Synchronization
import TLSWire
import TrafficPolicy

/// What endpoints' traffic policies need beside themselves.
extension EdgeState {
    /// Whether a TLS edge may have this policy. Whose objects it names is asked when connections come: the edge's account may change
    /// them at any time.
    ///
    /// - Parameter lowest: The edge's min_version, if it has one.
    static func check(trafficPolicy text: String, lowestVersion lowest: String?) throws(ControlError) {
        do throws(NgrokError) {
            let policy = try EndpointPolicy(text)
            let bound = lowest.flatMap { TLSTermination.Version(rawValue: $0) } ?? .tls12
            // The higher lowest version of both counts, and no client could meet both.
            for action in policy.document.terminations where action.maximumVersion < bound {
                let wanted = "no lower than the edge's min_version, \(bound.rawValue)"
                throw .policyConfigValue(
                    "max_version",
                    action.maximumVersion.rawValue,
                    wanted: wanted,
                    action: "terminate-tls"
                )
            }
            for action in policy.terminations { _ = try TerminationContexts(EdgeTermination(action, over: nil)) }
        } catch {
            throw ControlError(error, field: "traffic_policy.value")
        }
    }

    // MARK: Endpoints that come and go

    /// Makes what an endpoint needs before it has clients.
    ///
    /// - Throws: what the endpoint's certificates have against them, and ERR_NGROK_9026 for its policy.
    func prepare(_ endpoint: EndpointConfiguration) throws(NgrokError) -> EndpointTLS {
        try self.checkPolicy(of: endpoint)
        return try EndpointTLS(endpoint)
    }

    /// Makes what it needs with a change.
    ///
    /// - Throws: ERR_NGROK_9026.
    func prepare(
        _ changed: EndpointConfiguration,
        insteadOf endpoint: Endpoint<AgentSession>
    ) throws(NgrokError) -> EndpointTLS {
        guard changed.policy != endpoint.configuration.policy else { return endpoint.preparation }
        try self.checkPolicy(of: changed)
        return try endpoint.preparation.replacingPolicy(of: changed)
    }

    /// Whether the account has the objects that a policy names.
    ///
    /// - Throws: ERR_NGROK_9026.
    private func checkPolicy(of endpoint: EndpointConfiguration) throws(NgrokError) {
        guard let policy = endpoint.policy else { return }
        for id in policy.document.ipPolicies where self.rules(ofIPPolicy: id, accountID: endpoint.accountID) == nil {
            throw .policyInvalid(.policyIPPolicy(id))
        }
        for id in policy.document.terminations.flatMap(\.authorityIDs)
        where self.authority(id, accountID: endpoint.accountID) == nil {
            throw .policyInvalid(.policyAuthority(id))
        }
    }

    // MARK: Connections

    /// An IP policy's rules; `nil` where the account has none with this id.
    func rules(ofIPPolicy id: String, accountID: String) -> IPPolicyRules? {
        let state = self.keeper.state
        guard state.ipPolicies[id]?.accountID == accountID else { return nil }
        let rules = state.rules(of: id)
        return IPPolicyRules(
            allowed: rules.filter { $0.action == .allow }.compactMap(\.block),
            denied: rules.filter { $0.action == .deny }.compactMap(\.block)
        )
    }

    /// A certificate authority in PEM; `nil` where the account has none with this id.
    private func authority(_ id: String, accountID: String) -> String? {
        self.keeper.state.certificateAuthorities[id].flatMap { $0.accountID == accountID ? $0.draft.caPEM : nil }
    }

    /// Where a connection of an endpoint goes on that is forwarded.
    func route(internally url: InternalURL, accountID: String) -> EdgeTable<AgentSession>.Route {
        var generator = SystemRandomNumberGenerator()
        return self.table.withLock {
            $0.route(internally: url.host, port: url.port, accountID: accountID, using: &generator)
        }
    }

    /// How TLS ends for one connection by an action of its endpoint's policy.
    func serverTLS(
        of endpoint: Endpoint<AgentSession>,
        by action: TLSTermination,
        for client: ClientHello
    ) throws -> ServerTLS? {
        var warnings: [String] = []
        var authorities: [String] = []
        for authority in action.authorities {
            switch authority {
            case .pem(let text): authorities.append(text)
            case .id(let id):
                if let text = self.authority(id, accountID: endpoint.configuration.accountID) {
                    authorities.append(text)
                } else {
                    warnings.append("there is no certificate authority '\(id)'")
                }
            }
        }
        let bound = endpoint.configuration.edgeTermination
        let termination = EdgeTermination(action, authorities: authorities, over: bound)
        // Where how TLS ends depends on the connection, they are of this one alone.
        let made = try endpoint.preparation.contexts(of: action) ?? TerminationContexts(termination)
        guard let contexts = try made.contexts(for: client, among: self.certificates) else { return nil }
        return try ServerTLS(contexts, verification: termination.verification, warnings: warnings)
    }

    /// How TLS ends for one connection as the endpoint was bound.
    func serverTLS(
        of endpoint: Endpoint<AgentSession>,
        by termination: EdgeTermination,
        for client: ClientHello
    ) throws -> ServerTLS? {
        guard let contexts = try endpoint.preparation.bound?.contexts(for: client, among: self.certificates) else {
            return nil
        }
        return try ServerTLS(contexts, verification: termination.verification)
    }
}
