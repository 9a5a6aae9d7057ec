import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server behind the agent that records every connection and answers after its end.
final class TestUpstream: Sendable {
    let port: Int
    private let channel: any Channel

    static func start(
        opening: [UInt8] = [],
        endsAfterOpening: Bool = false,
        answer: [UInt8]? = nil,
        tls: NIOSSLContext? = nil
    ) async throws -> TestUpstream {
        let recordings = Recordings()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let promise = channel.eventLoop.makePromise(of: Recording.self)
                    recordings.append(promise.futureResult)
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RecordingHandler(
                            promise,
                            opening: opening,
                            endsAfterOpening: endsAfterOpening,
                            answer: answer
                        )
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestUpstream(channel: channel, recordings: recordings)
    }

    private let recordings: Recordings

    private init(channel: any Channel, recordings: Recordings) {
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
        self.recordings = recordings
    }

    /// How many connections have come so far.
    var connectionCount: Int { self.recordings.all.count }

    /// What the only connection so far brought, once it has ended.
    func recording() async throws -> Recording {
        guard let first = self.recordings.all.first else { throw ChannelError.eof }
        return try await first.get()
    }

    /// Stops listening, and gives the port back to nobody.
    func stop() async throws {
        try await self.channel.close()
    }

    private final class Recordings: Sendable {
        private let list = Mutex<[EventLoopFuture<Recording>]>([])

        func append(_ recording: EventLoopFuture<Recording>) {
            self.list.withLock { $0.append(recording) }
        }

        var all: [EventLoopFuture<Recording>] { self.list.withLock { $0 } }
    }
}
