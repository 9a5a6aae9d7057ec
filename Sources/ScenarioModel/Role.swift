/// Where the TLS of an endpoint is terminated, and so what the edge under test is asked to do.
///
/// The first three are ngrok's `--terminate-at` values; the two others add re-encryption to an upstream whose
/// address is `tls://host:port`.
package enum Role: String, CaseIterable, Codable, Hashable, Sendable, Comparable {
    /// `--terminate-at upstream`: the edge relays the client's TLS bytes untouched ("zero knowledge").
    case passthrough
    /// `--terminate-at edge`: the edge answers the handshake, the upstream gets plaintext.
    case edge
    /// `--terminate-at agent`: the agent answers the handshake, the upstream gets plaintext.
    case agent
    /// `--terminate-at edge` with a `tls://` address: a second TLS session leads to the upstream.
    case reEncrypt = "re-encrypt"
    /// `--terminate-at agent` with a `tls://` address.
    case agentReEncrypt = "agent-re-encrypt"

    /// Who answers the client's handshake.
    package var terminatingParty: Party {
        switch self {
        case .passthrough: .upstream
        case .edge, .reEncrypt: .edge
        case .agent, .agentReEncrypt: .agent
        }
    }

    /// Whether the connection that reaches the upstream is TLS.
    package var upstreamIsTLS: Bool {
        switch self {
        case .passthrough, .reEncrypt, .agentReEncrypt: true
        case .edge, .agent: false
        }
    }

    /// Whether the terminating party opens a TLS session of its own with the upstream.
    package var isReEncrypted: Bool { self.upstreamIsTLS && self.terminatingParty != .upstream }

    package static func < (lhs: Role, rhs: Role) -> Bool {
        let order = Role.allCases
        return order.firstIndex(of: lhs)! < order.firstIndex(of: rhs)!
    }
}

/// Someone who can answer a TLS handshake behind the edge's port.
package enum Party: String, Codable, Hashable, Sendable {
    case edge, agent, upstream
}

/// A TLS version by its number on the wire.
package enum TLSVersion: String, CaseIterable, Codable, Hashable, Sendable, Comparable {
    case tls10 = "1.0"
    case tls11 = "1.1"
    case tls12 = "1.2"
    case tls13 = "1.3"

    package var wireValue: UInt16 {
        switch self {
        case .tls10: 0x0301
        case .tls11: 0x0302
        case .tls12: 0x0303
        case .tls13: 0x0304
        }
    }

    package init?(wireValue: UInt16) {
        guard let version = Self.allCases.first(where: { $0.wireValue == wireValue }) else { return nil }
        self = version
    }

    package static func < (lhs: TLSVersion, rhs: TLSVersion) -> Bool { lhs.wireValue < rhs.wireValue }
}

/// Something a target must be able to do before a scenario can judge it, such as `proxy-protocol.2`.
///
/// A set that targets and scenarios extend: the names in use are listed in Docs/targets.md.
package struct Feature: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { self.rawValue }
    package static func < (lhs: Feature, rhs: Feature) -> Bool { lhs.rawValue < rhs.rawValue }

    package static func role(_ role: Role) -> Feature { Feature("role.\(role.rawValue)") }
    package static let mutualTLS = Feature("mutual-tls")
    package static let proxyProtocol1 = Feature("proxy-protocol.1")
    package static let proxyProtocol2 = Feature("proxy-protocol.2")
    /// One peer is trusted to say in a PROXY header whose connection it brings, and has to.
    package static let proxyProtocolIn = Feature("proxy-protocol.in")
    package static let ipRestrictions = Feature("ip-restrictions")
    /// Rules may deny too.
    package static let ipDenyRules = Feature("ip-restrictions.deny")
    package static let ipv6 = Feature("ipv6")
    package static let wildcardNames = Feature("wildcard-names")
    /// A wildcard covers names of any depth, not of one label only.
    package static let wildcardNamesOfAnyDepth = Feature("wildcard-names.any-depth")
    package static let upstreamVerification = Feature("upstream-verification")
    /// Upstreams are shown a client certificate of the endpoint's own.
    package static let upstreamClientCertificate = Feature("upstream-client-certificate")
    package static let alpn = Feature("alpn")
    /// The target writes `tcp_connection_closed.v0` events.
    package static let events = Feature("events")
    /// Endpoints are served by agent processes, which can be absent, killed and restarted.
    package static let agents = Feature("agents")
    /// Agents can belong to another account, which has no right to the first one's names.
    package static let agentAccounts = Feature("agents.accounts")
    /// The harness can cut the connection of an agent that goes on running, and the agent connects again.
    package static let agentReconnects = Feature("agents.reconnect")
    /// An agent can be told to take one of its endpoints offline and to bring it back, while its others are served.
    package static let agentBinds = Feature("agents.bind")
    /// Agents can start tunnels that have labels in the place of a name, which TLS edges choose them by.
    package static let agentLabels = Feature("agents.labels")
    /// Several agents can serve one name.
    package static let agentPools = Feature("agents.pools")
    /// An agent that stands still gets no more clients where another can take them.
    package static let agentHeartbeats = Feature("agents.heartbeats")
    /// Endpoints can have a traffic policy, as ngrok's TLS endpoints do.
    package static let trafficPolicy = Feature("traffic-policy")
    /// Endpoints can be bound that only those of the same account reach, by forwarding.
    package static let internalEndpoints = Feature("internal-endpoints")
    /// The target has an API, and says in its file where.
    package static let api = Feature("api")
    /// Subscriptions of the API send events to webhooks, on this machine too.
    package static let apiEvents = Feature("api.events")
    /// Another account has a key of its own, which the API knows too.
    package static let apiAccounts = Feature("api.accounts")
    /// What was made by the API is there again when the target has been restarted.
    package static let apiStore = Feature("api.store")
    /// The target reads hellos of up to 64 KiB.
    package static let largeHellos = Feature("hello.64k")
    /// The target's port speaks TLS and nothing else: whoever begins otherwise gets no word but an alert.
    package static let tlsOnly = Feature("tls-only")
    /// The target takes a changed configuration while connections are open.
    package static let reload = Feature("reload")
    /// Told to stop, the target lets open connections go on for a while.
    package static let drain = Feature("drain")
    /// The target keeps this deadline, and says in its file how long it is.
    package static func deadline(_ deadline: Deadline) -> Feature { Feature("deadline.\(deadline.rawValue)") }

    /// The target can be told how many connections it lets in, and turns away whoever comes besides.
    package static func limit(_ limit: ConnectionLimit) -> Feature { Feature("limit.\(limit.rawValue)") }

    /// The target tells what it has counted of this, and says in its file where.
    package static func counter(_ counter: TargetCounter) -> Feature { Feature("metrics.\(counter.rawValue)") }

    /// Every feature there is: what a target says it has and a scenario says it needs is one of these.
    package static let all: [Feature] =
        Role.allCases.map { .role($0) } + [
            .mutualTLS, .proxyProtocol1, .proxyProtocol2, .proxyProtocolIn, .ipRestrictions, .ipDenyRules, .ipv6,
            .wildcardNames,
            .wildcardNamesOfAnyDepth, .upstreamVerification, .upstreamClientCertificate, .alpn, .events,
            .agents, .agentAccounts, .agentReconnects, .agentBinds, .agentLabels, .agentPools, .agentHeartbeats,
            .trafficPolicy, .internalEndpoints, .api,
            .apiAccounts, .apiEvents, .apiStore,
            .largeHellos,
            .tlsOnly, .reload, .drain,
        ] + Deadline.allCases.map { .deadline($0) } + ConnectionLimit.allCases.map { .limit($0) }
        + TargetCounter.allCases.map { .counter($0) }
}
