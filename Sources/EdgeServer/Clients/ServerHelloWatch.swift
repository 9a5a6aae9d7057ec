import NIOCore
import TLSWire

/// Looks on as the edge's TLS answers a client, for what the library does not tell: the cipher suite. Below the TLS handler.
final class ServerHelloWatch: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var reader = ServerFlightReader()

    /// `nil` until it was agreed on.
    var cipherSuite: CipherSuite? { self.reader.serverHello?.cipherSuite }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if self.reader.serverHello == nil {
            self.reader.append(Array(self.unwrapOutboundIn(data).readableBytesView))
        }
        context.write(data, promise: promise)
    }
}
