import HangTesting
import Muxado
import MuxadoChannel
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Two sessions over a real TCP connection on loopback, each on an event loop of its own.
struct LoopbackPair {
    let client: MuxadoHandler
    let server: MuxadoHandler

    static func with<Result>(
        configuration: MuxadoHandler.Configuration = MuxadoHandler.Configuration(),
        serverStreams: @escaping @Sendable (any Channel, StreamType) -> EventLoopFuture<Void>,
        clientStreams: @escaping @Sendable (any Channel, StreamType) -> EventLoopFuture<Void> = { channel, _ in
            channel.eventLoop.makeSucceededVoidFuture()
        },
        _ body: (LoopbackPair) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let serverSession = group.next().makePromise(of: MuxadoHandler.self)
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                let session = MuxadoHandler(
                    role: .server,
                    configuration: configuration,
                    channel: channel,
                    inboundStreamInitializer: serverStreams
                )
                serverSession.succeed(session)
                return channel.pipeline.addHandler(session)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let clientSession = Mutex<MuxadoHandler?>(nil)
        let address = try #require(listener.localAddress)
        let connection = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                let session = MuxadoHandler(
                    role: .client,
                    configuration: configuration,
                    channel: channel,
                    inboundStreamInitializer: clientStreams
                )
                clientSession.withLock { $0 = session }
                return channel.pipeline.addHandler(session)
            }
            .connect(to: address).get()
        let client = try #require(clientSession.withLock { $0 })
        let pair = LoopbackPair(client: client, server: try await serverSession.futureResult.get())
        let result: Result
        do {
            result = try await body(pair)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        connection.close(promise: nil)
        try await connection.closeFuture.get()
        try await listener.close()
        try await group.shutdownGracefully()
        return result
    }

    /// Initializes a stream with half-closure and these handlers.
    static func streams(
        _ handlers: @escaping @Sendable (any Channel) -> [any ChannelHandler & Sendable]
    ) -> @Sendable (any Channel, StreamType) -> EventLoopFuture<Void> {
        { channel, _ in
            channel.setOption(.allowRemoteHalfClosure, value: true).flatMap {
                channel.pipeline.addHandlers(handlers(channel))
            }
        }
    }
}

@Suite("Sessions over TCP", .serialized, .noHang)
struct LoopbackTests {
    @Test("a thousand short streams, all open at once, each get their own bytes back")
    func manyStreams() async throws {
        var configuration = MuxadoHandler.Configuration()
        configuration.acceptBacklog = 1_000
        try await LoopbackPair.with(
            configuration: configuration,
            serverStreams: LoopbackPair.streams { _ in [Echo()] }
        ) { pair in
            let results = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let byteCount = 1 + number * 7
                        let finished = pair.client.eventLoop.makePromise(of: Int.self)
                        let channel = try await pair.client.openStream(type: .proxy) { channel in
                            LoopbackPair.streams { _ in
                                [PatternPeer(sends: byteCount, expects: byteCount, finished: finished)]
                            }(channel, .proxy)
                        }.get()
                        let received = try await finished.futureResult.get()
                        try await channel.closeFuture.get()
                        return received == byteCount
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(results == 1_000)
        }
    }

    @Test("64 MiB each way at once arrive as they were sent")
    func bulk() async throws {
        let byteCount = 64 << 20
        let received = Mutex<[EventLoopFuture<Int>]>([])
        try await LoopbackPair.with(
            serverStreams: LoopbackPair.streams { channel in
                let finished = channel.eventLoop.makePromise(of: Int.self)
                received.withLock { $0.append(finished.futureResult) }
                return [PatternPeer(sends: byteCount, expects: byteCount, finished: finished)]
            }
        ) { pair in
            let finished = pair.client.eventLoop.makePromise(of: Int.self)
            let channel = try await pair.client.openStream(type: .proxy) { channel in
                LoopbackPair.streams { _ in
                    [PatternPeer(sends: byteCount, expects: byteCount, finished: finished)]
                }(channel, .proxy)
            }.get()
            #expect(try await finished.futureResult.get() == byteCount)
            let server = try #require(received.withLock { $0.first })
            #expect(try await server.get() == byteCount)
            try await channel.closeFuture.get()
        }
    }

    @Test("streams whose readers stand still do not hold the others up")
    func stalled() async throws {
        let finishedAtServer = Mutex<[EventLoopFuture<Int>]>([])
        let byteCount = 4 << 20
        try await LoopbackPair.with(
            serverStreams: { channel, type in
                if type == .stop {
                    return channel.setOption(.autoRead, value: false)
                }
                let finished = channel.eventLoop.makePromise(of: Int.self)
                finishedAtServer.withLock { $0.append(finished.futureResult) }
                return LoopbackPair.streams { _ in
                    [PatternPeer(sends: 0, expects: byteCount, finished: finished)]
                }(channel, type)
            }
        ) { pair in
            let stalled = try await pair.client.openStream(type: .stop) {
                $0.eventLoop.makeSucceededVoidFuture()
            }.get()
            stalled.writeAndFlush(ByteBuffer(repeating: 9, count: 1 << 20), promise: nil)
            let running = try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        _ = try await pair.client.openStream(type: .proxy) { channel in
                            let unused = channel.eventLoop.makePromise(of: Int.self)
                            unused.succeed(0)
                            return LoopbackPair.streams { _ in
                                [PatternPeer(sends: byteCount, expects: 0, finished: unused)]
                            }(channel, .proxy)
                        }.get()
                    }
                }
                try await group.waitForAll()
                while finishedAtServer.withLock({ $0.count }) < 4 { await Task.yield() }
                return finishedAtServer.withLock { $0 }
            }
            for finished in running { #expect(try await finished.get() == byteCount) }
            let waiting = try await stalled.getOption(ChannelOptions.Types.BufferedWritableBytesOption()).get()
            #expect(waiting == 1 << 20 - (262_144 - 4))
        }
    }

    @Test("a lost connection ends all streams of both sides")
    func lostConnection() async throws {
        try await LoopbackPair.with(serverStreams: LoopbackPair.streams { _ in [Echo()] }) { pair in
            var channels: [any Channel] = []
            for _ in 0..<100 {
                channels.append(
                    try await pair.client.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }.get()
                )
            }
            pair.server.close(errorCode: .noError, debug: "going home")
            for channel in channels { try await channel.closeFuture.get() }
            #expect(try await pair.client.sessionEnded.get().detail == "going home")
        }
    }
}
