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

    @Test("a muxado stream is reset as a stream, and its session lives")
    func stream() throws {
        let loop = EmbeddedEventLoop()
        let client = EmbeddedChannel(loop: loop)
        let server = EmbeddedChannel(loop: loop)
        let accepted = loop.makePromise(of: (any Channel).self)
        var quiet = MuxadoHandler.Configuration()
        quiet.heartbeatInterval = .zero
        let clientSession = MuxadoHandler(role: .client, configuration: quiet, channel: client) { stream, _ in
            stream.eventLoop.makeSucceededVoidFuture()
        }
        let serverSession = MuxadoHandler(role: .server, configuration: quiet, channel: server) { stream, _ in
            accepted.succeed(stream)
            return stream.eventLoop.makeSucceededVoidFuture()
        }
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        for (channel, session) in [(client, clientSession), (server, serverSession)] {
            try channel.pipeline.syncOperations.addHandler(session)
            channel.connect(to: address, promise: nil)
        }
        func exchange() throws {
            var moved = true
            while moved {
                loop.run()
                moved = false
                for (source, sink) in [(client, server), (server, client)] {
                    while let buffer = try source.readOutbound(as: ByteBuffer.self) {
                        moved = true
                        try sink.writeInbound(buffer)
                    }
                }
            }
        }
        let closing = NIOLoopBound(ClosingHandler(), eventLoop: loop)
        let opened = clientSession.openStream(type: .proxy) { stream in
            stream.eventLoop.makeCompletedFuture { try stream.pipeline.syncOperations.addHandler(closing.value) }
        }
        try exchange()
        let stream = try accepted.futureResult.wait()
        closing.value.reset()
        try exchange()
        #expect(try !opened.wait().isActive)
        #expect(!stream.isActive)
        #expect(client.isActive && server.isActive)
        _ = try? client.finish(acceptAlreadyClosed: true)
        _ = try? server.finish(acceptAlreadyClosed: true)
        loop.run()
    }
}
