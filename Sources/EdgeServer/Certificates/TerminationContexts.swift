package import AgentProtocol
package import EdgeCore
import LibCrypto
import NIOCore
package import NIOSSL
import Synchronization
package import TLSCredentials
package import TLSWire
import TrafficPolicy

/// The TLS contexts of one way in which TLS ends at the edge for one endpoint's clients. From any thread.
///
/// They are one endpoint's alone, and of one way to end its TLS, one server name, one of the name's pairs and one generation of the
/// edge's certificates, so that a ticket, a trust root or a key can never serve another (RFC 6066 section 3, CVE-2025-23419,
/// CVE-2025-68121). Nobody looks for them by anything: whoever has the endpoint has them, and they end with it.
package final class TerminationContexts: Sendable {
    /// Names of an endpoint whose contexts are kept, one that has several pairs as often as clients ask for them. A wildcard has
    /// as many as clients think of.
    package static let namesKept = 64

    private struct Choice: Hashable {
        let name: String
        /// Of a name there is one pair of each.
        let family: KeyAlgorithm.Family
    }

    /// Those of the edge's certificates, for the names that were asked for, and of which generation these are.
    private struct Made {
        private var byChoice = RecentValues<Choice, ServerContexts>(limit: TerminationContexts.namesKept)
        private var generation = 0

        mutating func contexts(for choice: Choice, generation: Int) -> ServerContexts? {
            if generation > self.generation {
                self.generation = generation
                self.byChoice.removeAll()
            }
            return self.generation == generation ? self.byChoice.value(for: choice) : nil
        }

        /// Gives those of whoever was first. What is out of date by now serves the connection that it was made for, and no
        /// other.
        mutating func keep(_ made: ServerContexts, for choice: Choice, generation: Int) -> ServerContexts {
            guard self.generation == generation else { return made }
            if let known = self.byChoice.value(for: choice) { return known }
            self.byChoice.insert(made, for: choice)
            return made
        }
    }

    private let authorities: ClientAuthorities?
    private let terms: HandshakeTerms
    /// Those of the endpoint's own pair.
    private let own: ServerContexts?
    private let made = Mutex(Made())

    /// Makes what does not depend on the client, so that a bad pair or CA refuses the bind and not its clients.
    ///
    /// - Throws: ERR_NGROK_14001, 1695, 1696, 14002.
    package init(_ termination: EdgeTermination) throws(NgrokError) {
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
                own = try CertificateStore.contexts(pair, verifying: authorities, on: terms)
            } catch {
                throw .keyPairInvalid
            }
        }
        self.authorities = authorities
        self.terms = terms
        self.own = own
    }

    /// Whether what is presented is the edge's own certificate for the name.
    var needsCertificate: Bool { self.own == nil }

    /// The context for one more client; `nil` when the edge has no certificate for its name.
    package func context(for client: ClientHello, among certificates: CertificateStore) throws -> NIOSSLContext? {
        try self.contexts(for: client, among: certificates)?.next()
    }

    /// Those that are for a client; `nil` when the edge has no certificate for its name.
    ///
    /// They are made outside the locks, which every client's handshake takes.
    package func contexts(for client: ClientHello, among certificates: CertificateStore) throws -> ServerContexts? {
        if let own = self.own { return own }
        guard let name = client.serverName?.lowercased(), let found = certificates.pair(for: client, name: name) else {
            return nil
        }
        let choice = Choice(name: name, family: found.pair.algorithm.family)
        let known = self.made.withLock { $0.contexts(for: choice, generation: found.generation) }
        if let known { return known }
        let made = try CertificateStore.contexts(found.pair, verifying: self.authorities, on: self.terms)
        return self.made.withLock { $0.keep(made, for: choice, generation: found.generation) }
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
