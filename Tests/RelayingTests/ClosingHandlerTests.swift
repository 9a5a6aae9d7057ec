import HangTesting
import Muxado
import MuxadoChannel
import NIOCore
import NIOEmbedded
import NIOPosix
import Relaying
import Testing

@Suite("Closing a transport", .noHang)
struct ClosingHandlerTests {
    /// A connection whose near side closes gently and has not read anything.
    private static func with(
        _ body: (Peer, any Channel, NIOLoopBound<ClosingHandler>) async throws -> Void
    ) async throws {
        let group = RelayBench.group
        let made = group.next().makePromise(of: (any Channel, NIOLoopBound<ClosingHandler>).self)
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let closing = ClosingHandler()
                    try channel.pipeline.syncOperations.addHandler(closing)
                    made.succeed((channel, NIOLoopBound(closing, eventLoop: channel.eventLoop)))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(listener.localAddress)
        let peer = try await Peer.connect(to: address, on: group)
        let (channel, closing) = try await made.futureResult.get()
        defer {
            peer.leave()
            listener.close(promise: nil)
        }
        try await body(peer, channel, closing)
    }

    @Test("the last bytes arrive, though the peer's are unread")
    func alert() async throws {
        let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 112]
        try await Self.with { peer, channel, _ in
            try await peer.send(Array(repeating: 7, count: 64 << 10))
            channel.writeAndFlush(ByteBuffer(bytes: alert), promise: nil)
            channel.close(promise: nil)
            let seen = try await peer.seen()
            #expect(seen.bytes == alert)
            #expect(seen.ending == .inOrder)
            try await peer.end()
            try await channel.closeFuture.get()
        }
    }

    @Test("much arrives before the close")
    func flush() async throws {
        let much = Array(repeating: UInt8(3), count: 8 << 20)
        try await Self.with { peer, channel, _ in
            channel.writeAndFlush(ByteBuffer(bytes: much), promise: nil)
            channel.close(promise: nil)
            let seen = try await peer.seen()
            #expect(seen.bytes.count == much.count)
            #expect(seen.ending == .inOrder)
        }
    }

    @Test("a peer that never ends its side is not waited for much longer")
    func drain() async throws {
        try await Self.with { peer, channel, _ in
            try await channel.close().get()
            #expect(try await peer.seen().ending == .inOrder)
        }
    }

    @Test("a reset is one")
    func reset() async throws {
        try await Self.with { peer, channel, closing in
            try await channel.eventLoop.submit { closing.value.reset() }.get()
            #expect(try await peer.seen().ending == .reset)
        }
    }

    @Test("nothing is written behind an end that waits")
    func behindTheEnd() async throws {
        try await Self.with { peer, channel, closing in
            try await channel.eventLoop.submit {
                channel.write(ByteBuffer(string: "cut"), promise: nil)
                closing.value.endOutput()
                channel.writeAndFlush(ByteBuffer(string: "!"), promise: nil)
            }.get()
            #expect(try await peer.seen().text == "cut")
        }
    }

    @Test("a cut leaves a peer without TLS everything that was written, and then resets it", arguments: [3, 8 << 20])
    func cut(byteCount: Int) async throws {
        let much = Array(repeating: UInt8(3), count: byteCount)
        try await Self.with { peer, channel, closing in
            try await peer.send("unread")
            try await channel.eventLoop.submit {
                channel.writeAndFlush(ByteBuffer(bytes: much), promise: nil)
                closing.value.cut()
            }.get()
            let seen = try await peer.seen()
            #expect(seen.bytes.count == much.count)
            #expect(seen.ending == .reset)
            try await channel.closeFuture.get()
        }
    }

    @Test("a muxado stream is reset as a stream, and its session lives")
    func stream() throws {
        let sessions = try Sessions()
        let stream = try sessions.open()
        sessions.closing.value.reset()
        try sessions.exchange()
        #expect(try !stream.opened.wait().isActive)
        #expect(!stream.accepted.isActive)
        #expect(stream.seen.value.error?.code == .streamCancelled)
        #expect(sessions.client.isActive && sessions.server.isActive)
        sessions.finish()
    }

    @Test("a muxado stream is cut behind everything that was written, however small the peer's window is")
    func cutStream() throws {
        let sessions = try Sessions()
        let stream = try sessions.open()
        let opened = try stream.opened.wait()
        opened.writeAndFlush(ByteBuffer(repeating: 7, count: 600_000), promise: nil)
        sessions.closing.value.cut()
        #expect(opened.isActive, "600,000 bytes fit no window")
        try sessions.exchange()
        #expect(stream.seen.value.byteCount == 600_000)
        #expect(stream.seen.value.error?.code == .streamReset)
        #expect(!stream.seen.value.ended)
        #expect(!opened.isActive && !stream.accepted.isActive)
        sessions.finish()
    }
}

/// Two sessions back to back, and a stream of the client's whose channel is closed by a ``ClosingHandler``.
private struct Sessions {
    /// What the server's end of the stream sees.
    final class Seen: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private(set) var byteCount = 0
        private(set) var ended = false
        private(set) var error: MuxadoError?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.byteCount += self.unwrapInboundIn(data).readableBytes
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { self.ended = true }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.error = error as? MuxadoError }
    }

    let loop = EmbeddedEventLoop()
    let client: EmbeddedChannel
    let server: EmbeddedChannel
    let closing: NIOLoopBound<ClosingHandler>
    private let session: MuxadoHandler
    private let accepted: EventLoopPromise<any Channel>
    private let seen: NIOLoopBound<Seen>

    init() throws {
        self.client = EmbeddedChannel(loop: self.loop)
        self.server = EmbeddedChannel(loop: self.loop)
        self.closing = NIOLoopBound(ClosingHandler(), eventLoop: self.loop)
        let accepted = self.loop.makePromise(of: (any Channel).self)
        let seen = NIOLoopBound(Seen(), eventLoop: self.loop)
        self.accepted = accepted
        self.seen = seen
        var quiet = MuxadoHandler.Configuration()
        quiet.heartbeatInterval = .zero
        self.session = MuxadoHandler(role: .client, configuration: quiet, channel: self.client) { stream, _ in
            stream.eventLoop.makeSucceededVoidFuture()
        }
        let serverSession = MuxadoHandler(role: .server, configuration: quiet, channel: self.server) { stream, _ in
            accepted.succeed(stream)
            return stream.eventLoop.makeCompletedFuture { try stream.pipeline.syncOperations.addHandler(seen.value) }
        }
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        for (channel, session) in [(self.client, self.session), (self.server, serverSession)] {
            try channel.pipeline.syncOperations.addHandler(session)
            channel.connect(to: address, promise: nil)
        }
    }

    func open() throws -> (opened: EventLoopFuture<any Channel>, accepted: any Channel, seen: NIOLoopBound<Seen>) {
        let closing = self.closing
        let opened = self.session.openStream(type: .proxy) { stream in
            stream.eventLoop.makeCompletedFuture { try stream.pipeline.syncOperations.addHandler(closing.value) }
        }
        try self.exchange()
        return (opened, try self.accepted.futureResult.wait(), self.seen)
    }

    func exchange() throws {
        var moved = true
        while moved {
            self.loop.run()
            moved = false
            for (source, sink) in [(self.client, self.server), (self.server, self.client)] {
                while let buffer = try source.readOutbound(as: ByteBuffer.self) {
                    moved = true
                    try sink.writeInbound(buffer)
                }
            }
        }
    }

    func finish() {
        _ = try? self.client.finish(acceptAlreadyClosed: true)
        _ = try? self.server.finish(acceptAlreadyClosed: true)
        self.loop.run()
    }
}
