import Addresses
import LibCrypto
import NIOCore
import NIOSSL

/// Stands behind the TLS of the connection to the edge, and says of a certificate that was refused which one it was.
final class EdgeTrustHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let access: EdgeAccess
    private let server: HostAndPort
    private let verifier: EdgeVerifier?

    /// - Parameters:
    ///   - server: Where the edge is, whatever was dialled.
    ///   - verifier: Who has decided; `nil` where it was BoringSSL.
    init(_ access: EdgeAccess, to server: HostAndPort, verifier: EdgeVerifier?) {
        self.access = access
        self.server = server
        self.verifier = verifier
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(self.distrust(error, context) ?? error)
    }

    private func distrust(_ error: any Error, _ context: ChannelHandlerContext) -> (any Error)? {
        let isOtherName = (error as? NIOSSLExtraError) == .failedToValidateHostname
        guard isOtherName || Self.isRefusal(error) else { return nil }
        let list = self.access.revocation?.url
        if case .unusableList(let reason) = self.verifier?.failure, let list {
            return RevocationTrouble(url: list, reason: "it cannot be used: \(reason)")
        }
        // Without the certificate, or with one that cannot be read, the error itself has to do.
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return nil }
        return try? UntrustedEdge(
            certificate,
            isOtherName: isOtherName || self.verifier?.failure == .otherAddress,
            revokedBy: self.verifier?.failure == .revoked ? list : nil,
            address: self.server.description,
            roots: self.access.rootCAs
        )
    }

    /// BoringSSL's reason has no other form than its text.
    private static func isRefusal(_ error: any Error) -> Bool {
        guard case .handshakeFailed(.sslError(let stack)) = error as? NIOSSLError else { return false }
        return stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
    }
}
