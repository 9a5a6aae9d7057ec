import Addresses
import AgentProtocol
import Logging
import MuxadoChannel
import NIOCore

/// One connection to the edge: TLS, muxado, and the requests and streams on it.
final class AgentSession: Sendable {
    /// How long running connections may go on when the agent is told to stop.
    private static let drainTime = TimeAmount.seconds(5)

    let muxado: MuxadoHandler
    let tunnels: TunnelTable
    private let connections: ConnectionCounter
    /// How long a request may wait for its answer: the edge answers from memory.
    let patience: TimeAmount

    private init(muxado: MuxadoHandler, tunnels: TunnelTable, connections: ConnectionCounter, patience: TimeAmount) {
        self.muxado = muxado
        self.tunnels = tunnels
        self.connections = connections
        self.patience = patience
    }

    /// Dials the edge; the names are resolved anew each time. Nothing is left of it where the task is cancelled meanwhile.
    ///
    /// - Parameter server: One of the edge's addresses.
    static func connect(
        _ configuration: AgentConfiguration,
        to server: HostAndPort,
        control: RemoteControl,
        traffic: TunnelTraffic,
        on group: any EventLoopGroup,
        logger: Logger
    ) async throws -> AgentSession {
        let eventLoop = group.any()
        let tunnels = TunnelTable()
        let connections = ConnectionCounter(eventLoop: eventLoop, traffic: traffic)
        let connection = try await EdgeConnection.connect(
            configuration.edge,
            to: server,
            on: eventLoop,
            heartbeat: { latency in
                let tenths = latency.nanoseconds / 100_000
                logger.debug(
                    "heartbeat answered",
                    metadata: ["heartbeat.latency": "\(tenths / 10).\(tenths % 10) ms"]
                )
            },
            accept: { stream, type in
                stream.eventLoop.makeCompletedFuture {
                    try Self.accept(stream, type, tunnels, connections, control, logger)
                }
            }
        )
        return AgentSession(
            muxado: connection.muxado,
            tunnels: tunnels,
            connections: connections,
            patience: TimeAmount(configuration.edge.connectTimeout)
        )
    }

    /// Serves a stream that the edge opened.
    ///
    /// - Throws: For a type we do not know; the stream is reset then.
    private static func accept(
        _ stream: any Channel,
        _ type: StreamType,
        _ tunnels: TunnelTable,
        _ connections: ConnectionCounter,
        _ control: RemoteControl,
        _ logger: Logger
    ) throws {
        let eventLoop = stream.eventLoop
        switch type {
        case .proxy:
            let findTunnel = { (id: String) -> Tunnel? in
                let tunnel = tunnels.find(id: id)
                if let tunnel { connections.begin(stream, of: tunnel.name) }
                return tunnel
            }
            try ProxiedConnection.start(on: stream, findTunnel: findTunnel, logger: logger)
            connections.add(stream)
        case .stopTunnel:
            let handler = RemoteCommandHandler { request in
                Self.stopTunnel(request, tunnels, logger)
                return eventLoop.makeSucceededFuture(RemoteCommandHandler.Outcome())
            }
            try stream.pipeline.syncOperations.addHandler(handler)
        case .stop, .restart, .update:
            let handler = RemoteCommandHandler(
                answer: { request in
                    // A restart reads files, which the connections of this loop shall not wait for. It waits for nobody, so that the
                    // task ends by itself.
                    eventLoop.makeFutureWithTask { control.answer(type, request) }
                },
                carryOut: { control.give($0) }
            )
            try stream.pipeline.syncOperations.addHandler(handler)
        default:
            logger.warning("stream of unknown type refused", metadata: ["muxado.stream-type": "\(type)"])
            throw ChannelError.operationUnsupported
        }
    }

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
