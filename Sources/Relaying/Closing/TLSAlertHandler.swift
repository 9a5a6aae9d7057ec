package import NIOCore
internal import NIOSSL

/// Stands next to a TLS handler, above it, and lets the alert about a record that cannot be read leave (RFC 9846 section 6.2).
/// The closer knows by it that there is TLS.
///
/// NIOSSLHandler tells of the failure and closes, with the alert that BoringSSL has made still in its buffer, and would write
/// it when the read is complete. So here the read is complete before anybody hears of the failure; what had come whole
/// before that record is handed on with it.
package final class TLSAlertHandler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer

    private let closing: ClosingHandler

    /// - Parameter closing: the one below the TLS handler.
    package init(closing: ClosingHandler) {
        self.closing = closing
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.closing.isBelowTLS = true }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A handshake's alert has left, and the lack of close_notify has none.
        if error is BoringSSLError { self.closing.completeRead() }
        context.fireErrorCaught(error)
    }
}
