import Logging
import Muxado
import MuxadoChannel
import NIOCore
import NIOSSL

/// Puts an agent's connection together: TLS, the session, its requests.
enum AgentChannel {
    static func configure(_ channel: any Channel, edge: EdgeState, context: NIOSSLContext) throws {
        let session = AgentSession(edge: edge, peer: channel.remoteAddress?.description ?? "unknown")
        let muxado = MuxadoHandler(role: .server, channel: channel) { stream, type in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(ChannelOptions.allowRemoteHalfClosure, value: true)
                try stream.pipeline.syncOperations.addHandler(RequestHandler(type: type, session: session))
            }
        }
        session.attach(muxado)
        muxado.sessionEnded.whenSuccess { session.ended($0) }
        try channel.pipeline.syncOperations.addHandlers(
            NIOSSLServerHandler(context: context),
            muxado,
            AgentErrorHandler(session: session)
        )
        let deadline = channel.eventLoop.scheduleTask(in: AgentSession.authenticationTime) {
            if session.identity == nil { channel.close(promise: nil) }
        }
        channel.closeFuture.whenComplete { _ in deadline.cancel() }
    }
}

/// Takes the errors that end an agent's connection: they are its doing, or the network's.
private final class AgentErrorHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    private let session: AgentSession

    init(session: AgentSession) {
        self.session = session
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.session.logger.debug("agent connection failed", metadata: ["error.message": "\(error)"])
        context.close(promise: nil)
    }
}
