import LibCrypto
import NIOSSL

/// What a handshake of the edge's with a client came to.
struct NegotiatedTLS {
    let version: TLSVersion
    private let clientCertificate: NIOSSLCertificate?

    /// `nil` before the handshake is over.
    init?(_ handler: NIOSSLServerHandler) {
        guard let version = handler.tlsVersion else { return nil }
        self.version = version
        self.clientCertificate = handler.peerCertificate
    }

    /// Whether the client showed a certificate. One that is not good ends the handshake.
    var clientIsVerified: Bool { self.clientCertificate != nil }

    /// What the client's certificate calls it; `nil` where it does not. What BoringSSL has verified and OpenSSL cannot read
    /// has no name either: whoever looks for one lets nobody in without.
    var clientCommonName: String? {
        guard let der = try? self.clientCertificate?.toDERBytes() else { return nil }
        return try? CertificateFacts(der: der).commonName
    }
}
