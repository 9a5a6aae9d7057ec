import NIOCore

/// One end of a relay between a client's channel and an agent's stream. Last in its pipeline; `autoRead` is off.
///
/// Backpressure: a burst is read, handed over and written, and the next is read only when the other channel is
/// writable again. So what is in flight is one burst and the other channel's write buffer, whatever the rates.
///
/// Ends: the end of input goes to the other side as the end of its output (FIN, close_notify, the stream's FIN), and the
/// other direction stays open. A reset or a lost channel goes on as a failure and never as a clean end.
final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let side: any RelaySide
    private var partner: RelayEnd?
    private var context: ChannelHandlerContext?
    private var gathered: [ByteBuffer] = []
    /// Written in front of everything else, each in a flush of its own.
    private var preface: [ByteBuffer]
    private var inputEnded = false
    private var outputEnded = false
    private var partnerWaits = false
    private var hasFailed = false

    init(side: any RelaySide, preface: [ByteBuffer] = []) {
        self.side = side
        self.preface = preface
    }

    /// An end that has a partner from the start waits for ``resumeReading()`` before it reads.
    func join(_ partner: RelayEnd) { self.partner = partner }

    /// Begins to relay on a channel that was already read from.
    ///
    /// - Parameters:
    ///   - early: what was read and belongs to the partner.
    ///   - inputEnded: whether the end of input was seen too.
    func start(with partner: RelayEnd, early: [ByteBuffer], inputEnded: Bool) {
        self.partner = partner
        self.side.began()
        for buffer in early { self.side.received(buffer.readableBytes) }
        self.gathered = early
        partner.run { $0.resumeReading() }
        if inputEnded {
            self.endInput()
        } else if !self.handOver() {
            self.resumeReading()
        }
    }

    // MARK: The channel speaks

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.writePreface() }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.writePreface()
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.forget() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        self.side.received(buffer.readableBytes)
        self.gathered.append(buffer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !self.handOver(), !self.inputEnded { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard self.partnerWaits, context.channel.isWritable else { return }
        self.partnerWaits = false
        self.partner?.run { $0.resumeReading() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { self.endInput() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard self.side.isFatal(error) else { return }
        self.fail()
        self.side.reset(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.outputEnded, !self.hasFailed {
            // NIO tells the end of input on a channel whose output has ended by closing it, without an event.
            self.endInput()
        } else if !self.inputEnded || !self.outputEnded {
            self.fail()
        }
        self.forget()
        context.fireChannelInactive()
    }

    // MARK: The partner speaks

    /// The partner has taken what it was given.
    func resumeReading() {
        guard !self.inputEnded else { return }
        self.context?.read()
    }

    func send(_ buffers: [ByteBuffer]) {
        guard let context = self.context, !self.outputEnded else { return }
        for buffer in buffers {
            self.side.sent(buffer.readableBytes)
            context.write(self.wrapOutboundOut(buffer), promise: nil)
        }
        context.flush()
        if context.channel.isWritable {
            self.partner?.run { $0.resumeReading() }
        } else {
            self.partnerWaits = true
        }
    }

    /// The partner's input has ended in order.
    func endOutput() {
        guard let context = self.context, !self.outputEnded else { return }
        self.outputEnded = true
        self.side.directionEnded(bothEnded: self.inputEnded)
        let ended = context.eventLoop.makePromise(of: Void.self)
        ended.futureResult.assumeIsolated().whenComplete { _ in
            if self.inputEnded { self.context?.close(promise: nil) }
        }
        context.close(mode: .output, promise: ended)
    }

    /// The partner was reset or lost.
    func partnerFailed() {
        guard let context = self.context, !self.hasFailed else { return }
        self.hasFailed = true
        if self.outputEnded {
            // Everything had been delivered and ended in order; what failed is only the way back.
            context.close(promise: nil)
        } else {
            self.side.partnerFailed(context)
        }
    }

    /// Nothing has moved for too long: both channels are ended in order.
    func giveUp() {
        self.partner?.run { $0.endOutputAndClose() }
        self.endOutputAndClose()
    }

    private func endOutputAndClose() {
        guard let context = self.context else { return }
        self.hasFailed = true
        self.inputEnded = true
        if self.outputEnded {
            context.close(promise: nil)
        } else {
            self.endOutput()
            context.read()
        }
    }

    // MARK: Inner steps

    private func writePreface() {
        guard let context = self.context else { return }
        for buffer in self.preface { context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil) }
        self.preface = []
    }

    /// Whether there was anything to hand over.
    private func handOver() -> Bool {
        guard !self.gathered.isEmpty, let partner = self.partner else { return false }
        let buffers = self.gathered
        self.gathered = []
        partner.run { $0.send(buffers) }
        return true
    }

    private func endInput() {
        guard !self.inputEnded else { return }
        self.inputEnded = true
        _ = self.handOver()
        self.side.directionEnded(bothEnded: self.outputEnded)
        self.partner?.run { $0.endOutput() }
        if self.outputEnded { self.context?.close(promise: nil) }
    }

    private func fail() {
        guard !self.hasFailed else { return }
        self.hasFailed = true
        self.partner?.run { $0.partnerFailed() }
    }

    private func forget() {
        self.side.ended()
        self.partner = nil
        self.context = nil
        self.gathered = []
    }
}
