import Addresses
import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import Muxado
import MuxadoChannel
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An agent made of the session layer alone: it binds what a test asks for, and plays upstream by itself.
final class TestAgent: Sendable {
    /// What one proxied stream brought.
    struct Stream: Sendable {
        var header: ProxyStreamHeader?
        /// Everything after the stream header, PROXY header included.
        var payload: [UInt8] = []
        var inputEnded = false
        var failed = false
    }

    /// How the agent answers a client.
    enum Behaviour: Sendable {
        /// Sends everything back, and ends when the client ends.
        case echo
        /// Answers this once the client has ended its side.
        case answerAtEnd([UInt8])
        /// Says this at once and ends its side; keeps reading.
        case speakAndEnd([UInt8])
        /// Says this at once, and then that it was not all.
        case speakAndCut([UInt8])
        /// Says nothing, and does not end when the client does.
        case wait
        /// Closes the stream at once, as when an upstream refuses.
        case refuse
        /// Resets the stream at once.
        case fail
        /// A TLS server with this certificate ends the client's TLS; plaintext is echoed.
        case terminate(TestAuthority.Issued)
    }

    private let channel: any Channel
    private let muxado: MuxadoHandler
    let streams: AsyncStream<Stream>

    /// - Parameters:
    ///   - serverName: what it asks the edge for; nothing unless said.
    ///   - authority: who must have issued the edge's certificate; anybody may have unless said.
    static func connect(
        to edge: TestEdge,
        as serverName: String? = nil,
        behaviour: Behaviour = .echo,
        trusting authority: TestAuthority? = nil
    ) async throws -> TestAgent {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        if let authority {
            let root = try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8))
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(root)
        }
        let context = try NIOSSLContext(configuration: configuration)
        let (streams, continuation) = AsyncStream.makeStream(of: Stream.self)
        let endpoint = try edge.agents
        let channel = try await ClientBootstrap(group: TestEdge.group.next())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let muxado = MuxadoHandler(role: .client, channel: channel) { stream, _ in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                            try stream.pipeline.syncOperations.addHandler(
                                ProxiedStreamHandler(behaviour: behaviour, report: continuation)
                            )
                        }
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        try NIOSSLClientHandler(context: context, serverHostname: serverName),
                        muxado
                    )
                }
            }
            .connect(to: SocketAddress(ipAddress: endpoint.ip.description, port: Int(endpoint.port))).get()
        let muxado = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: MuxadoHandler.self)
        }.get()
        return TestAgent(channel: channel, muxado: muxado, streams: streams)
    }

    private init(channel: any Channel, muxado: MuxadoHandler, streams: AsyncStream<Stream>) {
        self.channel = channel
        self.muxado = muxado
        self.streams = streams
    }

    var sessionEnded: EventLoopFuture<MuxadoError> { self.muxado.sessionEnded }

    /// The connection goes away without a word.
    func vanish() async throws { try await self.channel.close().get() }

    /// What the next stream to end brought.
    func nextStream() async throws -> Stream {
        for await stream in self.streams { return stream }
        throw ChannelError.eof
    }

    /// - Parameters:
    ///   - clientID: what an earlier session was given, by an agent that comes back, as `cookie`.
    ///   - clientType: what kind of agent it says it is.
    func authenticate(
        token: String = TestEdge.token,
        versions: [String] = ["3", "2"],
        clientID: String = "",
        cookie: String = "",
        clientType: String = Auth.Extra.ownClientType,
        _ edit: (inout Auth.Extra) -> Void = { _ in }
    ) async throws -> AuthResp {
        var extra = Auth.Extra()
        extra.authtoken = token
        extra.cookie = cookie
        extra.clientType = clientType
        edit(&extra)
        return try await self.request(.auth, Auth(versions: versions, clientID: clientID, extra: extra))
    }

    func bind(
        extra: Bind.Extra = Bind.Extra(),
        _ edit: (inout TLSOptions) throws -> Void
    ) async throws -> BindResp {
        var options = TLSOptions()
        try edit(&options)
        return try await self.request(.bind, Bind(options: options, extra: extra))
    }

    /// It reads nothing any more, and so answers no heartbeat.
    func freeze() async throws { try await self.channel.setOption(.autoRead, value: false).get() }

    func thaw() async throws { try await self.channel.setOption(.autoRead, value: true).get() }

    /// An authenticated agent with one endpoint.
    static func serving(
        _ edge: TestEdge,
        _ name: String,
        token: String = TestEdge.token,
        behaviour: Behaviour = .echo,
        _ edit: (inout TLSOptions) -> Void = { _ in }
    ) async throws -> TestAgent {
        let agent = try await Self.connect(to: edge, behaviour: behaviour)
        let welcome = try await agent.authenticate(token: token)
        guard welcome.error.isEmpty else { throw NgrokError(text: welcome.error) }
        let bound = try await agent.bind {
            $0.hostname = name
            edit(&$0)
        }
        guard bound.error.isEmpty else { throw NgrokError(text: bound.error) }
        return agent
    }

    func request<Reply: AgentMessage>(_ type: StreamType, _ message: some AgentMessage) async throws -> Reply {
        try Reply(decoding: try await self.say(message.encoded, as: type).get())
    }

    /// Opens a request's stream and sends these bytes, whole or not; what the edge answers to its end.
    ///
    /// - Parameters:
    ///   - ends: Whether the stream's end follows at once. Real agents leave it open until the reply has come.
    ///   - waits: Whether all of it is on its way when this returns, so that what is said next comes behind it.
    func say(
        _ bytes: [UInt8],
        as type: StreamType,
        ends: Bool = false,
        waits: Bool = false
    ) async throws -> EventLoopFuture<[UInt8]> {
        let loop = self.channel.eventLoop
        let reply = loop.makePromise(of: [UInt8].self)
        let stream: any Channel
        do {
            stream = try await self.muxado.openStream(type: type) { stream in
                stream.eventLoop.makeCompletedFuture {
                    try stream.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                    try stream.pipeline.syncOperations.addHandler(ReplyHandler(reply: reply))
                }
            }.get()
        } catch {
            reply.fail(error)
            throw error
        }
        let written = stream.eventLoop.makePromise(of: Void.self)
        stream.writeAndFlush(ByteBuffer(bytes: bytes), promise: written)
        if ends { stream.close(mode: .output, promise: nil) }
        if waits { try await written.futureResult.get() }
        return reply.futureResult
    }
}

/// Reads a reply until FIN.
private final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var text: [UInt8] = []
    private let reply: EventLoopPromise<[UInt8]>

    init(reply: EventLoopPromise<[UInt8]>) {
        self.reply = reply
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.text += Array(self.unwrapInboundIn(data).readableBytesView)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed = event as? ChannelEvent else { return }
        self.reply.succeed(self.text)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.reply.fail(ChannelError.eof) }
}

/// The agent's side of one client's connection.
private final class ProxiedStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: TestAgent.Behaviour
    private let report: AsyncStream<TestAgent.Stream>.Continuation
    private var reader = ProxyStreamHeaderReader()
    private var stream = TestAgent.Stream()
    private var head: [UInt8] = []

    init(behaviour: TestAgent.Behaviour, report: AsyncStream<TestAgent.Stream>.Continuation) {
        self.behaviour = behaviour
        self.report = report
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Array(self.unwrapInboundIn(data).readableBytesView)
        if self.stream.header == nil {
            self.head += bytes
            guard case .complete(let header, let length) = try? self.reader.append(bytes) else { return }
            self.stream.header = header
            bytes = Array(self.head[length...])
            self.begin(context)
        }
        guard !bytes.isEmpty else { return }
        if case .terminate = self.behaviour {
            context.fireChannelRead(self.wrapInboundOut(ByteBuffer(bytes: bytes)))
            return
        }
        self.stream.payload += bytes
        if case .echo = self.behaviour {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        }
    }

    private func begin(_ context: ChannelHandlerContext) {
        switch self.behaviour {
        case .echo, .answerAtEnd, .wait: break
        case .refuse: context.close(promise: nil)
        case .fail: context.triggerUserOutboundEvent(StreamReset.abandoned, promise: nil)
        case .speakAndCut(let bytes):
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            context.triggerUserOutboundEvent(StreamReset.behindData, promise: nil)
        case .speakAndEnd(let bytes):
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            context.close(mode: .output, promise: nil)
        case .terminate(let issued):
            do {
                let configuration = TLSConfiguration.makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8))
                        .map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem))
                )
                try context.pipeline.syncOperations.addHandlers(
                    NIOSSLServerHandler(context: try NIOSSLContext(configuration: configuration)),
                    PlaintextEcho()
                )
            } catch {
                context.close(promise: nil)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.fireChannelReadComplete() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            self.stream.inputEnded = true
            if case .answerAtEnd(let bytes) = self.behaviour {
                context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            }
            switch self.behaviour {
            case .terminate, .wait: break
            default: context.close(mode: .output, promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.stream.failed = true }

    func channelInactive(context: ChannelHandlerContext) {
        self.report.yield(self.stream)
        context.fireChannelInactive()
    }
}

private final class PlaintextEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(self.wrapOutboundOut(self.unwrapInboundIn(data)), promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { context.close(promise: nil) }
    }
}
