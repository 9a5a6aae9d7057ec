import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Channel {
    /// Has the kernel acknowledge what it has received now, and not within 40 ms. On the event loop.
    ///
    /// A peer with Nagle's algorithm sends the second of two short writes when the first is acknowledged. The option holds
    /// until the kernel thinks otherwise (tcp(7), TCP_QUICKACK). Where it cannot be set the peer waits as it would have.
    func acknowledgeAtOnce() {
        #if os(Linux)
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_QUICKACK))
        try? self.syncOptions?.setOption(option, value: 1)
        #endif
    }
}

/// Has all of a peer's short messages acknowledged at once. Next to the transport.
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
        if self.byteCount < Self.shortRead { context.channel.acknowledgeAtOnce() }
        self.byteCount = 0
        context.fireChannelReadComplete()
    }
}
