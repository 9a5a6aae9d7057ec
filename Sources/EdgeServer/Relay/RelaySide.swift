import MuxadoChannel
import NIOCore
import NIOSSL

/// What differs between the client's end of a relay and the agent's.
protocol RelaySide: AnyObject {
    func began()
    func received(_ count: Int)
    func sent(_ count: Int)
    func directionEnded(bothEnded: Bool)
    /// The channel is gone.
    func ended()
    /// Whether an error ends the channel, rather than being told of a peer that ends its TLS without close_notify.
    func isFatal(_ error: any Error) -> Bool
    /// Ends this channel after its own failure.
    func reset(_ context: ChannelHandlerContext)
    /// Ends this channel after the other one's failure.
    func partnerFailed(_ context: ChannelHandlerContext)
}

/// The agent's stream.
final class AgentSide: RelaySide {
    func began() {}
    func received(_ count: Int) {}
    func sent(_ count: Int) {}
    func directionEnded(bothEnded: Bool) {}
    func ended() {}
    func isFatal(_ error: any Error) -> Bool { true }
    func reset(_ context: ChannelHandlerContext) { context.close(promise: nil) }

    func partnerFailed(_ context: ChannelHandlerContext) {
        context.triggerUserOutboundEvent(StreamReset(), promise: nil)
    }
}

/// The client's connection: it counts, and it ends what has stood still for too long.
final class ClientSide: RelaySide {
    private let connection: ClientConnection
    private let deadlines: EdgeConfiguration.Deadlines
    private let eventLoop: any EventLoop
    /// Its relay, which owns this side.
    weak var relay: RelayHandler?
    private var lastActivity: NIODeadline
    private var isHalfOpen = false
    private var hasEnded = false
    private var timer: Scheduled<Void>?

    init(connection: ClientConnection, deadlines: EdgeConfiguration.Deadlines, eventLoop: any EventLoop) {
        self.connection = connection
        self.deadlines = deadlines
        self.eventLoop = eventLoop
        self.lastActivity = eventLoop.now
    }

    func began() {
        self.connection.outcome = .relayed
        self.lastActivity = self.eventLoop.now
        self.schedule()
    }

    func received(_ count: Int) {
        self.connection.bytesIn += Int64(count)
        self.lastActivity = self.eventLoop.now
    }

    func sent(_ count: Int) {
        self.connection.bytesOut += Int64(count)
        self.lastActivity = self.eventLoop.now
    }

    func directionEnded(bothEnded: Bool) {
        self.isHalfOpen = !bothEnded
        self.lastActivity = self.eventLoop.now
        self.schedule()
    }

    func ended() {
        self.hasEnded = true
        self.timer?.cancel()
        self.timer = nil
    }

    /// A client that ends its TLS by FIN alone is common and ends its direction; everything else is a failure.
    func isFatal(_ error: any Error) -> Bool {
        if case .uncleanShutdown = error as? NIOSSLError { return false }
        return true
    }

    func reset(_ context: ChannelHandlerContext) {
        self.connection.outcome = .reset
        context.close(promise: nil)
    }

    /// With an answer cut short, RST says so; without one, the connection closes in order, which is all that a client
    /// of an upstream that refused can be told.
    func partnerFailed(_ context: ChannelHandlerContext) {
        if self.connection.bytesOut > 0 {
            self.connection.outcome = .reset
            context.triggerUserOutboundEvent(LingeringCloseHandler.Reset(), promise: nil)
        } else {
            self.connection.outcome = .agentFailed
            context.close(mode: .output, promise: nil)
            context.close(promise: nil)
            context.read()
        }
    }

    private var limit: TimeAmount { self.isHalfOpen ? self.deadlines.halfOpen : self.deadlines.idle }

    private func schedule() {
        guard !self.hasEnded else { return }
        self.timer?.cancel()
        self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: self.lastActivity + self.limit) {
            self.timer = nil
            guard self.lastActivity + self.limit <= self.eventLoop.now else {
                self.schedule()
                return
            }
            self.connection.outcome = .idle
            self.relay?.giveUp()
        }
    }
}
