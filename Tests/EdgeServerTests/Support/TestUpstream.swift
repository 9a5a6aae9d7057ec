import NIOCore
import NIOPosix
import Synchronization

/// A TCP server behind an SSH client, which records what reaches it.
final class TestUpstream: Sendable {
    enum Behaviour: Sendable {
        case echo
        /// Says this when the client has ended, and ends.
        case answerAtEnd([UInt8])
        /// Says this and ends at once, and reads on.
        case speakAndEnd([UInt8])
        /// Says this for ever.
        case speakWithoutEnd
    }

    struct Connection: Sendable {
        var payload: [UInt8] = []
        /// Known where the upstream has not ended first.
        var inputEnded = false
        var hasFailed = false
    }

    private let channel: any Channel
    private let ended: AsyncStream<Connection>

    var port: Int { self.channel.localAddress?.port ?? 0 }

    static func listen(_ behaviour: Behaviour = .echo) async throws -> TestUpstream {
        let (ended, end) = AsyncStream.makeStream(of: Connection.self)
        let channel = try await ServerBootstrap(group: TestEdge.group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(behaviour, end))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestUpstream(channel, ended)
    }

    private init(_ channel: any Channel, _ ended: AsyncStream<Connection>) {
        self.channel = channel
        self.ended = ended
    }

    deinit { self.channel.close(promise: nil) }

    /// The next connection that is over.
    func nextConnection() async -> Connection? { await self.ended.first { _ in true } }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let behaviour: Behaviour
        private let end: AsyncStream<Connection>.Continuation
        private var connection = Connection()

        init(_ behaviour: Behaviour, _ end: AsyncStream<Connection>.Continuation) {
            self.behaviour = behaviour
            self.end = end
        }

        func channelActive(context: ChannelHandlerContext) {
            switch self.behaviour {
            case .echo, .answerAtEnd: break
            case .speakAndEnd(let bytes):
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
                context.close(mode: .output, promise: nil)
            case .speakWithoutEnd: self.speak(context)
            }
        }

        private func speak(_ context: ChannelHandlerContext) {
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { self.speak(context) }
            context.writeAndFlush(NIOAny(ByteBuffer(repeating: 0x7a, count: 64 << 10)), promise: written)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = self.unwrapInboundIn(data)
            self.connection.payload += Array(buffer.readableBytesView)
            if case .echo = self.behaviour { context.writeAndFlush(NIOAny(buffer), promise: nil) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .inputClosed = event as? ChannelEvent else { return }
            self.connection.inputEnded = true
            if case .answerAtEnd(let bytes) = self.behaviour {
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
            }
            context.close(mode: .output, promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.connection.hasFailed = true
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { self.end.yield(self.connection) }
    }
}
