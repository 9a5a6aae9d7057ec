import Addresses
import EdgeCore
import Logging
import Muxado
import MuxadoChannel
import NIOCore
import NIOSSL
import NIOTLS

/// Puts an agent's connection together: TLS, the session, its requests.
enum AgentChannel {
    /// - Throws: when there are too many agents' connections, and this one has to be closed.
    static func configure(_ channel: any Channel, edge: EdgeState, context: NIOSSLContext) throws {
        guard let peer = TransportAddress(channel.remoteAddress), let server = TransportAddress(channel.localAddress)
        else {
            throw ChannelError.eof
        }
        let source = SourceNetwork(peer.ip)
        if let limit = edge.agents.enter(from: source) {
            edge.metrics.met(limit)
            throw ChannelError.ioOnClosedChannel
        }
        let session = AgentSession(edge: edge, peer: peer, server: server)
        channel.closeFuture.whenComplete { _ in
            edge.agents.leave(source, wasIdentified: session.identity != nil)
        }
        var configuration = MuxadoHandler.Configuration()
        configuration.maximumInboundStreams = AgentSession.streamsBeforeAuth
        let intake = AgentIntake()
        let queue = RequestQueue<RequestAnswerer.Answer>(on: channel.eventLoop, limit: AgentSession.waitingLimit) {
            isFull in
            if isFull { intake.shut() } else { intake.open() }
        }
        let requests = NIOLoopBound(queue, eventLoop: channel.eventLoop)
        let muxado = MuxadoHandler(role: .server, configuration: configuration, channel: channel) { stream, type in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(ChannelOptions.allowRemoteHalfClosure, value: true)
                try stream.pipeline.syncOperations.addHandler(
                    RequestHandler(type: type, session: session, requests: requests.value)
                )
            }
        }
        session.attach(.muxado(muxado))
        muxado.sessionEnded.whenSuccess { error in
            requests.value.end()
            session.ended(because: "\(error)")
        }
        try channel.pipeline.syncOperations.addHandlers(
            intake,
            PromptAcknowledgement(),
            ByteToMessageHandler(
                SNIHandler { result in
                    if case .hostname(let name) = result { session.came(by: name) }
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
            ),
            NIOSSLServerHandler(context: context),
            muxado,
            AgentEventHandler(session: session)
        )
        let deadline = channel.eventLoop.scheduleTask(in: AgentSession.authenticationTime) {
            if session.identity == nil { channel.close(promise: nil) }
        }
        channel.closeFuture.whenComplete { _ in deadline.cancel() }
    }
}

/// Takes what happens to an agent's connection as a whole. The errors that end it are its doing, or the network's.
private final class AgentEventHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    private let session: AgentSession

    init(session: AgentSession) {
        self.session = session
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? SessionEvent {
        case .late: self.session.heartbeat(isAnswered: false)
        case .heartbeat: self.session.heartbeat(isAnswered: true)
        case .ended, nil: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.session.logger.debug("agent connection failed", metadata: ["error.message": "\(error)"])
        context.close(promise: nil)
    }
}
