import NIOSSL
import TLSCredentials
import TrafficPolicy

/// The edge's side of one connection's handshake.
struct ServerTLS {
    let context: NIOSSLContext
    /// What is presented.
    let certificate: NIOSSLCertificate?
    /// What is asked of the client's certificate; `nil` asks for none.
    let verification: TLSTermination.Verification?
    /// What was odd about how it was to end.
    let warnings: [String]

    init(
        _ contexts: ServerContexts,
        verification: TLSTermination.Verification?,
        warnings: [String] = []
    ) throws {
        self.context = try contexts.next()
        self.certificate = contexts.pair.chain.first
        self.verification = verification
        self.warnings = warnings
        self.terms = contexts.terms
    }

    private let terms: HandshakeTerms

    func handler() -> NIOSSLServerHandler {
        guard let verify = self.terms.clientCertificate.verification else {
            return NIOSSLServerHandler(context: self.context)
        }
        return NIOSSLServerHandler(context: self.context, customVerificationCallback: verify)
    }
}
