import AgentProtocol
import NIOCore

/// The agent's end of one request: writes it, collects the reply, closes.
///
/// The sending side stays open until the reply has come: ngrok's agents do not half-close either.
final class CallHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private var accumulator = MessageAccumulator()
    private var promise: EventLoopPromise<[UInt8]>?

    /// - Parameter promise: Gets the reply's JSON, or the reason why there is none.
    init(request: [UInt8], promise: EventLoopPromise<[UInt8]>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.request)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let buffer = self.unwrapInboundIn(data)
            if let reply = try self.accumulator.append(buffer.readableBytesUInt8Span) {
                self.finish(.success(reply), context)
            }
        } catch {
            self.finish(.failure(error), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.finish(.failure(error), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish(.failure(ChannelError.eof), context)
        context.fireChannelInactive()
    }

    private func finish(_ result: Result<[UInt8], any Error>, _ context: ChannelHandlerContext) {
        guard let promise = self.promise else { return }
        self.promise = nil
        promise.completeWith(result)
        context.close(promise: nil)
    }
}
