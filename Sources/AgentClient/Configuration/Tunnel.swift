package import AgentProtocol
package import ConfigurationFiles
import NIOCore
import NIOSSL
import ProxyProtocol
package import TLSCredentials

/// A tunnel ready to be bound, with its TLS contexts. A new one is made for each start, so nothing is shared between names.
package struct Tunnel: Sendable {
    package let name: String
    package let upstream: UpstreamAddress
    /// What is asked of the edge.
    package let request: Request
    /// Who writes the PROXY header that the upstream expects.
    let proxyHeader: ProxyHeaderWriting
    /// Set where the agent terminates.
    package let serverContexts: ServerContexts?
    /// Set where the agent opens TLS to the upstream.
    let upstreamContext: NIOSSLContext?
    let handshakeTimeout: TimeAmount

    package enum Request: Hashable, Sendable {
        /// An endpoint with a name of its own.
        case bind(Bind)
        /// To be among the tunnels that a TLS edge chooses from by their labels.
        case start(StartTunnelWithLabel)
    }

    enum ProxyHeaderWriting: Hashable, Sendable {
        case nobody
        /// In front of every stream, as the bind has asked for.
        case edge
        /// The edge cannot be asked to in behalf of a labelled tunnel.
        case agent(ProxyHeader.Version)
    }

    /// Reads the files that it names, and says of what is wrong there where the tunnel stands.
    package init(_ settings: TunnelSettings, handshakeTimeout: Duration = .seconds(60)) throws(ConfigurationError) {
        do {
            try self.init(reading: settings, handshakeTimeout)
        } catch {
            throw ConfigurationError(error.message, at: error.place ?? settings.place, hint: error.hint)
        }
    }

    private init(reading settings: TunnelSettings, _ handshakeTimeout: Duration) throws(ConfigurationError) {
        try settings.validate()
        self.name = settings.name
        self.upstream = settings.upstream
        self.handshakeTimeout = TimeAmount(handshakeTimeout)
        var options = TLSOptions()
        options.url = settings.url.isEmpty || settings.url.contains("://") ? settings.url : "tls://\(settings.url)"
        options.domain = settings.domain
        options.hostname = settings.hostname
        options.subdomain = settings.subdomain
        options.proxyProto = Int64(settings.proxyVersion?.rawValue ?? 0)
        if !settings.allowCIDRs.isEmpty || !settings.denyCIDRs.isEmpty {
            options.ipRestriction = TLSOptions.IPRestriction(
                allowCIDRs: settings.allowCIDRs,
                denyCIDRs: settings.denyCIDRs
            )
        }
        var pair: KeyPair?
        if let certificate = settings.certificate, let key = settings.key {
            pair = try KeyPair.read(certificate: certificate, key: key)
        }
        var clientCAs: ClientAuthorities?
        if !settings.mutualTLSCAs.isEmpty {
            clientCAs = try ClientAuthorities.read(settings.mutualTLSCAs)
        }
        let place = settings.effectiveTerminationPoint
        switch (place, pair) {
        case (.agent, let pair?):
            options.mutualTLSAtAgent = clientCAs != nil
            self.serverContexts = try Self.serverContexts(pair, clientCAs: clientCAs, name: settings.name)
        case (.edge, _):
            options.tlsTermination = TLSOptions.TLSTermination(
                certificate: pair?.chainPEM ?? [],
                key: pair?.keyPEM ?? []
            )
            options.mutualTLSAtEdge = clientCAs?.pem
            self.serverContexts = nil
        case (.agent, nil), (.upstream, _):
            self.serverContexts = nil
        }
        if settings.labels.isEmpty {
            var bind = Bind(forwardsTo: "\(settings.upstream)", options: options)
            bind.options.trafficPolicy = try Self.trafficPolicy(settings) ?? ""
            bind.extra.name = settings.endpointName ?? settings.name
            bind.extra.description = settings.description
            bind.extra.metadata = settings.metadata
            bind.extra.bindings = settings.binding.map { [$0.rawValue] } ?? []
            bind.extra.poolingEnabled = settings.isPooled
            self.request = .bind(bind)
            self.proxyHeader = settings.proxyVersion == nil ? .nobody : .edge
        } else {
            self.request = .start(
                StartTunnelWithLabel(
                    labels: settings.labels.values,
                    forwardsTo: "\(settings.upstream)",
                    metadata: settings.metadata
                )
            )
            self.proxyHeader = settings.proxyVersion.map { .agent($0) } ?? .nobody
        }
        // Where the upstream terminates, the payload is the client's TLS already: a tls:// address is dialled raw.
        self.upstreamContext = settings.opensUpstreamTLS ? try Self.upstreamContext(settings) : nil
    }

    private static func serverContexts(
        _ pair: KeyPair,
        clientCAs: ClientAuthorities?,
        name: String
    ) throws(ConfigurationError) -> ServerContexts {
        do {
            return try ServerContexts(pair, verifying: clientCAs)
        } catch {
            throw ConfigurationError("cannot set up TLS for tunnel '\(name)': \(error)")
        }
    }

    private static func trafficPolicy(_ settings: TunnelSettings) throws(ConfigurationError) -> String? {
        var policy = settings.trafficPolicy
        if let path = settings.trafficPolicyFile { policy = try TextFile.read(path, what: "traffic policy") }
        // To the edge it would be none, which lets everybody in.
        guard policy?.allSatisfy(\.isWhitespace) != true else {
            throw ConfigurationError(
                "the traffic policy of tunnel '\(settings.name)' is empty",
                hint: "write a rule, or leave the policy out"
            )
        }
        return policy
    }

    private static func upstreamContext(_ settings: TunnelSettings) throws(ConfigurationError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // The library's own groups, and the one that TLS 1.2 asks for where the upstream's key is of P-521.
        configuration.curves = [.x25519_MLKEM768, .x25519, .secp256r1, .secp384r1, .secp521r1]
        configuration.signingSignatureAlgorithms = KeyPair.signatureAlgorithms
        configuration.verifySignatureAlgorithms = KeyPair.signatureAlgorithms
        configuration.certificateVerification = settings.verifiesUpstream ? .fullVerification : .none
        configuration.trustRoots = try CertificateBundle.roots(settings.upstreamCAs, what: "upstream CAs")
        if let certificate = settings.upstreamCertificate, let key = settings.upstreamKey {
            let pair = try KeyPair.read(certificate: certificate, key: key)
            configuration.certificateChain = pair.chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(pair.key)
        }
        return try NIOSSLContext.made(configuration, for: "the upstream of tunnel '\(settings.name)'")
    }
}

extension Tunnel {
    /// `nil` for a labelled tunnel, which is not bound.
    package var bind: Bind? {
        if case .bind(let bind) = self.request { bind } else { nil }
    }
}
