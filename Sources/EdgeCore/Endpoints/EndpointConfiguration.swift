import Synchronization

/// Everything the edge must know to serve one endpoint. One value, found by one lookup.
package struct EndpointConfiguration: Hashable, Sendable {
    /// The bind's id, which every proxied stream names to the agent. It is the session's own.
    package let id: String
    /// Tells it from every other, also from one that had its id before. What is kept for an endpoint is kept by this: its id an
    /// agent may choose.
    package let number = EndpointConfiguration.count.wrappingAdd(1, ordering: .relaxed).newValue
    package let accountID: String
    package let name: DomainName
    package let visibility: Visibility
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
        self.termination = termination
        self.restrictions = restrictions
        self.proxyHeader = proxyHeader
        self.isPooled = isPooled
        self.details = details
    }

    /// The same endpoint, of which something else is said.
    package func replacing(details: Details) -> EndpointConfiguration {
        var changed = self
        changed.details = details
        return changed
    }

    /// Whether a client that was to be served by the one could be served by the other without noticing.
    package func servesAlike(_ other: EndpointConfiguration) -> Bool {
        self.termination == other.termination && self.restrictions == other.restrictions
            && self.proxyHeader == other.proxyHeader
    }

    /// Who can come to it.
    package enum Visibility: Hashable, Sendable {
        case everyone
        /// Endpoints of this account that forward to it.
        case account(String)
    }

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

/// How the edge ends TLS for an endpoint.
package struct EdgeTermination: Hashable, Sendable {
    /// `nil` presents the edge's own certificate for the name.
    package let keyPair: KeyPair?
    /// CAs, one of which must have issued the client's certificate; empty asks for none. PEM, concatenated.
    package let clientAuthorities: [UInt8]

    package init(keyPair: KeyPair?, clientAuthorities: [UInt8]) {
        self.keyPair = keyPair
        self.clientAuthorities = clientAuthorities
    }

    /// A certificate chain and its private key, both PEM. It does not print.
    package struct KeyPair: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
        package let certificateChain: [UInt8]
        package let privateKey: [UInt8]

        package init(certificateChain: [UInt8], privateKey: [UInt8]) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }

        package var description: String { "KeyPair(redacted)" }
        package var debugDescription: String { self.description }
    }
}
