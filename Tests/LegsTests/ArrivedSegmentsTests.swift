import HangTesting
import NIOCore
import NIOPosix
import Testing

@testable import Legs

@Suite("Segments that have arrived", .noHang)
struct ArrivedSegmentsTests {
    @Test(
        "each write of a peer is one, although all could be read at once",
        arguments: [[[1, 2, 3]], [[1], [2, 3]]]
    )
    func writes(_ writes: [[UInt8]]) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let (channels, accepted) = AsyncStream.makeStream(of: (any Channel).self)
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                accepted.yield(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(listener.localAddress)
        let client = try await ClientBootstrap(group: group).channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(to: address).get()
        for bytes in writes { try await client.writeAndFlush(ByteBuffer(bytes: bytes)) }
        var iterator = channels.makeAsyncIterator()
        let server = try #require(await iterator.next())
        var arrived: ArrivedSegments?
        repeat {
            arrived = try await server.eventLoop.submit { ArrivedSegments.of(server) }.get()
        } while arrived.map { $0.byteCount < 3 } ?? false
        #expect(arrived == ArrivedSegments(byteCount: 3, count: writes.count))
        // Whichever is closed first may end the other.
        client.close(promise: nil)
        server.close(promise: nil)
        try await client.closeFuture.get()
        try await server.closeFuture.get()
        try await listener.close()
    }
}
