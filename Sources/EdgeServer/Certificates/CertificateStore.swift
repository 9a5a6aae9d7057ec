import AgentProtocol
import EdgeCore
import NIOSSL
import Synchronization

/// The TLS contexts of the endpoints that end TLS at the edge.
///
/// A context belongs to one endpoint and one generation of the edge's certificates, so that a ticket, a trust root or a
/// key can never serve another name (CVE-2025-23419, CVE-2025-68121).
final class CertificateStore: Sendable {
    private struct State {
        var generation = 0
        var credentials = RoutingTable<ServerCredential>()
        /// By bind id. A bind with a pair of its own has one; others have one for each of the edge's certificates used.
        var endpoints: [String: Contexts] = [:]
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
    func replaceCredentials(_ credentials: RoutingTable<ServerCredential>) {
        self.state.withLock { state in
            state.generation += 1
            state.credentials = credentials
        }
    }

    /// Reads the edge's own certificates.
    ///
    /// - Throws: ``CertificateProblem`` for the first that cannot be used.
    static func load(_ files: [EdgeConfiguration.CertificateFiles]) throws -> RoutingTable<ServerCredential> {
        var table = RoutingTable<ServerCredential>()
        for entry in files {
            let credential = try ServerCredential.load(entry)
            for name in entry.names.isEmpty ? credential.names : entry.names {
                table[name: name] = credential
            }
        }
        return table
    }

    /// Makes what an endpoint needs, so that a bad pair or CA refuses the bind and not its clients.
    ///
    /// - Throws: ERR_NGROK_14001, 1695, 1696, 14002.
    func prepare(_ termination: EdgeTermination, bindID: String) throws(NgrokError) {
        let authorities =
            termination.clientAuthorities.isEmpty ? nil : try ClientAuthorities(pem: termination.clientAuthorities)
        var own: NIOSSLContext?
        if let pair = termination.keyPair {
            do {
                own = try Self.context(try ServerCredential(pair), authorities: authorities)
            } catch {
                throw .keyPairInvalid
            }
        }
        let contexts = Contexts(authorities: authorities, own: own)
        self.state.withLock { $0.endpoints[bindID] = contexts }
    }

    func forget(bindID: String) {
        self.state.withLock { $0.endpoints[bindID] = nil }
    }

    /// The context for a client of an endpoint; `nil` when the edge has no certificate for the name.
    func context(bindID: String, serverName: String) throws -> NIOSSLContext? {
        try self.state.withLock { state in
            guard var contexts = state.endpoints[bindID] else { return nil }
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
            state.endpoints[bindID] = contexts
            return context
        }
    }

    /// Whether some of an endpoint's clients will find no certificate: neither its own nor one of the edge's.
    func lacksCertificate(for name: DomainName, bindID: String) -> Bool {
        self.state.withLock { state in
            guard let contexts = state.endpoints[bindID], contexts.own == nil else { return false }
            return !state.credentials.covers(name)
        }
    }

    private static func context(
        _ credential: ServerCredential,
        authorities: ClientAuthorities?
    ) throws -> NIOSSLContext {
        var configuration = credential.configuration()
        if let authorities {
            // BoringSSL verifies by itself, because it then chooses the alert; a callback could only send 46.
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(authorities.certificates)
            configuration.sendCANameList = true
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
