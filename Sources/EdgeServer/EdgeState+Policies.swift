import AgentProtocol
import EdgeControl
import EdgeCore
import Synchronization
import TLSCredentials
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
            let store = CertificateStore()
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
            for termination in policy.terminations {
                try store.prepare(EdgeTermination(termination.action, over: nil), of: termination.number)
            }
        } catch {
            throw ControlError(error, field: "traffic_policy.value")
        }
    }

    // MARK: Endpoints that come and go

    /// Makes what an endpoint needs before it has clients.
    ///
    /// - Throws: what the endpoint's certificates have against them, and ERR_NGROK_9026 for its policy.
    func prepare(_ endpoint: EndpointConfiguration) throws(NgrokError) {
        if case .edge(let termination) = endpoint.termination {
            try self.certificates.prepare(termination, of: endpoint.number)
        }
        do throws(NgrokError) {
            try self.preparePolicy(of: endpoint)
        } catch {
            self.certificates.forget(endpoint.number)
            throw error
        }
    }

    func forget(_ endpoint: EndpointConfiguration) {
        self.certificates.forget(endpoint.number)
        self.forgetPolicy(of: endpoint)
    }

    func preparePolicy(of endpoint: EndpointConfiguration) throws(NgrokError) {
        guard let policy = endpoint.policy else { return }
        do throws(NgrokError) {
            for id in policy.document.ipPolicies where self.rules(ofIPPolicy: id, accountID: endpoint.accountID) == nil
            {
                throw .policyIPPolicy(id)
            }
            for id in policy.document.terminations.flatMap(\.authorityIDs)
            where self.authority(id, accountID: endpoint.accountID) == nil {
                throw .policyAuthority(id)
            }
            for termination in policy.terminations {
                let prepared = EdgeTermination(termination.action, over: endpoint.edgeTermination)
                try self.certificates.prepare(prepared, of: termination.number)
            }
        } catch {
            self.forgetPolicy(of: endpoint)
            throw .policyInvalid(error)
        }
    }

    func forgetPolicy(of endpoint: EndpointConfiguration) {
        for termination in endpoint.policy?.terminations ?? [] { self.certificates.forget(termination.number) }
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
        of endpoint: EndpointConfiguration,
        by action: TLSTermination,
        for client: ClientHello
    ) throws -> ServerTLS? {
        var warnings: [String] = []
        var authorities: [String] = []
        for authority in action.authorities {
            switch authority {
            case .pem(let text): authorities.append(text)
            case .id(let id):
                if let text = self.authority(id, accountID: endpoint.accountID) {
                    authorities.append(text)
                } else {
                    warnings.append("there is no certificate authority '\(id)'")
                }
            }
        }
        let termination = EdgeTermination(action, authorities: authorities, over: endpoint.edgeTermination)
        // What was kept is gone when the policy was replaced after this connection had found it.
        let kept = try endpoint.policy?.termination(for: action)
            .flatMap { try self.certificates.contexts(of: $0.number, for: client) }
        guard let contexts = try kept ?? self.certificates.contexts(for: termination, of: client) else {
            return nil
        }
        return try ServerTLS(contexts, verification: termination.verification, warnings: warnings)
    }

    /// How TLS ends for one connection as the endpoint was bound.
    func serverTLS(
        of endpoint: EndpointConfiguration,
        by termination: EdgeTermination,
        for client: ClientHello
    ) throws -> ServerTLS? {
        guard let contexts = try self.certificates.contexts(of: endpoint.number, for: client) else {
            return nil
        }
        return try ServerTLS(contexts, verification: termination.verification)
    }
}

extension EndpointConfiguration {
    /// Whether a connection may have to be TLS still.
    var mayEndTLS: Bool { self.edgeTermination != nil || self.policy?.document.endsTLS == true }

    /// How the edge ends TLS where no policy has a say; `nil` where it does not.
    var edgeTermination: EdgeTermination? {
        if case .edge(let termination) = self.termination { termination } else { nil }
    }
}

extension EdgeTermination {
    /// What is the same for every connection: the action's CAs are all in its text.
    fileprivate init(_ action: TLSTermination, over bound: EdgeTermination?) {
        let authorities = action.authorities.compactMap { if case .pem(let text) = $0 { text } else { nil } }
        self.init(action, authorities: authorities, over: bound)
    }
}
