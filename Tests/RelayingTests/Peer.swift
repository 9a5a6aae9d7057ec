import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Whoever is at the far end of a leg: a bare socket that keeps what it sees.
struct Peer: Sendable {
    struct Seen: Sendable {
        enum Ending: Sendable {
            case inOrder
            case reset
        }

        var bytes: [UInt8] = []
        var ending: Ending

        var text: String { String(decoding: self.bytes, as: UTF8.self) }
    }

    let channel: any Channel
    private let recorder: NIOLoopBound<Recorder>

    /// Everything up to the end of what the other side sends.
    func seen() async throws -> Seen {
        try await self.channel.eventLoop.flatSubmit { self.recorder.value.ended.futureResult }.get()
    }

    /// Waits until so many bytes have come.
    func bytes(_ count: Int) async throws -> [UInt8] {
        try await self.channel.eventLoop.flatSubmit { self.recorder.value.wait(for: count) }.get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ text: String) async throws { try await self.send(Array(text.utf8)) }

    /// Says FIN.
    func end() async throws { try await self.channel.close(mode: .output).get() }

    /// Says RST.
    func reset() async throws {
        let channel = self.channel
        try await channel.eventLoop.submit {
            _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }.get()
        try await channel.close().get()
    }

    /// Closes a peer that has nothing to do any more.
    func leave() { self.channel.close(promise: nil) }

    func startReading() async throws { try await self.channel.setOption(.autoRead, value: true).get() }

    /// A listener whose connections become peers.
    static func listen(
        on group: any EventLoopGroup,
        reads: Bool = true
    ) async throws -> (channel: any Channel, peers: AsyncStream<Peer>) {
        let (peers, continuation) = AsyncStream.makeStream(of: Peer.self)
        let channel = try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: reads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { continuation.yield(try Peer(channel)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (channel, peers)
    }

    static func connect(
        to address: SocketAddress,
        on group: any EventLoopGroup,
        reads: Bool = true,
        receiveBuffer: Int? = nil
    ) async throws -> Peer {
        let made = group.any().makePromise(of: Peer.self)
        var bootstrap = ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { made.succeed(try Peer(channel)) }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        _ = try await bootstrap.connect(to: address).get()
        return try await made.futureResult.get()
    }

    private init(_ channel: any Channel) throws {
        let recorder = Recorder(on: channel.eventLoop)
        self.channel = channel
        self.recorder = NIOLoopBound(recorder, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(recorder)
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let ended: EventLoopPromise<Seen>
        private let eventLoop: any EventLoop
        private var bytes: [UInt8] = []
        private var isOver = false
        private var hasFailed = false
        private var waiter: (count: Int, promise: EventLoopPromise<[UInt8]>)?

        init(on eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
            self.ended = eventLoop.makePromise()
        }

        func wait(for count: Int) -> EventLoopFuture<[UInt8]> {
            let promise = self.eventLoop.makePromise(of: [UInt8].self)
            self.waiter = (count, promise)
            self.check()
            return promise.futureResult
        }

        private func check() {
            guard let waiter = self.waiter, self.isOver || self.bytes.count >= waiter.count else { return }
            self.waiter = nil
            if self.bytes.count >= waiter.count {
                waiter.promise.succeed(self.bytes)
            } else {
                waiter.promise.fail(ChannelError.eof)
            }
        }

        private func end(_ ending: Seen.Ending) {
            guard !self.isOver else { return }
            self.isOver = true
            self.ended.succeed(Seen(bytes: self.bytes, ending: ending))
            self.check()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes += self.unwrapInboundIn(data).readableBytesView
            self.check()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed = event as? ChannelEvent { self.end(.inOrder) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.end(.reset) }

        /// Where our side has ended, this is how NIO tells the other's end.
        func channelInactive(context: ChannelHandlerContext) { self.end(.inOrder) }
    }
}
