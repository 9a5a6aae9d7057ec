import MuxadoChannel
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Stands next to the transport and closes it so that what was written arrives.
///
/// A channel's `close` throws away writes that wait, and a socket that is closed with unread input resets the connection, which
/// can destroy what is on its way: the last bytes of an answer, or an alert. So a close that comes down the pipeline first waits
/// for the writes before it, then ends the output, then drops what still comes until the peer ends its side too or
/// ``drainTime`` is over. A TLS handler above closes as it likes.
final class GentleCloseHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A peer that got our alert and FIN answers within a round trip.
    private static let drainTime = TimeAmount.seconds(2)

    private enum State {
        case open
        /// Waits for the writes before a half-close.
        case finishing
        case outputEnded
        case closed
    }

    private var state = State.open
    private var isDraining = false
    private var inputEnded = false
    private var hasFailed = false
    private var closePromise: EventLoopPromise<Void>?
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.deadline?.cancel()
        self.closePromise?.fail(ChannelError.ioOnClosedChannel)
        self.closePromise = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isDraining else { return }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isDraining {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            self.inputEnded = true
            if self.isDraining {
                self.closeNowIfBothEnded()
                return
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.hasFailed = true
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.state == .outputEnded, !self.inputEnded, !self.isDraining, !self.hasFailed {
            // NIO closes a channel whose output has ended as soon as its input ends, without the event for the latter.
            self.inputEnded = true
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        self.state = .closed
        self.deadline?.cancel()
        self.closePromise?.succeed()
        self.closePromise = nil
        context.fireChannelInactive()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input: promise?.fail(ChannelError.operationUnsupported)
        case .output: self.endOutput(promise: promise)
        case .all: self.closeGently(promise: promise)
        }
    }

    /// Ends the output below TLS: a FIN without close_notify, when called directly.
    func endOutput(promise: EventLoopPromise<Void>? = nil) {
        guard let context = self.context, self.state == .open else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        self.state = .finishing
        // An empty write is done when all writes before it are.
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { result in
            self.writesDone(result, promise: promise)
        }
        context.writeAndFlush(self.wrapOutboundOut(context.channel.allocator.buffer(capacity: 0)), promise: written)
    }

    private func writesDone(_ result: Result<Void, any Error>, promise: EventLoopPromise<Void>?) {
        guard let context = self.context, self.state == .finishing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.state = .outputEnded
        switch result {
        case .success:
            context.close(mode: .output, promise: promise)
        case .failure(let error):
            promise?.fail(error)
            self.closeNow()
        }
        if self.isDraining {
            self.startDeadline()
            self.closeNowIfBothEnded()
        }
    }

    /// Ends both directions below TLS, without loss of what was written.
    func closeGently(promise: EventLoopPromise<Void>? = nil) {
        guard let context = self.context, self.state != .closed, !self.isDraining else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        self.isDraining = true
        self.closePromise = promise
        switch self.state {
        case .open: self.endOutput()
        case .finishing, .closed: break
        case .outputEnded:
            self.startDeadline()
            self.closeNowIfBothEnded()
        }
        context.read()
    }

    private func startDeadline() {
        guard self.state != .closed, let context = self.context else { return }
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) {
            self.closeNow()
        }
    }

    private func closeNowIfBothEnded() {
        if self.inputEnded, self.state == .outputEnded {
            self.closeNow()
        }
    }

    private func closeNow() {
        guard let context = self.context, self.state != .closed else { return }
        self.state = .closed
        context.close(mode: .all, promise: nil)
    }

    /// Ends everything at once and visibly: with RST, of the TCP connection or of the edge's stream.
    func abort() {
        guard let context = self.context, self.state != .closed else { return }
        self.isDraining = true
        if context.channel is MuxadoStreamChannel {
            self.state = .closed
            context.triggerUserOutboundEvent(StreamReset(), promise: nil)
            return
        }
        // On a Unix socket, which has no such option, a close is all there is.
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        self.closeNow()
    }
}
