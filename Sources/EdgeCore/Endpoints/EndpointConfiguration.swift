import Synchronization

/// Everything the edge must know to serve one endpoint. One value, found by one lookup.
package struct EndpointConfiguration: Hashable, Sendable {
    /// The bind's id, which every proxied stream names to the agent. It is the session's own.
    package let id: String
    /// Tells it from every other, also from one that had its id before: that an agent may choose. What has changed of it leaves it the
    /// same.
    package let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
    package let accountID: String
    package let name: DomainName
    package let visibility: Visibility
    /// What each connection goes through before anybody takes it.
    package private(set) var policy: EndpointPolicy?
    package let termination: Termination
    package let restrictions: IPRestrictions
    /// The version of the PROXY header in front of each stream's payload; `nil` sends none.
    package let proxyHeader: ProxyHeaderVersion?
    /// Whether other agents of the account may bind the same name beside this one.
    package let isPooled: Bool
    package private(set) var details: Details

    private static let count = Atomic<UInt64>(0)

    package init(
        id: String,
        accountID: String,
        name: DomainName,
        visibility: Visibility = .everyone,
        policy: EndpointPolicy? = nil,
        termination: Termination,
        restrictions: IPRestrictions,
        proxyHeader: ProxyHeaderVersion?,
        isPooled: Bool = false,
        details: Details
    ) {
        self.id = id
        self.accountID = accountID
        self.name = name
        self.visibility = visibility
        self.policy = policy
        self.termination = termination
        self.restrictions = restrictions
        self.proxyHeader = proxyHeader
        self.isPooled = isPooled
        self.details = details
    }

    /// The same endpoint, of which something else is said, or whose connections go through another policy.
    package func replacing(details: Details, policy: EndpointPolicy?) -> EndpointConfiguration {
        var changed = self
        changed.details = details
        changed.policy = policy
        return changed
    }

    /// Whether a client that was to be served by the one could be served by the other without noticing.
    package func servesAlike(_ other: EndpointConfiguration) -> Bool {
        self.termination == other.termination && self.restrictions == other.restrictions
            && self.proxyHeader == other.proxyHeader && self.policy == other.policy
    }

    /// Who can come to it.
    package enum Visibility: Hashable, Sendable {
        case everyone
        /// Endpoints of this account that forward to it, and to this port of its name.
        case account(String, port: UInt16 = 443)
    }

    /// As its URL has it: a client's hello has no port, and so there is one for everybody.
    package var port: UInt16 {
        switch self.visibility {
        case .everyone: 443
        case .account(_, let port): port
        }
    }

    package var isInternal: Bool { self.visibility != .everyone }

    package var url: String { self.port == 443 ? "tls://\(self.name)" : "tls://\(self.name):\(self.port)" }

    /// What is said of an endpoint and decides nothing.
    package struct Details: Hashable, Sendable {
        /// `ep_…`
        package let resourceID: String
        /// `tn_…`; `nil` where no agent has bound the endpoint.
        package let tunnelID: String?
        /// `edgtls_…`; `nil` where an agent has.
        package let edgeID: String?
        package var name: String
        package var description: String
        package var metadata: String
        /// Where the agent forwards to, for display.
        package let forwardsTo: String
        package let createdAt: Timestamp

        package init(
            resourceID: String,
            tunnelID: String?,
            edgeID: String? = nil,
            name: String = "",
            description: String = "",
            metadata: String = "",
            forwardsTo: String = "",
            createdAt: Timestamp
        ) {
            self.resourceID = resourceID
            self.tunnelID = tunnelID
            self.edgeID = edgeID
            self.name = name
            self.description = description
            self.metadata = metadata
            self.forwardsTo = forwardsTo
            self.createdAt = createdAt
        }
    }

    /// Who ends the client's TLS.
    package enum Termination: Hashable, Sendable {
        /// The agent or the upstream: the edge passes bytes on and holds no key.
        case beyond
        case edge(EdgeTermination)
    }

    package enum ProxyHeaderVersion: Int, Hashable, Sendable {
        case one = 1
        case two = 2
    }
}
