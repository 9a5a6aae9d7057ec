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
    private var accumulator = MessageAccumulator()
    private var timer: Scheduled<Void>?

    init(type: StreamType, session: AgentSession) {
        self.type = type
        self.answerer = RequestAnswerer(session: session)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let buffer = self.unwrapInboundIn(data)
            guard let text = try self.accumulator.append(buffer.readableBytesUInt8Span) else { return }
            let answer = self.answerer.answer(self.type, text)
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: answer.text)), promise: nil)
            context.close(mode: .output, promise: nil)
            if answer.endsSession { self.answerer.session.closeAfterRefusal(on: context.eventLoop) }
        } catch {
            self.answerer.session.logger.debug(
                "agent request unreadable",
                metadata: ["stream.type": "\(self.type)", "error.message": "\(error)"]
            )
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
