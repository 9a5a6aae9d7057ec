package import NIOCore
package import NIOSSL
import Synchronization

/// The TLS contexts of one server: one certificate, and the CAs of those who may come in. From any thread.
///
/// BoringSSL keeps in a context what sessions are resumed by, ticket keys and those that have an id, and NIOSSL cannot
/// switch that off: how many connections share a context is what decides who may resume.
package final class ServerContexts: Sendable {
    /// Handshakes of a context that asks for no certificate. Of sessions that have an id (TLS 1.2 without tickets) BoringSSL
    /// keeps 20,480 a context, 11 MB at the 555 bytes that were measured: 1,024 are half a megabyte. And a busy server does
    /// not encrypt its tickets with one key for two days, BoringSSL's own term. A client whose session was of the context
    /// before has a full handshake.
    package static let sharedHandshakes = 1024

    private struct State {
        var context: NIOSSLContext?
        var handshakesLeft: Int

        mutating func take() -> NIOSSLContext? {
            guard self.handshakesLeft > 0, let context = self.context else { return nil }
            self.handshakesLeft -= 1
            if self.handshakesLeft == 0 { self.context = nil }
            return context
        }
    }

    package let pair: KeyPair
    private let authorities: ClientAuthorities?
    package let terms: HandshakeTerms
    private let shutdownTimeout: TimeAmount?
    /// A session that is resumed is not asked again who it is, and would outlive its certificate. So where certificates are
    /// asked for each connection has a context of its own, in which there is nothing to resume. To make one takes 4 µs with one
    /// CA, 7 µs with ten and 270 µs with a hundred, beside a handshake of some 500 µs.
    private let handshakesPerContext: Int
    private let state: Mutex<State>

    /// Makes the first context.
    ///
    /// - Parameter shutdownTimeout: how long a close waits for the peer's close_notify; `nil` is NIOSSL's.
    /// - Throws: when the certificate is not the key's, or something else that lets no context be made.
    package init(
        _ pair: KeyPair,
        verifying authorities: ClientAuthorities? = nil,
        on terms: HandshakeTerms = HandshakeTerms(),
        shutdownTimeout: TimeAmount? = nil
    ) throws {
        self.pair = pair
        self.authorities = authorities
        self.terms = terms
        self.shutdownTimeout = shutdownTimeout
        let asksNobody = authorities == nil && terms.clientCertificate == .issued
        self.handshakesPerContext = asksNobody ? Self.sharedHandshakes : 1
        let first = try Self.make(pair, authorities, terms, shutdownTimeout)
        self.state = Mutex(State(context: first, handshakesLeft: self.handshakesPerContext))
    }

    /// The context for one more connection.
    package func next() throws -> NIOSSLContext {
        if let context = self.state.withLock({ $0.take() }) { return context }
        // Outside the lock, although others who come now make one too: it takes as long as the rest of a handshake.
        let made = try Self.make(self.pair, self.authorities, self.terms, self.shutdownTimeout)
        return self.state.withLock { state in
            if let context = state.take() { return context }
            state = State(context: made, handshakesLeft: self.handshakesPerContext)
            return state.take() ?? made
        }
    }

    /// Certificates, key and CAs were parsed before, and are only referred to.
    private static func make(
        _ pair: KeyPair,
        _ authorities: ClientAuthorities?,
        _ terms: HandshakeTerms,
        _ shutdownTimeout: TimeAmount?
    ) throws -> NIOSSLContext {
        var configuration = pair.serverConfiguration(verifying: authorities)
        terms.apply(to: &configuration)
        if let shutdownTimeout { configuration.shutdownTimeout = shutdownTimeout }
        return try NIOSSLContext(configuration: configuration)
    }
}
