package import ConfigurationFiles
package import ProxyProtocol
package import TLSCredentials

/// A tunnel as flags or a file ask for it, before any file it names was read.
package struct TunnelSettings: Hashable, Sendable {
    package var name: String
    /// Where the file has it; `nil` for a tunnel of flags.
    package var place: Place?
    package var upstream: UpstreamAddress
    /// Not empty for a tunnel that a TLS edge gives its connections to; it has no name, and nothing that an endpoint is asked for.
    package var labels = TunnelLabels()
    /// `tls://host`, `host`, or empty for a random name. At most one of these four is set.
    package var url = ""
    package var domain = ""
    package var hostname = ""
    package var subdomain = ""
    /// `nil`: the edge when a certificate or key is given, else the upstream.
    package var terminateAt: TerminationPoint?
    /// Leaf first.
    package var certificate: PEMSource?
    package var key: PEMSource?
    /// All of them count; none asks for no certificate.
    package var mutualTLSCAs: [PEMSource] = []
    package var allowCIDRs: [String] = []
    package var denyCIDRs: [String] = []
    package var proxyVersion: ProxyHeader.Version?
    package var metadata = ""
    /// What the edge calls the endpoint; `nil` is the tunnel's own name.
    package var endpointName: String?
    package var description = ""
    /// Who can come to the endpoint; `nil` leaves it to the edge, which takes everybody.
    package var binding: Binding?
    /// Whether other agents of the account may serve the same name beside this one.
    package var isPooled = false
    /// The edge's to read, in YAML or JSON. One of these two at most.
    package var trafficPolicy: String?
    package var trafficPolicyFile: String?
    package var verifiesUpstream = false
    /// A PEM file; `nil` uses the system's roots.
    package var upstreamCAs: String?
    /// What a `tls://` upstream is shown that asks for a certificate: a PEM file, leaf first, and its key.
    package var upstreamCertificate: String?
    package var upstreamKey: String?

    package init(name: String, upstream: UpstreamAddress) {
        self.name = name
        self.upstream = upstream
    }

    /// Where an endpoint is to be found.
    package enum Binding: String, CaseIterable, Sendable {
        case `public`, `internal`
    }

    /// Where TLS ends.
    package enum TerminationPoint: String, CaseIterable, Sendable {
        case edge, agent, upstream
    }

    /// The edge says of each stream of a labelled tunnel whether it has ended TLS; this is where TLS ends if it has not.
    package var effectiveTerminationPoint: TerminationPoint {
        let hasCertificate = self.certificate != nil || self.key != nil
        return self.terminateAt ?? (hasCertificate ? (self.labels.isEmpty ? .edge : .agent) : .upstream)
    }

    /// Whether there are connections that this side opens TLS to the upstream for.
    var opensUpstreamTLS: Bool {
        self.upstream.usesTLS && (!self.labels.isEmpty || self.effectiveTerminationPoint != .upstream)
    }

    /// Refuses combinations that cannot work. Names and CIDRs are the edge's to judge.
    package func validate() throws(ConfigurationError) {
        let place = "tunnel '\(self.name)'"
        if (self.certificate == nil) != (self.key == nil) {
            let (given, missing) = self.key == nil ? ("crt", "key") : ("key", "crt")
            throw ConfigurationError("\(place) has a \(given) and no \(missing)", hint: "give both or neither")
        }
        switch self.effectiveTerminationPoint {
        case .edge:
            break
        case .agent:
            guard self.certificate != nil else {
                throw ConfigurationError(
                    "\(place) terminates TLS at the agent and has no certificate",
                    hint: "give crt and key"
                )
            }
        case .upstream:
            guard self.certificate == nil else {
                throw ConfigurationError(
                    "\(place) terminates TLS at the upstream, which has its own certificate",
                    hint: "leave crt and key out, or terminate at edge or agent"
                )
            }
            guard self.mutualTLSCAs.isEmpty else {
                throw ConfigurationError(
                    "\(place) asks for client certificates and terminates TLS at the upstream",
                    hint: "terminate at edge or agent"
                )
            }
        }
        let names = [self.url, self.domain, self.hostname, self.subdomain].filter { !$0.isEmpty }
        guard names.count <= 1 else {
            throw ConfigurationError("\(place) has \(names.count) names", hint: "give one of url, domain and hostname")
        }
        if self.trafficPolicy != nil, self.trafficPolicyFile != nil {
            throw ConfigurationError(
                "\(place) has two traffic policies",
                hint: "give the policy or the file that it is in"
            )
        }
        if self.upstreamCAs != nil, !self.verifiesUpstream {
            throw ConfigurationError(
                "\(place) has upstream CAs and does not verify the upstream",
                hint: "add upstream_tls_verify: true"
            )
        }
        if (self.upstreamCertificate == nil) != (self.upstreamKey == nil) {
            throw ConfigurationError(
                "\(place) has one of upstream_tls_crt and upstream_tls_key alone",
                hint: "give both or neither"
            )
        }
        if self.upstreamCertificate != nil, !self.opensUpstreamTLS {
            throw ConfigurationError(
                "\(place) has a certificate for its upstream, and opens no TLS to it",
                hint: "write the address as tls://host:port, and terminate at edge or agent"
            )
        }
    }
}
