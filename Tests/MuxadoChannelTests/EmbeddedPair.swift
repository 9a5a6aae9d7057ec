import Muxado
import MuxadoChannel
import NIOCore
import NIOEmbedded
import Synchronization

/// The streams that a side's peer opened, with their recorders.
final class Accepted: Sendable {
    struct Stream: Sendable {
        let channel: any Channel
        let type: StreamType
        let recorder: Recorder
    }

    private let streams = Mutex<[Stream]>([])

    var all: [Stream] { self.streams.withLock { $0 } }
    var first: Stream? { self.all.first }

    /// An initializer that records, with half-closure allowed.
    func initializer(
        autoRead: Bool = true,
        failing failure: (any Error)? = nil,
        handlers: @escaping @Sendable (StreamType) -> [any ChannelHandler] = { _ in [] }
    ) -> @Sendable (any Channel, StreamType) -> EventLoopFuture<Void> {
        { channel, type in
            let recorder = Recorder()
            self.streams.withLock { $0.append(Stream(channel: channel, type: type, recorder: recorder)) }
            return channel.eventLoop.makeCompletedFuture {
                if let failure { throw failure }
                try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                try channel.syncOptions?.setOption(.autoRead, value: autoRead)
                try channel.pipeline.syncOperations.addHandlers(handlers(type) + [recorder])
            }
        }
    }
}

/// Two sessions back to back on one embedded loop, with its clock.
final class EmbeddedPair {
    let loop = EmbeddedEventLoop()
    let client: EmbeddedChannel
    let server: EmbeddedChannel
    let clientSession: MuxadoHandler
    let serverSession: MuxadoHandler
    let clientAccepted = Accepted()
    let serverAccepted = Accepted()
    /// The most bytes one exchange may carry at once, to cut frames anywhere.
    var chunkLength = Int.max
    private(set) var bytesToServer: [UInt8] = []

    init(
        client clientConfiguration: MuxadoHandler.Configuration = EmbeddedPair.quiet,
        server serverConfiguration: MuxadoHandler.Configuration = EmbeddedPair.quiet,
        serverAutoRead: Bool = true,
        serverFailure: (any Error)? = nil,
        serverHandlers: @escaping @Sendable (StreamType) -> [any ChannelHandler] = { _ in [] }
    ) throws {
        self.client = EmbeddedChannel(loop: self.loop)
        self.server = EmbeddedChannel(loop: self.loop)
        self.clientSession = MuxadoHandler(
            role: .client,
            configuration: clientConfiguration,
            channel: self.client,
            inboundStreamInitializer: self.clientAccepted.initializer()
        )
        self.serverSession = MuxadoHandler(
            role: .server,
            configuration: serverConfiguration,
            channel: self.server,
            inboundStreamInitializer: self.serverAccepted.initializer(
                autoRead: serverAutoRead,
                failing: serverFailure,
                handlers: serverHandlers
            )
        )
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        for (channel, session) in [(self.client, self.clientSession), (self.server, self.serverSession)] {
            try channel.pipeline.syncOperations.addHandler(session)
            channel.connect(to: address, promise: nil)
        }
        self.loop.run()
    }

    /// No heartbeats, so that only what a test does is on the wire.
    static var quiet: MuxadoHandler.Configuration {
        var configuration = MuxadoHandler.Configuration()
        configuration.heartbeatInterval = .zero
        return configuration
    }

    /// Carries bytes both ways until there are none.
    func exchange() throws {
        var moved = true
        while moved {
            self.loop.run()
            let toServer = try self.carry(from: self.client, to: self.server) { self.bytesToServer += $0 }
            let toClient = try self.carry(from: self.server, to: self.client) { _ in }
            moved = toServer || toClient
        }
    }

    /// Opens a stream from the client and carries it over.
    func open(
        _ type: StreamType = .proxy,
        halfClosure: Bool = true,
        autoRead: Bool = true
    ) throws -> (channel: any Channel, recorder: Recorder) {
        let recorder = Recorder()
        let future = self.clientSession.openStream(type: type) { channel in
            channel.setOption(.allowRemoteHalfClosure, value: halfClosure).flatMap {
                channel.setOption(.autoRead, value: autoRead)
            }.flatMap { channel.pipeline.addHandler(recorder) }
        }
        try self.exchange()
        return (try future.wait(), recorder)
    }

    /// Ends both channels and whatever is left of them.
    func finish() throws {
        _ = try? self.client.finish(acceptAlreadyClosed: true)
        _ = try? self.server.finish(acceptAlreadyClosed: true)
        self.loop.run()
    }

    private func carry(
        from source: EmbeddedChannel,
        to sink: EmbeddedChannel,
        seen: ([UInt8]) -> Void
    ) throws -> Bool {
        var moved = false
        while var buffer = try source.readOutbound(as: ByteBuffer.self) {
            moved = true
            seen(Array(buffer.readableBytesView.prefix(4_096)))
            guard sink.isActive else { continue }
            while let part = buffer.readSlice(length: min(self.chunkLength, buffer.readableBytes)),
                part.readableBytes > 0
            {
                try sink.writeInbound(part)
            }
        }
        return moved
    }
}
