import Addresses
import NIOCore
import NIOPosix
import SSHGateway
import Synchronization

/// Takes every key and every port, and notes what happens.
final class RecordingOwner: SSHConnectionOwner {
    struct Seen {
        var isAuthenticated = false
        var heartbeats: [Bool] = []
        var end: String?
    }

    private let state = Mutex(Seen())

    var seen: Seen { self.state.withLock { $0 } }

    func knows(key: [UInt8]) -> Bool { true }
    func authenticated(user: String, key: [UInt8], client: String) { self.state.withLock { $0.isAuthenticated = true } }
    func refusal(ofKeys count: Int, limit: Int) -> String { "too many" }
    func forwardAsked(address: String, port: UInt32) -> UInt16? { 443 }
    func forwardCancelled() {}
    func commandGiven(_ text: String?) {}
    func sessionRefused() {}
    func interrupted() {}
    func negotiationTimePassed() {}
    func heartbeat(isAnswered: Bool) { self.state.withLock { $0.heartbeats.append(isAnswered) } }
    func ended(because reason: String) { self.state.withLock { $0.end = reason } }

    /// Waits until it has seen something.
    func wait(for isSeen: (Seen) -> Bool) async throws {
        // Its methods are called on the gateway's thread, which no task can wait for.
        while !isSeen(self.seen) { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// A client that writes what it likes.
final class RawClient: Sendable {
    private let channel: any Channel
    /// What came until the end.
    let ended: EventLoopFuture<String>
    private let spoken: EventLoopFuture<Void>

    static func connect(to address: TransportAddress) async throws -> RawClient {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (ended, spoken) = (loop.makePromise(of: String.self), loop.makePromise(of: Void.self))
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Recorder(ended: ended, spoken: spoken))
                }
            }
            .connect(host: address.ip.description, port: Int(address.port)).get()
        return RawClient(channel, ended.futureResult, spoken.futureResult)
    }

    private init(_ channel: any Channel, _ ended: EventLoopFuture<String>, _ spoken: EventLoopFuture<Void>) {
        self.channel = channel
        self.ended = ended
        self.spoken = spoken
    }

    deinit { self.channel.close(promise: nil) }

    /// Waits for the server's first words.
    func isGreeted() async throws { try await self.spoken.get() }

    /// Who is turned away in the midst of it fails, which is no trouble of the test's.
    func send(_ bytes: [UInt8]) async { try? await self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let ended: EventLoopPromise<String>
        private let spoken: EventLoopPromise<Void>
        private var text = ""

        init(ended: EventLoopPromise<String>, spoken: EventLoopPromise<Void>) {
            self.ended = ended
            self.spoken = spoken
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.text += String(decoding: self.unwrapInboundIn(data).readableBytesView, as: UTF8.self)
            self.spoken.succeed()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelInactive(context: ChannelHandlerContext) {
            self.spoken.fail(ChannelError.eof)
            self.ended.succeed(self.text)
        }
    }
}
