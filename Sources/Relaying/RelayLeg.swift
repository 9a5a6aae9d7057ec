internal import Muxado
package import NIOCore
internal import NIOSSL

/// One side of a relay in its channel. Last in the pipeline, behind a ``ClosingHandler`` next to the transport; `autoRead` is
/// off and `allowRemoteHalfClosure` on.
///
/// It says what happens and does as it is told, and knows the channel's ways of saying it: what is read comes in pieces until
/// the read is complete, and TLS calls the lack of close_notify an error that is none.
package final class RelayLeg: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let side: RelaySide
    private let closing: ClosingHandler
    private var relay: Resident<Relay>?
    /// Written in front of everything else, each in a flush of its own.
    private var preface: [ByteBuffer]
    private var context: ChannelHandlerContext?
    private var gathered: [ByteBuffer] = []
    /// Bursts written since there was room for more.
    private var unreported = 0
    private var isTruncated = false

    package init(_ side: RelaySide, of relay: Resident<Relay>, closing: ClosingHandler, preface: [ByteBuffer] = []) {
        self.side = side
        self.relay = relay
        self.closing = closing
        self.preface = preface
    }

    // MARK: The channel speaks

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let leg = Resident(self, on: context.eventLoop)
        self.report { $0.attach(leg, as: $1) }
        if context.channel.isActive { self.writePreface(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        self.writePreface(context)
        context.fireChannelActive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.report { $0.detach($1) }
        self.relay = nil
        self.context = nil
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.gathered.append(self.unwrapInboundIn(data))
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        self.handOver()
        context.fireChannelReadComplete()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.reportWrites(context)
        context.fireChannelWritabilityChanged()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            self.handOver()
            let ending: RelayStateMachine.Ending = self.isTruncated ? .truncated : .inOrder
            self.report { $0.inputEnded(ending, of: $1) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .uncleanShutdown = error as? NIOSSLError {
            // The end of input itself follows as an event.
            self.isTruncated = true
        } else if let error = error as? MuxadoError, error.origin == .remote, error.code == .streamReset {
            // The stream has given all that came before this.
            self.report { $0.inputEnded(.truncated, of: $1) }
        } else {
            self.report { $0.failed($1, with: error) }
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.report { $0.lost($1) }
        context.fireChannelInactive()
    }

    // MARK: The relay speaks

    func read() { self.context?.read() }

    func write(_ buffers: [ByteBuffer]) {
        guard let context = self.context else { return }
        for buffer in buffers { context.write(self.wrapOutboundOut(buffer), promise: nil) }
        context.flush()
        self.unreported += 1
        self.reportWrites(context)
    }

    func endOutput() {
        guard let context = self.context else { return }
        let ended = context.eventLoop.makePromise(of: Void.self)
        // Where it cannot be ended the channel is lost, and says so.
        ended.futureResult.assumeIsolated().whenSuccess { self.report { $0.outputEnded(of: $1) } }
        context.close(mode: .output, promise: ended)
    }

    /// TLS says its close_notify, and is not asked to wait for the peer's.
    func close() {
        self.context?.close(mode: .output, promise: nil)
        self.closing.close()
    }

    func cut() { self.closing.cut() }

    func reset() { self.closing.reset() }

    // MARK: Inner steps

    private func report(_ event: @escaping @Sendable (Relay, RelaySide) -> Void) {
        let side = self.side
        self.relay?.run { event($0, side) }
    }

    private func writePreface(_ context: ChannelHandlerContext) {
        for buffer in self.preface { context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil) }
        self.preface = []
    }

    private func handOver() {
        guard !self.gathered.isEmpty else { return }
        let buffers = self.gathered
        self.gathered = []
        let side = self.side
        self.relay?.run { $0.received(buffers, from: side) }
    }

    private func reportWrites(_ context: ChannelHandlerContext) {
        guard self.unreported > 0, context.channel.isWritable else { return }
        let count = self.unreported
        self.unreported = 0
        let side = self.side
        self.relay?.run { $0.wrote(count, to: side) }
    }
}
