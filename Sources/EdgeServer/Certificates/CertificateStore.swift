import AgentProtocol
import EdgeCore
import NIOCore
import NIOSSL
import Synchronization
import TLSCredentials

/// The TLS contexts of the endpoints that end TLS at the edge.
///
/// A context belongs to one endpoint and one generation of the edge's certificates, so that a ticket, a trust root or a
/// key can never serve another name (CVE-2025-23419, CVE-2025-68121).
final class CertificateStore: Sendable {
    private struct State {
        var generation = 0
        var credentials = RoutingTable<KeyPair>()
        /// By the endpoint's number. A bind with a pair of its own has one; others have one for each of the edge's certificates
        /// used.
        var endpoints: [UInt64: Contexts] = [:]
    }

    private struct Contexts {
        let authorities: ClientAuthorities?
        /// The context of the endpoint's own pair.
        let own: NIOSSLContext?
        var generation = 0
        var byServerName: [String: NIOSSLContext] = [:]
    }

    private let state = Mutex(State())

    /// Puts the edge's own certificates in place of those before. Connections keep what they have.
    func replaceCredentials(_ credentials: RoutingTable<KeyPair>) {
        self.state.withLock { state in
            state.generation += 1
            state.credentials = credentials
        }
    }

    /// Reads the edge's own certificates.
    ///
    /// - Throws: ``ConfigurationError`` for the first that cannot be used.
    static func load(_ files: [EdgeConfiguration.CertificateFiles]) throws -> RoutingTable<KeyPair> {
        var table = RoutingTable<KeyPair>()
        for entry in files {
            let pair = try KeyPair.read(certificate: entry.certificate, key: entry.key)
            let names = entry.names.isEmpty ? pair.dnsNames.compactMap { try? DomainName($0) } : entry.names
            for name in names { table[name: name] = pair }
        }
        return table
    }

    /// Makes what an endpoint needs, so that a bad pair or CA refuses the bind and not its clients.
    ///
    /// - Throws: ERR_NGROK_14001, 1695, 1696, 14002.
    func prepare(_ termination: EdgeTermination, of endpoint: UInt64) throws(NgrokError) {
        let authorities =
            termination.clientAuthorities.isEmpty ? nil : try ClientAuthorities(pem: termination.clientAuthorities)
        var own: NIOSSLContext?
        if let pair = termination.keyPair {
            do {
                let pair = try KeyPair(certificatePEM: pair.certificateChain, keyPEM: pair.privateKey)
                own = try Self.context(pair, authorities: authorities)
            } catch {
                throw .keyPairInvalid
            }
        }
        let contexts = Contexts(authorities: authorities, own: own)
        self.state.withLock { $0.endpoints[endpoint] = contexts }
    }

    func forget(_ endpoint: UInt64) {
        self.state.withLock { $0.endpoints[endpoint] = nil }
    }

    /// The context for a client of an endpoint; `nil` when the edge has no certificate for the name.
    func context(of endpoint: UInt64, serverName: String) throws -> NIOSSLContext? {
        try self.state.withLock { state in
            guard var contexts = state.endpoints[endpoint] else { return nil }
            if let own = contexts.own { return own }
            if contexts.generation != state.generation {
                contexts.generation = state.generation
                contexts.byServerName = [:]
            }
            let name = serverName.lowercased()
            if let context = contexts.byServerName[name] { return context }
            guard let credential = state.credentials.entry(forServerName: name) else { return nil }
            let context = try Self.context(credential, authorities: contexts.authorities)
            // A wildcard endpoint has as many names as clients think of; beyond these, each connection has its own.
            if contexts.byServerName.count < 64 { contexts.byServerName[name] = context }
            state.endpoints[endpoint] = contexts
            return context
        }
    }

    /// Whether some of an endpoint's clients will find no certificate: neither its own nor one of the edge's.
    func lacksCertificate(_ endpoint: EndpointConfiguration) -> Bool {
        self.state.withLock { state in
            guard let contexts = state.endpoints[endpoint.number], contexts.own == nil else { return false }
            return !state.credentials.covers(endpoint.name)
        }
    }

    /// What a server of the edge presents, and whose clients it lets in.
    static func context(_ pair: KeyPair, authorities: ClientAuthorities? = nil) throws -> NIOSSLContext {
        var configuration = pair.serverConfiguration(verifying: authorities)
        // How long a close waits for the peer's close_notify; our own has left by then.
        configuration.shutdownTimeout = .seconds(1)
        return try NIOSSLContext(configuration: configuration)
    }
}
