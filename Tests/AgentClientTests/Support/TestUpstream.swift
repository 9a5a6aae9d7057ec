import AgentClient
import CredentialTesting
import FolderTesting
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TLSCredentials

/// A server behind the agent that records every connection and answers after its end.
final class TestUpstream: Sendable {
    let port: Int
    private let channel: any Channel

    /// - Parameters:
    ///   - isFull: no connection comes through until ``accept()``.
    ///   - endsWithBadRecord: the first that comes is answered by a record whose tag is wrong.
    ///   - truncates: its ends lack their close_notify.
    static func start(
        isFull: Bool = false,
        opening: [UInt8] = [],
        endsAfterOpening: Bool = false,
        answer: [UInt8]? = nil,
        tls: NIOSSLContext? = nil,
        endsWithBadRecord: Bool = false,
        truncates: Bool = false
    ) async throws -> TestUpstream {
        let recordings = Recordings()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: .init(isFull ? 0 : 256))
            .serverChannelOption(.autoRead, value: !isFull)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let promise = channel.eventLoop.makePromise(of: Recording.self)
                    recordings.append(promise.futureResult)
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    if truncates { try channel.pipeline.syncOperations.addHandler(TruncatingHandler()) }
                    if endsWithBadRecord { try channel.pipeline.syncOperations.addHandler(BadRecordHandler()) }
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
        guard isFull, let address = channel.localAddress else {
            return TestUpstream(channel: channel, recordings: recordings)
        }
        let filler = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        return TestUpstream(channel: channel, recordings: recordings, filler: filler)
    }

    private let recordings: Recordings
    /// Takes the only place in the backlog.
    private let filler: (any Channel)?

    private init(channel: any Channel, recordings: Recordings, filler: (any Channel)? = nil) {
        self.channel = channel
        self.filler = filler
        self.port = channel.localAddress?.port ?? 0
        self.recordings = recordings
    }

    /// How many connections have come so far.
    var connectionCount: Int { self.recordings.all.count }

    /// What the only connection so far brought, once it has ended.
    func recording() async throws -> Recording {
        if let first = self.recordings.all.first { return try await first.get() }
        for await first in self.recordings.stream { return try await first.get() }
        throw ChannelError.eof
    }

    func accept() async throws {
        try await self.filler?.close().get()
        try await self.channel.setOption(.autoRead, value: true).get()
        for await _ in self.recordings.stream { break }
        self.recordings.removeFirst()
    }

    /// A tunnel of the name `web` to it.
    func tunnel(_ scheme: String = "") throws -> TunnelSettings {
        var tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("\(scheme)localhost:\(self.port)"))
        tunnel.domain = "app.example.com"
        return tunnel
    }

    /// One of this name without a name for clients, for TLS edges that ask for `team=web`.
    func labelledTunnel(_ name: String = "team", _ scheme: String = "") throws -> TunnelSettings {
        var tunnel = TunnelSettings(name: name, upstream: try UpstreamAddress("\(scheme)localhost:\(self.port)"))
        try tunnel.labels.add("team=web")
        return tunnel
    }

    /// The same as ``tunnel(_:)``, which terminates at the agent.
    func terminatingTunnel(
        _ certificates: TestAuthority,
        _ folder: TemporaryFolder,
        _ scheme: String = ""
    ) throws -> TunnelSettings {
        let pair = try certificates.leaf("app.example.com")
        var tunnel = try self.tunnel(scheme)
        tunnel.terminateAt = .agent
        tunnel.certificate = .file(try folder.write(pair.certificatePEM, to: "app.pem"))
        tunnel.key = .file(try folder.write(pair.keyPEM, to: "app.key"))
        return tunnel
    }

    /// Stops listening, and gives the port back to nobody.
    func stop() async throws {
        try await self.channel.close()
    }

    private final class Recordings: Sendable {
        private let list = Mutex<[EventLoopFuture<Recording>]>([])
        let stream: AsyncStream<EventLoopFuture<Recording>>
        private let continuation: AsyncStream<EventLoopFuture<Recording>>.Continuation

        init() { (self.stream, self.continuation) = AsyncStream.makeStream() }

        func append(_ recording: EventLoopFuture<Recording>) {
            self.list.withLock { $0.append(recording) }
            self.continuation.yield(recording)
        }

        func removeFirst() { self.list.withLock { _ = $0.removeFirst() } }

        var all: [EventLoopFuture<Recording>] { self.list.withLock { $0 } }
    }
}
