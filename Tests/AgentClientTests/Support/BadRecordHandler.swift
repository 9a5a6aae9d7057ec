import NIOCore
import NIOSSL

/// A peer that sends a record below its TLS handler, whose tag is therefore wrong, once something has come.
final class BadRecordHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var hasSent = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        guard !self.hasSent else { return }
        self.hasSent = true
        let record: [UInt8] = [23, 3, 3, 0, 64] + Array(repeating: 7, count: 64)
        do {
            try context.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self)
                .writeAndFlush(NIOAny(ByteBuffer(bytes: record)), promise: nil)
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
