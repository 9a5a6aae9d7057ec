package import AgentProtocol
package import EdgeCore
import LibCrypto
import NIOCore
package import NIOSSL
import Synchronization
package import TLSCredentials
package import TLSWire
import TrafficPolicy

/// The TLS contexts of the endpoints that end TLS at the edge.
///
/// A context belongs to one endpoint, one way of its policy's to end TLS, one server name, one of the name's pairs and one
/// generation of the edge's certificates, so that a ticket, a trust root or a key can never serve another (RFC 6066 section 3,
/// CVE-2025-23419, CVE-2025-68121).
package final class CertificateStore: Sendable {
    /// Names of an endpoint whose contexts are kept, one that has several pairs as often as clients ask for them. A wildcard has
    /// as many as clients think of.
    package static let namesKept = 64

    private struct Choice: Hashable {
        let name: String
        /// Of a name there is one pair of each.
        let family: KeyAlgorithm.Family
    }

    private struct Endpoint {
        let authorities: ClientAuthorities?
        let terms: HandshakeTerms
        /// Those of the endpoint's own pair.
        let own: ServerContexts?
        /// Those of the edge's certificates, for the names that were asked for, and of which generation these are.
        private var byChoice = RecentValues<Choice, ServerContexts>(limit: CertificateStore.namesKept)
        private var generation = 0

        init(authorities: ClientAuthorities?, terms: HandshakeTerms, own: ServerContexts?) {
            self.authorities = authorities
            self.terms = terms
            self.own = own
        }

        mutating func contexts(for choice: Choice, generation: Int) -> ServerContexts? {
            if self.generation != generation {
                self.generation = generation
                self.byChoice.removeAll()
            }
            return self.byChoice.value(for: choice)
        }

        mutating func keep(_ contexts: ServerContexts, for choice: Choice) {
            self.byChoice.insert(contexts, for: choice)
        }
    }

    private struct State {
        private(set) var generation = 0
        var certificates = EdgeCertificates() {
            didSet { self.generation += 1 }
        }
        /// By the endpoint's number.
        var endpoints: [UInt64: Endpoint] = [:]

        mutating func find(_ name: String, of endpoint: UInt64, for client: ClientHello) -> Found {
            if let own = self.endpoints[endpoint]?.own { return .contexts(own) }
            guard self.endpoints[endpoint] != nil,
                let pair = self.certificates.entry(forServerName: name)?.pair(for: client)
            else { return .nothing }
            let choice = Choice(name: name, family: pair.algorithm.family)
            if let known = self.endpoints[endpoint]?.contexts(for: choice, generation: self.generation) {
                return .contexts(known)
            }
            guard let endpoint = self.endpoints[endpoint] else { return .nothing }
            return .pair(pair, endpoint.authorities, endpoint.terms, for: choice, generation: self.generation)
        }

        /// Gives those of whoever was first. What is out of date by now serves the connection that it was made for, and no
        /// other.
        mutating func keep(
            _ made: ServerContexts,
            for choice: Choice,
            of endpoint: UInt64,
            _ generation: Int
        ) -> ServerContexts {
            guard self.generation == generation, self.endpoints[endpoint] != nil else { return made }
            if let known = self.endpoints[endpoint]?.contexts(for: choice, generation: generation) { return known }
            self.endpoints[endpoint]?.keep(made, for: choice)
            return made
        }
    }

    private enum Found {
        case contexts(ServerContexts)
        case pair(KeyPair, ClientAuthorities?, HandshakeTerms, for: Choice, generation: Int)
        case nothing
    }

    private let state = Mutex(State())

    package init() {}

    /// Puts the edge's own certificates in place of those before. Connections keep what they have.
    package func replace(with certificates: EdgeCertificates) {
        self.state.withLock { $0.certificates = certificates.besideDomains(of: $0.certificates) }
    }

    /// Puts the certificates of reserved domains in place of those before.
    package func replace(ofDomains domains: RoutingTable<EdgeCertificates.DomainCertificate>) {
        self.state.withLock { $0.certificates = $0.certificates.beside(domains) }
    }

    /// Makes what an endpoint needs, so that a bad pair or CA refuses the bind and not its clients.
    ///
    /// - Parameter endpoint: Its number, or that of one way of its policy's to end TLS.
    /// - Throws: ERR_NGROK_14001, 1695, 1696, 14002.
    package func prepare(_ termination: EdgeTermination, of endpoint: UInt64) throws(NgrokError) {
        let prepared = try Self.endpoint(termination)
        self.state.withLock { $0.endpoints[endpoint] = prepared }
    }

    private static func endpoint(_ termination: EdgeTermination) throws(NgrokError) -> Endpoint {
        // Without CAs the library would be told to ask nobody.
        if termination.verification == .requireAndVerify, termination.clientAuthorities.isEmpty {
            throw .mutualTLSNoCertificate
        }
        let authorities =
            termination.clientAuthorities.isEmpty ? nil : try ClientAuthorities(pem: termination.clientAuthorities)
        let terms = HandshakeTerms(termination)
        var own: ServerContexts?
        if let pair = termination.keyPair {
            do {
                let pair = try KeyPair(certificatePEM: pair.certificateChain, keyPEM: pair.privateKey)
                own = try Self.contexts(pair, verifying: authorities, on: terms)
            } catch {
                throw .keyPairInvalid
            }
        }
        return Endpoint(authorities: authorities, terms: terms, own: own)
    }

    package func forget(_ endpoint: UInt64) {
        self.state.withLock { $0.endpoints[endpoint] = nil }
    }

    /// The context for one more client of an endpoint; `nil` when the edge has no certificate for its name.
    package func context(of endpoint: UInt64, for client: ClientHello) throws -> NIOSSLContext? {
        try self.contexts(of: endpoint, for: client)?.next()
    }

    /// Those of an endpoint that are for a client; `nil` when the edge has no certificate for its name.
    ///
    /// They are made outside the lock, which every client's handshake takes.
    package func contexts(of endpoint: UInt64, for client: ClientHello) throws -> ServerContexts? {
        guard let name = client.serverName?.lowercased() else { return nil }
        switch self.state.withLock({ $0.find(name, of: endpoint, for: client) }) {
        case .contexts(let contexts): return contexts
        case .nothing: return nil
        case .pair(let pair, let authorities, let terms, let choice, let generation):
            let made = try Self.contexts(pair, verifying: authorities, on: terms)
            return self.state.withLock { $0.keep(made, for: choice, of: endpoint, generation) }
        }
    }

    /// Contexts of one connection alone, where how TLS ends depends on the connection; `nil` when the edge has no certificate for
    /// the name.
    ///
    /// - Throws: what ``prepare(_:of:)`` does.
    package func contexts(for termination: EdgeTermination, of client: ClientHello) throws -> ServerContexts? {
        let prepared = try Self.endpoint(termination)
        if let own = prepared.own { return own }
        guard let name = client.serverName?.lowercased(),
            let pair = self.state.withLock({ $0.certificates.entry(forServerName: name)?.pair(for: client) })
        else { return nil }
        return try Self.contexts(pair, verifying: prepared.authorities, on: prepared.terms)
    }

    /// Whether some of an endpoint's clients will find no certificate: neither its own nor one of the edge's.
    package func lacksCertificate(_ endpoint: EndpointConfiguration) -> Bool {
        let numbers = [endpoint.number] + (endpoint.policy?.terminations.map(\.number) ?? [])
        return self.state.withLock { state in
            let needsEdges = numbers.contains { number in
                state.endpoints[number].map { $0.own == nil } ?? false
            }
            return needsEdges && !state.certificates.covers(endpoint.name)
        }
    }

    /// What a server of the edge presents, and whose clients it lets in.
    package static func contexts(
        _ pair: KeyPair,
        verifying authorities: ClientAuthorities? = nil,
        on terms: HandshakeTerms = HandshakeTerms()
    ) throws -> ServerContexts {
        // A close need not wait long for the peer's close_notify: our own has left by then.
        try ServerContexts(pair, verifying: authorities, on: terms, shutdownTimeout: .seconds(1))
    }
}

extension HandshakeTerms {
    package init(_ termination: EdgeTermination) {
        self.init()
        self.clientCertificate =
            switch termination.verification {
            case nil, .requireAndVerify: .issued
            case .requireAny: .shown
            case .request: .welcome
            }
        self.minimumVersion = TLSVersion(termination.versions.lowerBound)
        self.maximumVersion = TLSVersion(termination.versions.upperBound)
    }
}

extension TLSVersion {
    fileprivate init(_ version: TLSTermination.Version) {
        self =
            switch version {
            case .tls12: .tlsv12
            case .tls13: .tlsv13
            }
    }
}
