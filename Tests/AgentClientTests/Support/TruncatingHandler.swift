import NIOCore
import NIOSSL

/// Above a TLS handler: ends this side below that one, so that the peer gets no close_notify.
final class TruncatingHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        do {
            try context.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self)
                .close(mode: .output, promise: promise)
        } catch {
            promise?.fail(error)
        }
    }
}
