import Addresses
import LibCrypto
import Muxado
import MuxadoChannel
import NIOCore
import NIOPosix
import NIOSSL

/// What a session stands on: TCP to the edge, or to the proxy in front of it, TLS that trusts the edge, and muxado.
struct EdgeConnection: Sendable {
    let channel: any Channel
    let muxado: MuxadoHandler
    /// Succeeds when the proxy has connected; at once where there is none.
    let tunnelled: EventLoopFuture<Void>
    /// Succeeds when the edge's TLS stands and its certificate is trusted.
    let handshake: EventLoopFuture<Void>

    /// Dials nothing yet: where to is the caller's.
    ///
    /// - Parameters:
    ///   - server: The edge's own address, whatever is dialled on the way.
    ///   - lists: What the edge's CA has revoked, where that is asked for.
    ///   - heartbeat: Hears how long the edge has taken for each.
    ///   - accept: Serves a stream that the edge opens.
    static func bootstrap(
        _ access: EdgeAccess,
        to server: HostAndPort,
        without lists: RevocationLists?,
        on eventLoop: any EventLoop,
        heartbeat: @escaping @Sendable (TimeAmount) -> Void,
        accept: @escaping @Sendable (any Channel, StreamType) -> EventLoopFuture<Void>
    ) -> ClientBootstrap {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(access.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let proxy = access.proxy {
                        try pipeline.addHandler(
                            ProxyHandshakeHandler(
                                proxy,
                                to: server,
                                timeout: access.connectTimeout,
                                promise: channel.eventLoop.makePromise()
                            )
                        )
                    }
                    try Self.addTLS(access, to: server, without: lists, pipeline)
                    try pipeline.addHandlers([
                        HandshakeHandler(promise: channel.eventLoop.makePromise()),
                        MuxadoHandler(
                            role: .client,
                            configuration: Self.muxado(access),
                            channel: channel,
                            inboundStreamInitializer: accept
                        ),
                        HeartbeatHandler(heartbeat),
                    ])
                }
            }
    }

    private static func addTLS(
        _ access: EdgeAccess,
        to server: HostAndPort,
        without lists: RevocationLists?,
        _ pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        let isNamed = access.proxy == nil || server.serverName != nil
        let context = isNamed ? access.context : access.contextForAddresses
        guard lists != nil || !isNamed else {
            try pipeline.addHandlers([
                NIOSSLClientHandler(context: context, serverHostname: server.serverName),
                EdgeTrustHandler(access, to: server, verifier: nil),
            ])
            return
        }
        let verifier = EdgeVerifier(access, lists: lists, address: isNamed ? nil : server.host)
        try pipeline.addHandlers([
            NIOSSLClientHandler(
                context: context,
                serverHostname: server.serverName,
                customVerificationCallback: { verifier.verify($0, $1) }
            ),
            EdgeTrustHandler(access, to: server, verifier: verifier),
        ])
    }

    private static func muxado(_ access: EdgeAccess) -> MuxadoHandler.Configuration {
        var muxado = MuxadoHandler.Configuration()
        muxado.heartbeatInterval = TimeAmount(access.heartbeatInterval)
        muxado.heartbeatTolerance = TimeAmount(access.heartbeatTolerance)
        return muxado
    }

    /// Of a channel that was just connected, in the same turn of its event loop.
    init(_ channel: any Channel, isProxied: Bool) throws {
        let pipeline = channel.pipeline.syncOperations
        self.channel = channel
        self.muxado = try pipeline.handler(type: MuxadoHandler.self)
        self.tunnelled =
            isProxied
            ? try pipeline.handler(type: ProxyHandshakeHandler.self).ended
            : channel.eventLoop.makeSucceededVoidFuture()
        self.handshake = try pipeline.handler(type: HandshakeHandler.self).ended
    }

    /// Dials the edge or the proxy; the names are resolved anew each time. Nothing is left of it where the task is cancelled
    /// meanwhile.
    ///
    /// - Throws: ``ProxyTrouble``, ``RevocationTrouble``, ``UntrustedEdge``, or what became of the connection.
    static func connect(
        _ access: EdgeAccess,
        to server: HostAndPort,
        on eventLoop: any EventLoop,
        heartbeat: @escaping @Sendable (TimeAmount) -> Void,
        accept: @escaping @Sendable (any Channel, StreamType) -> EventLoopFuture<Void>
    ) async throws -> EdgeConnection {
        let timeout = TimeAmount(access.connectTimeout)
        let isProxied = access.proxy != nil
        let place = access.proxy?.server ?? server
        let lists = try await access.revocation?.fetch(within: access.connectTimeout, on: eventLoop)
        // On the loop, so that nothing comes between the connection and the look at its handlers, which may go soon.
        let connected = eventLoop.flatSubmit {
            Self.bootstrap(
                access,
                to: server,
                without: lists,
                on: eventLoop,
                heartbeat: heartbeat,
                accept: accept
            )
            .connect(host: place.host, port: Int(place.port))
            // Of the addresses that a name may have each is tried with a channel of its own: this is the one that stands.
            .flatMapThrowing { try EdgeConnection($0, isProxied: isProxied) }
        }
        let connection: EdgeConnection
        do {
            connection = try await connected.value()
        } catch {
            connected.whenSuccess { $0.channel.close(promise: nil) }
            guard let proxy = access.proxy, !(error is CancellationError) else { throw error }
            throw ProxyTrouble(
                proxy: proxy,
                target: server,
                reason: .unreachable(ConnectionTrouble.text(of: error))
            )
        }
        let deadline = eventLoop.scheduleTask(in: timeout) { connection.channel.close(promise: nil) }
        defer { deadline.cancel() }
        do {
            try await connection.handshake.value()
            return connection
        } catch {
            connection.channel.close(promise: nil)
            throw error
        }
    }
}
