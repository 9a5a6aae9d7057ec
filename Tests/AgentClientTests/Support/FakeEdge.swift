import AgentProtocol
import CredentialTesting
import Muxado
import MuxadoChannel
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// As much of an edge as an agent needs: it accepts sessions, answers requests, and opens streams when the test says so.
final class FakeEdge: Sendable {
    struct State {
        var sessions: [MuxadoHandler] = []
        var auths: [Auth] = []
        var binds: [Bind] = []
        /// The first is given the id `tn_1`.
        var starts: [StartTunnelWithLabel] = []
        var patches: [PatchTunnelState] = []
        var unbinds: [String] = []
        var refusesSession: NgrokError?
        /// What agents are told of their version from their next session on.
        var warning: AuthResp.DeprecationWarning?
        var banner = ""
        /// How it calls agents.
        var clientID = "client"
        /// Where agents' legs connect.
        var connectAddresses: [AuthResp.ConnectAddress] = []
        /// What it says in the place of its region.
        var refusesInfo = ""
        var refusesBind: NgrokError?
        var refusesPatch: NgrokError?
        /// The only tunnel whose bind is refused; `nil`: all of them.
        var refusesBindOf: String?
        /// Whether requests are read and never answered.
        var isSilent = false
        /// Whether a client stands right behind the answer to each bind.
        var hasClientsWaiting = false
        /// What became of those clients.
        var firstClients: [EventLoopFuture<Recording>] = []
        /// Requests that came.
        var requestCount = 0
    }

    let port: Int
    private let channel: any Channel
    private let box: Box
    let state: Mutex<State>

    private init(channel: any Channel, box: Box) {
        self.channel = channel
        self.box = box
        self.port = channel.localAddress?.port ?? 0
        self.state = Mutex(State())
        box.edge.withLock { $0 = self }
    }

    private final class Box: Sendable {
        let edge = Mutex<FakeEdge?>(nil)
        let context: Mutex<NIOSSLContext>

        init(context: NIOSSLContext) { self.context = Mutex(context) }
    }

    /// Listens with a certificate of these, one of `localhost` unless said.
    static func start(
        _ certificates: TestAuthority,
        as pair: TestAuthority.Issued? = nil,
        at host: String = "127.0.0.1"
    ) async throws -> FakeEdge {
        let box = Box(context: try TestTLS.server(try pair ?? certificates.leaf("localhost")))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let muxado = MuxadoHandler(role: .server, channel: channel) { stream, type in
                        stream.eventLoop.makeCompletedFuture {
                            let edge = box.edge.withLock { $0 }
                            edge?.state.withLock { $0.requestCount += 1 }
                            guard edge?.state.withLock({ $0.isSilent }) != true else { return }
                            let handler = AnswerHandler(
                                { request in try edge?.answer(type, request) },
                                then: { if type == .bind { edge?.openForWaiting($0) } }
                            )
                            try stream.pipeline.syncOperations.addHandler(handler)
                        }
                    }
                    let context = box.context.withLock { $0 }
                    try channel.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: context), muxado])
                    box.edge.withLock { $0 }?.state.withLock { $0.sessions.append(muxado) }
                }
            }
            .bind(host: host, port: 0).get()
        return FakeEdge(channel: channel, box: box)
    }

    /// Shows another certificate from now on.
    func show(_ pair: TestAuthority.Issued) throws {
        let context = try TestTLS.server(pair)
        self.box.context.withLock { $0 = context }
    }

    private func answer(_ type: StreamType, _ request: [UInt8]) throws -> [UInt8]? {
        try self.state.withLock { state in
            switch type {
            case .auth:
                state.auths.append(try Auth(decoding: request))
                var extra = AuthResp.Extra()
                extra.agentSessionID = "s\(state.auths.count)"
                extra.cookie = "cookie"
                extra.banner = state.banner
                extra.deprecationWarning = state.warning
                extra.connectAddresses = state.connectAddresses
                return AuthResp(
                    version: "3",
                    clientID: state.clientID,
                    error: state.refusesSession?.text ?? "",
                    extra: extra
                ).encoded
            case .bind:
                let bind = try Bind(decoding: request)
                state.binds.append(bind)
                let id = bind.id.isEmpty ? "bind-\(bind.extra.name)" : bind.id
                let url = bind.options.url.isEmpty ? "tls://\(bind.options.domain)" : bind.options.url
                var extra = BindResp.Extra()
                extra.token = "token-\(bind.extra.name)"
                extra.tunnelID = "tn-\(bind.extra.name)"
                return BindResp(
                    id: id,
                    url: url,
                    proto: "tls",
                    options: bind.options,
                    error: [nil, bind.extra.name].contains(state.refusesBindOf) ? state.refusesBind?.text ?? "" : "",
                    extra: extra
                ).encoded
            case .serverInfo:
                return SrvInfoResp(region: "test", error: state.refusesInfo).encoded
            case .startTunnelWithLabel:
                state.starts.append(try StartTunnelWithLabel(decoding: request))
                return StartTunnelWithLabelResp(
                    id: "tn_\(state.starts.count)",
                    error: state.refusesBind?.text ?? ""
                ).encoded
            case .patchTunnelState:
                state.patches.append(try PatchTunnelState(decoding: request))
                return PatchTunnelStateResp(error: state.refusesPatch?.text ?? "").encoded
            case .unbind:
                state.unbinds.append(try Unbind(decoding: request).id)
                return UnbindResp().encoded
            default:
                return nil
            }
        }
    }

    /// Opens a proxied stream on the latest session, as for a client, and records what comes back.
    ///
    /// - Parameters:
    ///   - tunnel: the name of one that is bound, or the id of a labelled one.
    ///   - client: what the edge says of who the client is.
    ///   - passthroughTLS: what the edge says of the payload.
    ///   - tls: The client's TLS, for a tunnel that terminates at the agent.
    ///   - endsWithBadRecord: The first answer is answered by a record whose tag is wrong.
    func connect(
        tunnel: String,
        client: String = "192.0.2.1:5000",
        passthroughTLS: Bool = true,
        proxyHeader: [UInt8] = [],
        tls: NIOSSLContext? = nil,
        serverName: String? = nil,
        opening: [UInt8],
        endsAfterOpening: Bool = true,
        endsWithBadRecord: Bool = false
    ) async throws -> Recording {
        try await self.open(
            tunnel: tunnel,
            client: client,
            passthroughTLS: passthroughTLS,
            proxyHeader: proxyHeader,
            tls: tls,
            serverName: serverName,
            opening: opening,
            endsAfterOpening: endsAfterOpening,
            endsWithBadRecord: endsWithBadRecord
        ).recording.get()
    }

    /// The same, while the connection goes on.
    ///
    /// - Parameter truncates: The client's end lacks its close_notify.
    func open(
        tunnel: String,
        client: String = "192.0.2.1:5000",
        passthroughTLS: Bool = true,
        proxyHeader: [UInt8] = [],
        tls: NIOSSLContext? = nil,
        serverName: String? = nil,
        opening: [UInt8],
        endsAfterOpening: Bool = false,
        endsWithBadRecord: Bool = false,
        truncates: Bool = false
    ) async throws -> (stream: any Channel, recording: EventLoopFuture<Recording>) {
        let session = try self.session
        let (stream, recording) = Self.open(
            on: session,
            id: tunnel.hasPrefix("tn_") ? tunnel : "bind-\(tunnel)",
            client: client,
            passthroughTLS: passthroughTLS,
            proxyHeader: proxyHeader,
            tls: tls,
            serverName: serverName,
            opening: opening,
            endsAfterOpening: endsAfterOpening,
            endsWithBadRecord: endsWithBadRecord,
            truncates: truncates
        )
        return (try await stream.get(), recording)
    }

    /// A client of the tunnel that was just bound, whose stream leaves with the answer to the bind.
    private func openForWaiting(_ reply: [UInt8]) {
        guard self.state.withLock({ $0.hasClientsWaiting }), let session = try? self.session,
            let bound = try? BindResp(decoding: reply)
        else { return }
        let (_, recording) = Self.open(on: session, id: bound.id, opening: [1], endsAfterOpening: true)
        self.state.withLock { $0.firstClients.append(recording) }
    }

    private static func open(
        on session: MuxadoHandler,
        id: String,
        client: String = "192.0.2.1:5000",
        passthroughTLS: Bool = true,
        proxyHeader: [UInt8] = [],
        tls: NIOSSLContext? = nil,
        serverName: String? = nil,
        opening: [UInt8],
        endsAfterOpening: Bool,
        endsWithBadRecord: Bool = false,
        truncates: Bool = false
    ) -> (stream: EventLoopFuture<any Channel>, recording: EventLoopFuture<Recording>) {
        let header = ProxyStreamHeader(
            id: id,
            clientAddr: client,
            proto: "tls",
            edgeType: .undefined,
            passthroughTLS: passthroughTLS
        )
        let promise = session.eventLoop.makePromise(of: Recording.self)
        let stream = session.openStream(type: .proxy) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                stream.writeAndFlush(ByteBuffer(bytes: header.framed + proxyHeader), promise: nil)
                if let tls {
                    try stream.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: serverName)
                    )
                }
                if truncates { try stream.pipeline.syncOperations.addHandler(TruncatingHandler()) }
                if endsWithBadRecord { try stream.pipeline.syncOperations.addHandler(BadRecordHandler()) }
                try stream.pipeline.syncOperations.addHandler(
                    RecordingHandler(promise, opening: opening, endsAfterOpening: endsAfterOpening)
                )
            }
        }
        return (stream, promise.futureResult)
    }

    /// Opens a proxied stream and says nothing on it. Returns when the agent has closed it.
    func openSilently() async throws {
        try await self.session.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }.get()
            .closeFuture.get()
    }

    /// Ends a tunnel. Returns when the agent has read it: there is no answer.
    func stop(tunnel: String) async throws {
        let stream = try await self.session.openStream(type: .stopTunnel) { $0.eventLoop.makeSucceededVoidFuture() }
            .get()
        let id = tunnel.hasPrefix("tn_") ? tunnel : "bind-\(tunnel)"
        let command = StopTunnel(id: id, message: "not paid")
        try await stream.writeAndFlush(ByteBuffer(bytes: command.encoded))
        try await stream.closeFuture.get()
    }

    /// Tells the agent something, and returns its answer; `nil` when it closes the stream without one.
    func tell(_ type: StreamType, _ command: some AgentMessage) async throws -> CommandResp? {
        try await self.tell(type, command.encoded)
    }

    func tell(_ type: StreamType, _ bytes: [UInt8]) async throws -> CommandResp? {
        let session = try self.session
        let promise = session.eventLoop.makePromise(of: Recording.self)
        _ = try await session.openStream(type: type) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                try stream.pipeline.syncOperations.addHandler(RecordingHandler(promise, opening: bytes))
            }
        }.get()
        let reply = try await promise.futureResult.get()
        return reply.bytes.isEmpty ? nil : try CommandResp(decoding: reply.bytes)
    }

    private var session: MuxadoHandler {
        get throws {
            guard let session = self.state.withLock({ $0.sessions.last }) else { throw ChannelError.eof }
            return session
        }
    }

    func stop() async throws {
        try await self.channel.close()
    }
}

/// Reads one request and writes its reply.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var accumulator = MessageAccumulator()
    private let answer: ([UInt8]) throws -> [UInt8]?

    private let then: ([UInt8]) -> Void

    /// - Parameter then: called in the same turn of the event loop with what was answered.
    init(_ answer: @escaping ([UInt8]) throws -> [UInt8]?, then: @escaping ([UInt8]) -> Void) {
        self.answer = answer
        self.then = then
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let buffer = self.unwrapInboundIn(data)
            guard let request = try self.accumulator.append(buffer.readableBytesUInt8Span) else { return }
            guard let reply = try self.answer(request) else {
                context.close(promise: nil)
                return
            }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: reply)), promise: nil)
            context.close(mode: .output, promise: nil)
            self.then(reply)
        } catch {
            context.close(promise: nil)
        }
    }
}

enum TestTLS {
    /// - Parameter clients: whose clients it lets in; `nil` asks nobody for a certificate.
    static func server(
        _ pair: TestAuthority.Issued,
        demanding clients: TestAuthority? = nil,
        maximumVersion: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(pair.certificatePEM.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.keyPEM.utf8), format: .pem))
        )
        configuration.maximumTLSVersion = maximumVersion
        if let clients {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(clients.certificatePEM.utf8))
            )
        }
        return try NIOSSLContext(configuration: configuration)
    }

    static func client(
        _ ca: TestAuthority,
        presenting pair: TestAuthority.Issued? = nil,
        maximumVersion: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(ca.certificatePEM.utf8)))
        configuration.maximumTLSVersion = maximumVersion
        if let pair {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(pair.certificatePEM.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.keyPEM.utf8), format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
