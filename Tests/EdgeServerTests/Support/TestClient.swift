import Addresses
import CredentialTesting
import EdgeCore
import EdgeServer
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// A client of one connection that records what it sees.
struct TestClient: Sendable {
    /// What a connection gave, from its first byte to its end.
    struct Seen: Sendable {
        var bytes: [UInt8] = []
        var handshake = false
        var errors: [String] = []
        /// FIN or close_notify came, rather than RST.
        var endedInOrder = false

        /// The description of a plaintext fatal alert that was all that came.
        var onlyAlert: UInt8? {
            self.bytes.count == 7 && self.bytes[0] == 21 && self.bytes[5] == 2 ? self.bytes[6] : nil
        }
        var text: String { String(decoding: self.bytes, as: UTF8.self) }
    }

    let channel: any Channel
    let ended: EventLoopFuture<Seen>
    private let recorder: NIOLoopBound<Recorder>

    /// - Parameter tls: makes the TLS handler; `nil` sends bytes as they are.
    static func connect(
        to endpoint: TransportAddress,
        from source: String? = nil,
        tls: (@Sendable () throws -> NIOSSLClientHandler)? = nil
    ) async throws -> TestClient {
        let loop = TestEdge.group.next()
        let ended = loop.makePromise(of: Seen.self)
        let made = loop.makePromise(of: NIOLoopBound<Recorder>.self)
        var bootstrap = ClientBootstrap(group: loop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(try tls()) }
                    let recorder = Recorder(ended: ended)
                    made.succeed(NIOLoopBound(recorder, eventLoop: channel.eventLoop))
                    try channel.pipeline.syncOperations.addHandler(recorder)
                }
            }
        if let source { bootstrap = try bootstrap.bind(to: SocketAddress(ipAddress: source, port: 0)) }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(
                to: SocketAddress(ipAddress: endpoint.ip.description, port: Int(endpoint.port))
            ).get()
        } catch {
            ended.fail(error)
            made.fail(error)
            throw error
        }
        return TestClient(channel: channel, ended: ended.futureResult, recorder: try await made.futureResult.get())
    }

    func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends bytes as they are, past a TLS handler that has done its handshake.
    func sendBelowTLS(_ bytes: [UInt8]) async throws {
        let channel = self.channel
        try await channel.eventLoop.flatSubmit {
            let written = channel.eventLoop.makePromise(of: Void.self)
            do {
                try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
                    .writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: written)
            } catch {
                written.fail(error)
            }
            return written.futureResult
        }.get()
    }

    /// Ends this side below a TLS handler, so without close_notify.
    func truncate() async throws {
        let channel = self.channel
        try await channel.eventLoop.flatSubmit {
            let ended = channel.eventLoop.makePromise(of: Void.self)
            do {
                try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
                    .close(mode: .output, promise: ended)
            } catch {
                ended.fail(error)
            }
            return ended.futureResult
        }.get()
    }

    /// Ends with RST.
    func reset() async throws {
        let channel = self.channel
        try await channel.eventLoop.submit {
            _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }.get()
        try await channel.close().get()
    }

    func endInput() async throws { try await self.channel.close(mode: .output).get() }

    /// What has been seen when so many bytes have come.
    func bytes(_ count: Int) async throws -> [UInt8] {
        try await self.channel.eventLoop.flatSubmit { self.recorder.value.wait(for: count) }.get()
    }

    /// Waits for the connection's end, and closes this side too.
    func end() async throws -> Seen {
        let seen = try await self.ended.get()
        self.channel.close(promise: nil)
        return seen
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var seen = Seen()
        private let ended: EventLoopPromise<Seen>
        private var isOver = false
        private var waiter: (count: Int, promise: EventLoopPromise<[UInt8]>)?

        init(ended: EventLoopPromise<Seen>) {
            self.ended = ended
        }

        func wait(for count: Int) -> EventLoopFuture<[UInt8]> {
            let promise = self.ended.futureResult.eventLoop.makePromise(of: [UInt8].self)
            self.waiter = (count, promise)
            self.check()
            return promise.futureResult
        }

        private func check() {
            guard let waiter = self.waiter else { return }
            if self.seen.bytes.count >= waiter.count {
                waiter.promise.succeed(self.seen.bytes)
            } else if self.isOver {
                waiter.promise.fail(ChannelError.eof)
            } else {
                return
            }
            self.waiter = nil
        }

        private func end(inOrder: Bool) {
            guard !self.isOver else { return }
            self.isOver = true
            self.seen.endedInOrder = inOrder
            self.ended.succeed(self.seen)
            self.check()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.seen.bytes += Array(self.unwrapInboundIn(data).readableBytesView)
            self.check()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted = event as? TLSUserEvent { self.seen.handshake = true }
            if case .inputClosed = event as? ChannelEvent { self.end(inOrder: true) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.seen.errors.append("\(error)")
            if error is IOError { self.end(inOrder: false) }
        }

        func channelInactive(context: ChannelHandlerContext) { self.end(inOrder: self.seen.errors.isEmpty) }
    }
}

extension TestEdge {
    /// A TLS client of the edge that trusts the test's CA.
    func connect(
        _ serverName: String?,
        certificate: TestAuthority.Issued? = nil,
        maximum: TLSVersion? = nil,
        to endpoint: TransportAddress? = nil,
        from source: String? = nil,
        trusting: TestAuthority? = nil,
        verifies: (@Sendable (EventLoopPromise<NIOSSLVerificationResult>) -> Void)? = nil
    ) async throws -> TestClient {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let root = (trusting ?? self.authority).certificatePEM
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(root.utf8)))
        configuration.maximumTLSVersion = maximum
        if serverName == nil { configuration.certificateVerification = .none }
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem)
            )
        }
        let context = try NIOSSLContext(configuration: configuration)
        return try await TestClient.connect(to: try endpoint ?? self.client, from: source) {
            guard let verifies else { return try NIOSSLClientHandler(context: context, serverHostname: serverName) }
            return try NIOSSLClientHandler(
                context: context,
                serverHostname: serverName,
                customVerificationCallback: { verifies($1) }
            )
        }
    }

    func connectRaw(to endpoint: TransportAddress? = nil, from source: String? = nil) async throws -> TestClient {
        try await TestClient.connect(to: try endpoint ?? self.client, from: source)
    }
}
