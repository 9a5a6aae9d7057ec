/// An endpoint that a case wants the target to serve. Every case has endpoints of its own, under names of its own.
package struct EndpointPlan: Hashable, Sendable, Codable {
    /// What the scenario file calls it: `tenant`.
    package var key: String
    /// The name it is bound under: `tenant-3fa9c2d1b07e.shakedown.test`, or a wildcard: `*.wild-3fa9c2d1b07e.shakedown.test`.
    package var domain: String
    package var role: Role
    /// `false`: the name is configured but no agent serves it, so nobody is online.
    package var isOnline: Bool
    /// `true`: an agent process serves this endpoint alone, so that it can be killed without touching other cases.
    package var hasOwnAgent: Bool
    /// The key of the endpoint whose name it asks for too: its own agent runs only once a step has started it.
    package var rivalOf: String?
    /// Its agent belongs to the other account; a rival's has no right to the name there.
    package var isOfOtherAccount = false
    /// The key of the endpoint whose name it serves too, by an agent that is online with the other's from the beginning.
    package var poolOf: String?
    /// Its agent agrees that others serve the name beside it.
    package var isPooled = false
    /// What TLS edges choose its agent's tunnel by. One that has labels binds no name: clients come to it by an edge that a step
    /// makes, be it at its own name or at another's.
    package var labels: [String: String] = [:]
    /// Its traffic policy, JSON. `${RECIPE.pem}` and `${RECIPE.key}` stand for a certificate and its key in PEM.
    package var policy: String?
    /// Its agent binds it as one whose TLS passes through: that TLS ends where the role says is its policy's doing.
    package var isTerminatedByPolicy = false
    /// It is bound for the edge's own endpoints, which forward to it: its name ends in `.internal`, and clients have no way to it.
    package var isInternal = false
    /// The domain of the endpoint whose own agent serves this one too.
    package var servedWith: String?
    /// Its own agent reaches the edge through the harness, so that their connection can be cut.
    package var hasRelayedAgent = false
    /// The certificate recipe that the terminating edge or agent presents. `nil` chooses the party's default
    /// (`edge-server` or `agent-server`).
    package var certificate: String?
    /// CA recipes whose clients are let in; empty means that no client certificate is asked for.
    package var mutualTLS: [String]
    package var allowCIDRs: [String]
    package var denyCIDRs: [String]
    /// The PROXY protocol version towards the upstream: 0 (off), 1 or 2.
    package var proxyProtocol: Int
    package var upstreamVerification: UpstreamVerification
    /// The recipe that the re-encrypting party shows an upstream which asks for a certificate.
    package var upstreamClientCertificate: String?
    package var upstream: UpstreamPlan

    package init(
        key: String,
        domain: String,
        role: Role,
        isOnline: Bool = true,
        hasOwnAgent: Bool = false,
        certificate: String? = nil,
        mutualTLS: [String] = [],
        allowCIDRs: [String] = [],
        denyCIDRs: [String] = [],
        proxyProtocol: Int = 0,
        upstreamVerification: UpstreamVerification = .off,
        upstream: UpstreamPlan = UpstreamPlan()
    ) {
        self.key = key
        self.domain = domain
        self.role = role
        self.isOnline = isOnline
        self.hasOwnAgent = hasOwnAgent
        self.certificate = certificate
        self.mutualTLS = mutualTLS
        self.allowCIDRs = allowCIDRs
        self.denyCIDRs = denyCIDRs
        self.proxyProtocol = proxyProtocol
        self.upstreamVerification = upstreamVerification
        self.upstream = upstream
    }
}

extension EndpointPlan {
    /// Whether no other endpoint of the case stands under the name.
    package var hasOwnName: Bool { self.rivalOf == nil && self.poolOf == nil }

    package var isLabelled: Bool { !self.labels.isEmpty }

    /// What tells its own agent from all others.
    package var agentName: String {
        if let domain = self.servedWith { return domain }
        return self.hasOwnName ? self.domain : "\(self.domain) as \(self.key)"
    }
}

/// Whether the re-encrypting party verifies the upstream's certificate (`--upstream-tls-verify`).
package enum UpstreamVerification: Hashable, Sendable, Codable {
    case off
    /// Verified against this CA recipe (`--upstream-tls-verify-cas`).
    case against(ca: String)
}

/// The harness's own server behind an endpoint. It records everything it sees; the exchange says how it answers.
package struct UpstreamPlan: Hashable, Sendable, Codable {
    /// `false`: the port is reserved but nothing listens, so that connecting is refused.
    package var isListening: Bool
    /// The recipe its TLS side presents, where the role makes it TLS.
    package var certificate: String
    package var minimumVersion: TLSVersion
    package var maximumVersion: TLSVersion
    /// Protocols it selects from, by ALPN; empty ignores the client's list.
    package var alpn: [String]
    /// CA recipes, a certificate of one of which it demands; empty asks for none.
    package var mutualTLS: [String] = []
    /// Takes early data, and allows it by its tickets.
    package var takesEarlyData: Bool

    package init(
        isListening: Bool = true,
        certificate: String = "upstream-server",
        minimumVersion: TLSVersion = .tls12,
        maximumVersion: TLSVersion = .tls13,
        alpn: [String] = [],
        takesEarlyData: Bool = false
    ) {
        self.isListening = isListening
        self.certificate = certificate
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.alpn = alpn
        self.takesEarlyData = takesEarlyData
    }
}
