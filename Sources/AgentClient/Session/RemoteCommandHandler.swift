import AgentProtocol
import NIOCore

/// The agent's end of a command of the edge: reads it whole, has it answered, and closes.
final class RemoteCommandHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Outcome: Sendable {
        /// `nil` where the protocol has no reply.
        var reply: CommandResp?
        /// Waits until the reply has left: it may end the session.
        var order: RemoteControl.Order?
    }

    private var accumulator = MessageAccumulator()
    private let answer: ([UInt8]) -> EventLoopFuture<Outcome>
    private let carryOut: (RemoteControl.Order) -> Void

    init(
        answer: @escaping ([UInt8]) -> EventLoopFuture<Outcome>,
        carryOut: @escaping (RemoteControl.Order) -> Void = { _ in }
    ) {
        self.answer = answer
        self.carryOut = carryOut
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let buffer = self.unwrapInboundIn(data)
            guard let request = try self.accumulator.append(buffer.readableBytesUInt8Span) else { return }
            let answer = self.answer(request).assumeIsolated()
            answer.whenSuccess { self.finish($0, context) }
            // The loop is ending, and nobody is left to be told.
            answer.whenFailure { _ in context.close(promise: nil) }
        } catch {
            context.close(promise: nil)
        }
    }

    private func finish(_ outcome: Outcome, _ context: ChannelHandlerContext) {
        guard let reply = outcome.reply else {
            context.close(promise: nil)
            return
        }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: reply.encoded)))
            .assumeIsolated()
            .whenComplete { _ in
                context.close(promise: nil)
                // Also where the edge is gone by now: it has said so.
                if let order = outcome.order { self.carryOut(order) }
            }
    }
}
