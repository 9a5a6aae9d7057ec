import NIOSSL

/// What a handshake of the edge's with a client came to.
struct NegotiatedTLS {
    let version: TLSVersion
    /// Whether the client showed a certificate. One that is not good ends the handshake.
    let clientIsVerified: Bool

    /// `nil` before the handshake is over.
    init?(_ handler: NIOSSLServerHandler) {
        guard let version = handler.tlsVersion else { return nil }
        self.version = version
        self.clientIsVerified = handler.peerCertificate != nil
    }
}
