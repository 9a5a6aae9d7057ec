package import EdgeCore
import NIOCore
import Synchronization
package import TLSCredentials
import TLSWire

/// The certificates that the edge has now. From any thread.
///
/// What is made of them is each endpoint's own, and keeps by the generation to those that it was made of.
package final class CertificateStore: Sendable {
    private struct State {
        private(set) var generation = 0
        var certificates = EdgeCertificates() {
            didSet { self.generation += 1 }
        }
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

    /// What a client of this name is shown, and which generation that is of: each replacement begins one. `nil` when the edge has
    /// no certificate for the name.
    func pair(for client: ClientHello, name: String) -> (pair: KeyPair, generation: Int)? {
        let (entry, generation) = self.state.withLock { state in
            (state.certificates.entry(forServerName: name), state.generation)
        }
        return entry?.pair(for: client).map { ($0, generation) }
    }

    /// Whether clients of an endpoint find a certificate.
    func covers(_ name: DomainName) -> Bool { self.state.withLock { $0.certificates.covers(name) } }

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
