package import AgentProtocol
package import EdgeCore
package import TrafficPolicy

/// How TLS ends at the edge for the clients of one endpoint: as it was bound, and as its policy says. Made before the endpoint is online,
/// and kept in its place of the table alone.
package struct EndpointTLS: Sendable {
    /// `nil` where nobody but a policy has TLS end at the edge.
    package let bound: TerminationContexts?
    /// Of the policy's ways to end TLS those that are the same for every connection.
    private let ofPolicy: [TLSTermination: TerminationContexts]

    /// - Throws: what the endpoint's certificates have against them, and ERR_NGROK_9026 for those of its policy.
    package init(_ endpoint: EndpointConfiguration) throws(NgrokError) {
        var bound: TerminationContexts?
        if case .edge(let termination) = endpoint.termination { bound = try TerminationContexts(termination) }
        try self.init(endpoint, bound: bound)
    }

    private init(_ endpoint: EndpointConfiguration, bound: TerminationContexts?) throws(NgrokError) {
        var ofPolicy: [TLSTermination: TerminationContexts] = [:]
        do throws(NgrokError) {
            for action in endpoint.policy?.terminations ?? [] {
                ofPolicy[action] = try TerminationContexts(EdgeTermination(action, over: endpoint.edgeTermination))
            }
        } catch {
            throw .policyInvalid(error)
        }
        self.bound = bound
        self.ofPolicy = ofPolicy
    }

    /// The same endpoint's, whose policy is another: what was made for the one before serves nobody behind this one.
    ///
    /// - Throws: ERR_NGROK_9026.
    package func replacingPolicy(of endpoint: EndpointConfiguration) throws(NgrokError) -> EndpointTLS {
        try EndpointTLS(endpoint, bound: self.bound)
    }

    /// `nil` for what is not the same for every connection.
    package func contexts(of action: TLSTermination) -> TerminationContexts? { self.ofPolicy[action] }

    /// Whether some clients of a name will find no certificate: neither the endpoint's own nor one of the edge's.
    package func lacksCertificate(for name: DomainName, among certificates: CertificateStore) -> Bool {
        let needsCertificate =
            self.bound?.needsCertificate == true || self.ofPolicy.values.contains(where: \.needsCertificate)
        return needsCertificate && !certificates.covers(name)
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
    init(_ action: TLSTermination, over bound: EdgeTermination?) {
        let authorities = action.authorities.compactMap { if case .pem(let text) = $0 { text } else { nil } }
        self.init(action, authorities: authorities, over: bound)
    }
}
