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
    private let requests: RequestQueue<RequestAnswerer.Answer>
    private var accumulator: MessageAccumulator
    /// Bytes of it that the session knows of.
    private var noted = 0
    private var state = State.reading
    private var timer: Scheduled<Void>?

    private enum State {
        case reading
        /// It is whole, and waits for those before it.
        case waiting(inputEnded: Bool)
        case answered
    }

    init(type: StreamType, session: AgentSession, requests: RequestQueue<RequestAnswerer.Answer>) {
        self.type = type
        self.requests = requests
        self.answerer = RequestAnswerer(session: session)
        self.accumulator = MessageAccumulator(limit: session.requestLimit)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.beginPatience(context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.note(0)
        // It is carried out all the same, as if its agent had gone a moment later.
        self.state = .answered
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .reading = self.state else { return }
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
        if case .inputClosed = event as? ChannelEvent {
            if case .waiting = self.state {
                self.state = .waiting(inputEnded: true)
            } else {
                context.close(promise: nil)
            }
        }
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
        self.accumulator = MessageAccumulator(limit: 0)
        self.note(0)
        let (answerer, type) = (self.answerer, self.type)
        guard answerer.mayTakeLong(type) else {
            self.reply(answerer.read(type, text)(), inputEnded: false, context: context)
            return
        }
        // Its agent waits for as long as those before it take.
        self.timer?.cancel()
        self.state = .waiting(inputEnded: false)
        self.requests.append(byteCount: text.count, reading: { answerer.read(type, text) }) { answer in
            guard case .waiting(let inputEnded) = self.state else { return }
            guard let answer else { return context.close(promise: nil) }
            self.beginPatience(context: context)
            self.reply(answer, inputEnded: inputEnded, context: context)
        }
    }

    private func reply(_ answer: RequestAnswerer.Answer, inputEnded: Bool, context: ChannelHandlerContext) {
        self.state = .answered
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: answer.text)), promise: nil)
        context.close(mode: .output, promise: nil)
        if inputEnded { context.close(promise: nil) }
        guard answer.endsSession else { return }
        // Nothing more is taken of it while it reads why, and no window given back.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        self.answerer.session.closeAfterRefusal(on: context.eventLoop)
    }

    private func beginPatience(context: ChannelHandlerContext) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
    }

    /// Tells the session how much of an unfinished request is kept here; `false` when that is more than it may be.
    @discardableResult
    private func note(_ byteCount: Int) -> Bool {
        defer { self.noted = byteCount }
        return self.answerer.session.keeps(byteCount - self.noted)
    }
}
