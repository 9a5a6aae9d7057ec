import AgentProtocol
import NIOCore

/// The agent's end of a command of the edge: reads it whole, has it answered, and closes.
final class RemoteCommandHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var accumulator = MessageAccumulator()
    private let answer: ([UInt8]) -> CommandResp?

    /// - Parameter answer: `nil` where the protocol has no reply.
    init(answer: @escaping ([UInt8]) -> CommandResp?) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let buffer = self.unwrapInboundIn(data)
            guard let request = try self.accumulator.append(buffer.readableBytesUInt8Span) else { return }
            guard let reply = self.answer(request) else {
                context.close(promise: nil)
                return
            }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: reply.encoded)))
                .assumeIsolated()
                .whenComplete { _ in context.close(promise: nil) }
        } catch {
            context.close(promise: nil)
        }
    }
}
