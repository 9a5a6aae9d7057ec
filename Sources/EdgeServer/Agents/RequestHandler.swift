import AgentProtocol
import Logging
import MuxadoChannel
import NIOCore

/// One request stream of an agent.
///
/// The reply is followed by our FIN and does not wait for the agent's: no agent ends its side first, and one of them
/// reads a reply until FIN.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A request, and after the reply the agent's FIN, come within this time or not at all.
    private static let patience = TimeAmount.seconds(30)

    private let type: StreamType
    private let answerer: RequestAnswerer
    private var accumulator: MessageAccumulator
    /// Bytes of it that the session knows of.
    private var noted = 0
    private var isAnswered = false
    private var timer: Scheduled<Void>?

    init(type: StreamType, session: AgentSession) {
        self.type = type
        self.answerer = RequestAnswerer(session: session)
        self.accumulator = MessageAccumulator(limit: session.requestLimit)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.note(0)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isAnswered else { return }
        let buffer = self.unwrapInboundIn(data)
        do throws(MessageError) {
            if let text = try self.accumulator.append(buffer.readableBytesUInt8Span) {
                self.answer(text, context: context)
            } else if !self.note(self.accumulator.byteCount) {
                self.refuse("the session's unfinished requests are too long together", context: context)
            }
        } catch {
            self.refuse(error.description, context: context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func refuse(_ problem: String, context: ChannelHandlerContext) {
        self.answerer.session.logger.debug(
            "agent request unreadable",
            metadata: ["stream.type": "\(self.type)", "error.message": "\(problem)"]
        )
        // No text is garbage too, and is answered as all garbage is.
        self.answer([], context: context)
    }

    private func answer(_ text: [UInt8], context: ChannelHandlerContext) {
        self.isAnswered = true
        self.accumulator = MessageAccumulator(limit: 0)
        self.note(0)
        let answer = self.answerer.answer(self.type, text)
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: answer.text)), promise: nil)
        context.close(mode: .output, promise: nil)
        guard answer.endsSession else { return }
        // Nothing more is taken of it while it reads why, and no window given back.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        self.answerer.session.closeAfterRefusal(on: context.eventLoop)
    }

    /// Tells the session how much of an unfinished request is kept here; `false` when that is more than it may be.
    @discardableResult
    private func note(_ byteCount: Int) -> Bool {
        defer { self.noted = byteCount }
        return self.answerer.session.keeps(byteCount - self.noted)
    }
}
