import NIOCore
import NIOSSL

/// Ends as TLS does, without the rest of it: `!` stands for close_notify, and a FIN without it is told as NIOSSL tells it.
final class NotifyHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let notify = UInt8(ascii: "!")

    private var inputEnded = false
    private var outputEnded = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        let isLast = buffer.readableBytesView.last == Self.notify
        if isLast { buffer.moveWriterIndex(to: buffer.writerIndex - 1) }
        if buffer.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(buffer))
            context.fireChannelReadComplete()
        }
        if isLast {
            self.inputEnded = true
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        guard !self.inputEnded else { return }
        self.inputEnded = true
        context.fireErrorCaught(NIOSSLError.uncleanShutdown)
        context.fireUserInboundEventTriggered(event)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if !self.outputEnded {
            self.outputEnded = true
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: [Self.notify])), promise: nil)
        }
        context.close(mode: mode, promise: promise)
    }
}
