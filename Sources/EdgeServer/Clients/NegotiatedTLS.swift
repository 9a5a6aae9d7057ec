import LibCrypto
import NIOSSL
import TrafficPolicy

/// What a handshake of the edge's with a client came to.
struct NegotiatedTLS {
    let version: TLSVersion
    /// What the client showed.
    let clientCertificate: NIOSSLCertificate?
    /// Whether somebody vouches for it. Where that is demanded, a certificate that is not good ends the handshake.
    let clientIsVerified: Bool

    /// `nil` before the handshake is over.
    init?(_ handler: NIOSSLServerHandler, as server: ServerTLS) {
        guard let version = handler.tlsVersion else { return nil }
        self.version = version
        self.clientCertificate = handler.peerCertificate
        self.clientIsVerified = server.verification == .requireAndVerify && handler.peerCertificate != nil
    }

    /// What the client's certificate calls it; `nil` where it does not. What BoringSSL has verified and OpenSSL cannot read
    /// has no name either: whoever looks for one lets nobody in without.
    var clientCommonName: String? {
        guard let der = try? self.clientCertificate?.toDERBytes() else { return nil }
        return try? CertificateFacts(der: der).commonName
    }
}
