import MuxadoChannel
import NIOCore

/// Stands behind muxado, and tells how long the edge has taken for each heartbeat.
final class HeartbeatHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    private let answered: (TimeAmount) -> Void

    init(_ answered: @escaping (TimeAmount) -> Void) { self.answered = answered }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .heartbeat(let latency) = event as? SessionEvent { self.answered(latency) }
        context.fireUserInboundEventTriggered(event)
    }
}
