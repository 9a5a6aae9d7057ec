import Addresses
import AgentProtocol
import ConfigurationFiles
import Logging
import Muxado
import MuxadoChannel
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One connection to the edge: TLS, muxado, and the requests and streams on it.
final class AgentSession: Sendable {
    /// How long running connections may go on when the agent is told to stop.
    private static let drainTime = TimeAmount.seconds(5)

    private let muxado: MuxadoHandler
    private let tunnels: TunnelTable
    private let connections: ConnectionCounter
    /// How long a request may wait for its answer: the edge answers from memory.
    private let patience: TimeAmount

    private init(muxado: MuxadoHandler, tunnels: TunnelTable, connections: ConnectionCounter, patience: TimeAmount) {
        self.muxado = muxado
        self.tunnels = tunnels
        self.connections = connections
        self.patience = patience
    }

    /// Dials the edge; the names are resolved anew each time. Nothing is left of it where the task is cancelled meanwhile.
    static func connect(
        _ configuration: AgentConfiguration,
        on group: any EventLoopGroup,
        logger: Logger
    ) async throws -> AgentSession {
        let eventLoop = group.any()
        let tunnels = TunnelTable()
        let connections = ConnectionCounter(eventLoop: eventLoop)
        let timeout = TimeAmount(configuration.connectTimeout)
        let muxadoPromise = eventLoop.makePromise(of: MuxadoHandler.self)
        let handshake = eventLoop.makePromise(of: Void.self)
        let connected = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let muxado = MuxadoHandler(
                        role: .client,
                        configuration: Self.muxadoConfiguration(configuration),
                        channel: channel
                    ) { stream, type in
                        stream.eventLoop.makeCompletedFuture {
                            try Self.accept(stream, type, tunnels, connections, logger)
                        }
                    }
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLClientHandler(
                            context: configuration.edgeContext,
                            serverHostname: configuration.server.serverName
                        ),
                        EdgeTrustHandler(address: configuration.server.description, roots: configuration.rootCAs),
                        HandshakeHandler(promise: handshake),
                        muxado,
                    ])
                    muxadoPromise.succeed(muxado)
                }
            }
            .connect(host: configuration.server.host, port: Int(configuration.server.port))
        let channel: any Channel
        do {
            channel = try await connected.value()
        } catch {
            connected.whenSuccess { $0.close(promise: nil) }
            muxadoPromise.fail(error)
            handshake.fail(error)
            throw error
        }
        let deadline = eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        do {
            try await handshake.futureResult.value()
            let muxado = try await muxadoPromise.futureResult.value()
            return AgentSession(muxado: muxado, tunnels: tunnels, connections: connections, patience: timeout)
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private static func muxadoConfiguration(_ configuration: AgentConfiguration) -> MuxadoHandler.Configuration {
        var muxado = MuxadoHandler.Configuration()
        muxado.heartbeatInterval = TimeAmount(configuration.heartbeatInterval)
        muxado.heartbeatTolerance = TimeAmount(configuration.heartbeatTolerance)
        return muxado
    }

    /// Serves a stream that the edge opened.
    ///
    /// - Throws: For a type we do not know; the stream is reset then.
    private static func accept(
        _ stream: any Channel,
        _ type: StreamType,
        _ tunnels: TunnelTable,
        _ connections: ConnectionCounter,
        _ logger: Logger
    ) throws {
        switch type {
        case .proxy:
            try ProxiedConnection.start(on: stream, findTunnel: { tunnels.find(id: $0) }, logger: logger)
            connections.add(stream)
        case .stopTunnel:
            let handler = RemoteCommandHandler { request in
                Self.stopTunnel(request, tunnels, logger)
                return nil
            }
            try stream.pipeline.syncOperations.addHandler(handler)
        case .stop, .restart, .update:
            let handler = RemoteCommandHandler { _ in CommandResp(error: Self.commandsUnsupported) }
            try stream.pipeline.syncOperations.addHandler(handler)
        default:
            logger.warning("stream of unknown type refused", metadata: ["muxado.stream-type": "\(type)"])
            throw ChannelError.operationUnsupported
        }
    }

    /// What the agent says of remote commands, at first and when one comes all the same.
    private static let commandsUnsupported = "This agent is started and stopped by its own machine only."

    private static func stopTunnel(_ request: [UInt8], _ tunnels: TunnelTable, _ logger: Logger) {
        do {
            let command = try StopTunnel(decoding: request)
            guard let tunnel = tunnels.remove(id: command.id) else { return }
            logger.warning(
                "tunnel stopped by the edge",
                metadata: [
                    "tunnel.name": "\(tunnel.name)", "error": "\(command.message)",
                    "error.code": "\(command.errorCode)",
                ]
            )
        } catch {
            logger.warning("command of the edge cannot be read", metadata: ["error": "\(error)"])
        }
    }

    /// Completes when the session is over, with the reason.
    func waitForEnd() async -> String {
        do {
            return "\(try await self.muxado.sessionEnded.get())"
        } catch {
            return "\(error)"
        }
    }

    /// Calls this when the session is over.
    func whenEnded(_ call: @escaping @Sendable () -> Void) {
        self.muxado.sessionEnded.whenComplete { _ in call() }
    }

    /// Calls this after a time, unless the agent has stopped by then.
    func after(_ time: Duration, _ call: @escaping @Sendable () -> Void) {
        self.muxado.eventLoop.scheduleTask(in: TimeAmount(time), call)
    }

    /// Ends the session at once.
    func close() {
        self.muxado.close()
    }

    /// Takes the tunnels offline, lets connections finish for a few seconds, then ends the session.
    func shutDown() {
        let eventLoop = self.muxado.eventLoop
        let unbinds = self.tunnels.close().map { id in
            self.send(.unbind, Unbind(id: id)).map { (_: UnbindResp) in }.recover { _ in }
        }
        EventLoopFuture.andAllComplete(unbinds, on: eventLoop)
            .flatMap { self.connections.whenNone() }
            .whenComplete { _ in self.muxado.close() }
        eventLoop.scheduleTask(in: Self.drainTime) { self.muxado.close() }
    }
}

// Requests.
extension AgentSession {
    /// - Parameter read: takes the answer, in the turn of the event loop that brings it, before anything that the edge says next.
    private func send<Reply: AgentMessage>(
        _ type: StreamType,
        _ request: some AgentMessage,
        _ read: @escaping @Sendable (Reply) throws -> Void = { _ in }
    ) -> EventLoopFuture<Reply> {
        let promise = self.muxado.eventLoop.makePromise(of: [UInt8].self)
        let encoded = request.encoded
        // It must stand before the request leaves.
        let reply = promise.futureResult.flatMapThrowing { text in
            let reply = try Reply(decoding: text)
            try read(reply)
            return reply
        }
        let opened = self.muxado.openStream(type: type) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(CallHandler(request: encoded, promise: promise))
            }
        }
        opened.whenSuccess { stream in
            let deadline = stream.eventLoop.scheduleTask(in: self.patience) {
                promise.fail(ChannelError.connectTimeout(self.patience))
                stream.close(promise: nil)
            }
            stream.closeFuture.whenComplete { _ in deadline.cancel() }
        }
        opened.whenFailure { promise.fail($0) }
        return reply
    }

    /// Introduces the agent.
    ///
    /// - Throws: ``AgentRefusal`` when the edge does not want it.
    func authenticate(
        _ configuration: AgentConfiguration,
        with tunnels: [Tunnel],
        memory: inout SessionMemory
    ) async throws -> AuthResp {
        var extra = Auth.Extra()
        extra.os = SystemDescription.operatingSystem
        extra.arch = SystemDescription.architecture
        extra.authtoken = configuration.authtoken.revealed
        extra.version = SystemDescription.version
        extra.hostname = SystemDescription.hostName
        extra.userAgent = "shakedown-agent/\(SystemDescription.version)"
        extra.clientType = Auth.Extra.ownClientType
        extra.metadata = configuration.metadata
        extra.cookie = memory.cookie
        extra.heartbeatInterval = TimeAmount(configuration.heartbeatInterval).nanoseconds
        extra.heartbeatTolerance = TimeAmount(configuration.heartbeatTolerance).nanoseconds
        extra.stopUnsupportedError = Self.commandsUnsupported
        extra.restartUnsupportedError = Self.commandsUnsupported
        extra.updateUnsupportedError = Self.commandsUnsupported
        extra.mutualTLS = tunnels.contains { $0.options.mutualTLSAtAgent }
        let request = Auth(clientID: memory.clientID, extra: extra)
        let reply: AuthResp = try await self.send(.auth, request).value()
        guard reply.error.isEmpty else {
            throw AgentRefusal(subject: .session, error: NgrokError(text: reply.error))
        }
        memory.clientID = reply.clientID
        memory.cookie = reply.extra.cookie
        return reply
    }

    /// Binds one tunnel, as it was bound before if it was.
    ///
    /// - Throws: ``AgentRefusal`` when the edge does not want it.
    func bind(_ tunnel: Tunnel, last: BindResp?) async throws -> BindResp {
        var request = Bind(forwardsTo: "\(tunnel.upstream)", options: tunnel.options)
        request.extra.name = tunnel.name
        request.extra.metadata = tunnel.metadata
        if let last {
            request.id = last.id
            request.options.url = last.url
            request.options.domain = ""
            request.options.hostname = ""
            request.options.subdomain = ""
            request.extra.token = last.extra.token
        }
        let tunnels = self.tunnels
        return try await self.send(.bind, request) { (reply: BindResp) in
            guard reply.error.isEmpty else {
                throw AgentRefusal(subject: .tunnel(name: tunnel.name), error: NgrokError(text: reply.error))
            }
            tunnels.insert(tunnel, id: reply.id)
        }.value()
    }

    /// Takes one tunnel offline. Its connections go on.
    ///
    /// - Throws: ``AgentRefusal`` when the edge knows nothing of it.
    func unbind(_ name: String, id: String) async throws {
        let reply: UnbindResp = try await self.send(.unbind, Unbind(id: id)).value()
        // Until the edge has answered it may still hand over clients.
        _ = self.tunnels.remove(id: id)
        guard reply.error.isEmpty else {
            throw AgentRefusal(subject: .tunnel(name: name), error: NgrokError(text: reply.error))
        }
    }

    func isBound(_ id: String?) -> Bool { id.map { self.tunnels.find(id: $0) != nil } ?? false }

    /// Serves connections that come from now on by this tunnel. Returns whether the id is bound.
    func replace(id: String, with tunnel: Tunnel) -> Bool { self.tunnels.replace(id: id, with: tunnel) }
}
