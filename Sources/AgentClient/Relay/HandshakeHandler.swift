import NIOCore
import NIOSSL
import NIOTLS

/// Waits above a TLS handler for the end of its handshake, keeps its failure from the handlers after it, and leaves.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Fails with the first error, or `ChannelError.eof` when the channel just ends.
    let ended: EventLoopFuture<Void>
    private var promise: EventLoopPromise<Void>?

    /// - Parameter promise: That of ``ended``.
    init(promise: EventLoopPromise<Void>) {
        self.ended = promise.futureResult
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .some(.handshakeCompleted) = event as? TLSUserEvent, let promise = self.promise else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        self.promise = nil
        promise.succeed()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let promise = self.promise else {
            context.fireErrorCaught(error)
            return
        }
        self.promise = nil
        promise.fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.fail()
    }

    private func fail() {
        self.promise?.fail(ChannelError.eof)
        self.promise = nil
    }
}
