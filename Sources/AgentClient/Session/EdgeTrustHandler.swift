import NIOCore
import NIOSSL

/// Stands behind the TLS of the connection to the edge, and says of a certificate that was refused which one it was.
final class EdgeTrustHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let address: String
    private let roots: String?

    /// - Parameters:
    ///   - address: what was dialled, `host:port`.
    ///   - roots: the file of trusted CAs; `nil` for the system's.
    init(address: String, roots: String?) {
        self.address = address
        self.roots = roots
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(self.distrust(error, context) ?? error)
    }

    private func distrust(_ error: any Error, _ context: ChannelHandlerContext) -> UntrustedEdge? {
        let isOtherName = (error as? NIOSSLExtraError) == .failedToValidateHostname
        guard isOtherName || Self.isRefusal(error) else { return nil }
        // Without the certificate, or with one that cannot be read, the error itself has to do.
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return nil }
        return try? UntrustedEdge(
            certificate,
            isOtherName: isOtherName,
            address: self.address,
            roots: self.roots
        )
    }

    /// BoringSSL's reason has no other form than its text.
    private static func isRefusal(_ error: any Error) -> Bool {
        guard case .handshakeFailed(.sslError(let stack)) = error as? NIOSSLError else { return false }
        return stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
    }
}
