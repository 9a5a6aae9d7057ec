import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Has a peer's short messages acknowledged at once. Next to the transport.
///
/// A peer with Nagle's algorithm sends the second of two short writes when the first is acknowledged, for which Linux would
/// wait 40 ms. The option holds until the kernel thinks otherwise (tcp(7), TCP_QUICKACK), so it is set again for each read.
final class PromptAcknowledgement: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// A read of more is bulk, of which every second segment is acknowledged anyway.
    private static let shortRead = 4_096

    private var byteCount = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.byteCount += self.unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        #if os(Linux)
        if self.byteCount < Self.shortRead {
            let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_QUICKACK))
            // Where it cannot be set the peer waits as it would have.
            try? context.channel.syncOptions?.setOption(option, value: 1)
        }
        #endif
        self.byteCount = 0
        context.fireChannelReadComplete()
    }
}
