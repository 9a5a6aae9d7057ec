import Synchronization

/// Everything the edge must know to serve one endpoint. One value, found by one lookup.
package struct EndpointConfiguration: Hashable, Sendable {
    /// The bind's id, which every proxied stream names to the agent.
    package let id: String
    /// Tells it from every other, also from one that had its id before. What is kept for an endpoint is kept by this: its id an
    /// agent may choose.
    package let number = EndpointConfiguration.count.wrappingAdd(1, ordering: .relaxed).newValue
    package let accountID: String
    package let name: DomainName
    package let termination: Termination
    package let restrictions: IPRestrictions
    /// The version of the PROXY header in front of each stream's payload; `nil` sends none.
    package let proxyHeader: ProxyHeaderVersion?

    private static let count = Atomic<UInt64>(0)

    package init(
        id: String,
        accountID: String,
        name: DomainName,
        termination: Termination,
        restrictions: IPRestrictions,
        proxyHeader: ProxyHeaderVersion?
    ) {
        self.id = id
        self.accountID = accountID
        self.name = name
        self.termination = termination
        self.restrictions = restrictions
        self.proxyHeader = proxyHeader
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
