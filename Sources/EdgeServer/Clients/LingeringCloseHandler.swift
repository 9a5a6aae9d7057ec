import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// First in a client's pipeline: ends the TCP connection so that the client gets the last bytes.
///
/// NIO's own close drops writes that wait for the socket, and a socket closed with unread input answers with RST, which
/// can destroy an alert that is still on its way. So a close becomes: write everything, FIN, read and throw away until
/// the client's FIN or a short while, then close.
final class LingeringCloseHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An outbound event: end with RST, now.
    struct Reset {}

    /// How long the client may take to answer our FIN with its own. More only helps a client that keeps sending.
    private static let drainTime = TimeAmount.seconds(1)
    /// How long the client may take to receive what was written before the close.
    private static let flushTime = TimeAmount.seconds(60)

    private var isClosing = false
    private var inputEnded = false
    private var outputEnded = false
    private var promises: [EventLoopPromise<Void>] = []
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends bytes that were read before down the pipeline again, to a handler that was added since.
    func replay(_ buffer: ByteBuffer) {
        self.context?.fireChannelRead(self.wrapInboundOut(buffer))
        self.context?.fireChannelReadComplete()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !self.isClosing { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isClosing {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            self.inputEnded = true
            if self.isClosing, self.outputEnded { context.close(mode: .all, promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.deadline?.cancel()
        for promise in self.promises { promise.succeed() }
        self.promises = []
        context.fireChannelInactive()
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Reset else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if let socket = context.channel as? any SocketOptionProvider {
            // The option is set at once, because this is the channel's loop. Where it cannot be, the close is a FIN.
            _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(mode: .all, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input:
            context.close(mode: .input, promise: promise)
        case .output:
            self.endOutput(context: context, promise: promise)
        case .all:
            if let promise { self.promises.append(promise) }
            guard !self.isClosing else { return }
            self.isClosing = true
            self.closeLater(context: context, in: Self.flushTime)
            if self.outputEnded {
                self.drain(context: context)
            } else {
                self.endOutput(context: context, promise: nil)
            }
        }
    }

    /// FIN, once everything written before has left.
    private func endOutput(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { _ in
            guard !self.outputEnded, context.channel.isActive else {
                promise?.succeed()
                return
            }
            self.outputEnded = true
            context.close(mode: .output, promise: promise)
            if self.isClosing { self.drain(context: context) }
        }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    private func drain(context: ChannelHandlerContext) {
        guard !self.inputEnded else {
            context.close(mode: .all, promise: nil)
            return
        }
        self.closeLater(context: context, in: Self.drainTime)
        context.read()
    }

    private func closeLater(context: ChannelHandlerContext, in time: TimeAmount) {
        self.deadline?.cancel()
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            context.close(mode: .all, promise: nil)
        }
    }
}
