internal import MuxadoChannel
package import NIOCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Stands next to the transport and does what ``ClosingStateMachine`` decides. A TLS handler above closes as it likes.
///
/// Its own methods act below TLS: ``endOutput(promise:)`` is a FIN without close_notify, and so is ``close()``.
package final class ClosingHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// An outbound user event, which can be sent from any thread: as ``abandon()``.
    package struct Abandonment: Sendable {
        package init() {}
    }

    /// A peer that got our FIN, and an alert before it, answers within a round trip.
    private static let drainTime = TimeAmount.seconds(2)
    /// How long a peer may take nothing of what is left to be written; a slow one that takes some is waited for.
    private static let flushTime = TimeAmount.seconds(60)
    /// The kernel tells nobody when a peer has acknowledged everything, and is asked: the first time after what a neighbour
    /// takes for that, and then less and less often.
    private static let acknowledgementPauses = (first: TimeAmount.milliseconds(2), last: TimeAmount.milliseconds(250))

    /// TLS is above, and a FIN without its close_notify tells the peer that not all was said.
    package var isBelowTLS = false
    private var machine = ClosingStateMachine()
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var acknowledgementTimer: Scheduled<Void>?
    private var endPromises: [EventLoopPromise<Void>] = []
    private var closePromises: [EventLoopPromise<Void>] = []
    private var isCompletingRead = false

    package init() {}

    /// Ends the output behind what was written.
    ///
    /// - Parameter promise: succeeds when everything has been handed to the network.
    package func endOutput(promise: EventLoopPromise<Void>? = nil) {
        if let promise {
            guard self.context != nil, !self.machine.outputEnded else { return promise.fail(ChannelError.outputClosed) }
            self.endPromises.append(promise)
        }
        self.perform(self.machine.endOutput())
    }

    /// Ends both directions without loss of what was written.
    package func close() { self.perform(self.machine.close()) }

    /// Ends both directions without loss of what was written, and so that nobody takes that for the whole.
    package func cut() { self.perform(self.isBelowTLS ? self.machine.close() : self.machine.cut()) }

    /// Ends both directions at once and visibly: with RST, of the TCP connection or of the muxado stream.
    package func reset() { self.perform(self.machine.reset()) }

    /// Ends both directions at once and waits for nothing: with FIN, or where something came that nobody read with RST.
    package func abandon() {
        if !self.machine.reset().isEmpty { self.context?.close(mode: .all, promise: nil) }
    }

    /// Says to the handlers above that a read is complete, and lets none of them begin another meanwhile: what came then would
    /// find a TLS handler that has failed.
    package func completeRead() {
        self.isCompletingRead = true
        defer { self.isCompletingRead = false }
        self.context?.fireChannelReadComplete()
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.settle()
    }

    // MARK: From the transport

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !self.machine.dropsInput { context.fireChannelRead(data) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if self.machine.dropsInput {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            self.perform(self.machine.inputEndedByPeer())
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.machine.failed()
        context.fireErrorCaught(error)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.perform(self.machine.becameInactive())
        self.settle()
        context.fireChannelInactive()
    }

    // MARK: From above

    package func read(context: ChannelHandlerContext) {
        if !self.isCompletingRead { context.read() }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if self.machine.dropsWrites {
            promise?.fail(ChannelError.outputClosed)
        } else {
            context.write(data, promise: promise)
        }
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input: context.close(mode: .input, promise: promise)
        case .output: self.endOutput(promise: promise)
        case .all:
            if let promise { self.closePromises.append(promise) }
            self.close()
        }
    }

    package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
    {
        guard event is Abandonment else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        self.abandon()
        promise?.succeed()
    }

    // MARK: What the machine says

    private func perform(_ actions: [ClosingStateMachine.Action]) {
        guard let context = self.context else { return }
        for action in actions {
            switch action {
            case .flush: self.flush(context)
            case .endOutput: context.close(mode: .output, promise: nil)
            case .discardInput: context.read()
            case .startFlushTimer: self.startFlushTimer(context)
            case .startDrainTimer:
                self.startTimer(context, Self.drainTime) { self.perform(self.machine.drainTimePassed()) }
            case .tellInputEnded: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            case .awaitAcknowledgement: self.awaitAcknowledgement(context, Self.acknowledgementPauses.first)
            case .close: self.closeTransport(context)
            case .reset: self.reset(context, .abandoned)
            case .resetBehindData: self.reset(context, .behindData)
            }
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { result in
            let promises = self.endPromises
            self.endPromises = []
            // Before the FIN, because NIO closes the whole channel with it where the input has ended.
            for promise in promises { promise.completeWith(result) }
            if case .success = result {
                self.perform(self.machine.flushed(true))
            } else {
                self.perform(self.machine.flushed(false))
            }
        }
        // An empty write is done when all writes before it are.
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    private func awaitAcknowledgement(_ context: ChannelHandlerContext, _ pause: TimeAmount) {
        guard UnacknowledgedBytes.count(of: context.channel) > 0 else {
            return self.perform(self.machine.acknowledged())
        }
        self.acknowledgementTimer = context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            self.awaitAcknowledgement(context, min(pause * 2, Self.acknowledgementPauses.last))
        }
    }

    private func startFlushTimer(_ context: ChannelHandlerContext) {
        let before = Self.untakenCount(context)
        self.startTimer(context, Self.flushTime) {
            let hasProgressed = Self.untakenCount(context) < before
            self.perform(self.machine.flushTimePassed(hasProgressed: hasProgressed))
        }
    }

    private static func untakenCount(_ context: ChannelHandlerContext) -> Int {
        // A channel that does not tell has made no progress.
        let unwritten = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        return unwritten + UnacknowledgedBytes.count(of: context.channel)
    }

    private func startTimer(_ context: ChannelHandlerContext, _ time: TimeAmount, _ body: @escaping () -> Void) {
        self.timer?.cancel()
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: time, body)
    }

    /// The end of a stream says that nothing follows, and not that nobody reads any more, as a closed socket does by itself: a
    /// peer that has not ended its own side would wait, or send, for as long as the session lasts.
    private func closeTransport(_ context: ChannelHandlerContext) {
        if context.channel is MuxadoStreamChannel, !self.machine.inputHasEnded {
            context.triggerUserOutboundEvent(StreamReset.readsNoMore, promise: nil)
        } else {
            context.close(mode: .all, promise: nil)
        }
    }

    private func reset(_ context: ChannelHandlerContext, _ streamReset: StreamReset) {
        if context.channel is MuxadoStreamChannel {
            context.triggerUserOutboundEvent(streamReset, promise: nil)
            return
        }
        // The option is set at once, because this is the channel's loop. On a Unix socket, which has none, and where it
        // cannot be set, a close is all there is.
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        context.close(mode: .all, promise: nil)
    }

    /// The channel is gone: nothing is waited for any more.
    private func settle() {
        self.timer?.cancel()
        self.timer = nil
        self.acknowledgementTimer?.cancel()
        self.acknowledgementTimer = nil
        let ends = self.endPromises
        let closes = self.closePromises
        self.endPromises = []
        self.closePromises = []
        for promise in ends { promise.fail(ChannelError.ioOnClosedChannel) }
        for promise in closes {
            if self.machine.outputEnded { promise.succeed() } else { promise.fail(ChannelError.ioOnClosedChannel) }
        }
    }
}
