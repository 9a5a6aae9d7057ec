import AgentProtocol
import EdgeCore
import Logging
import Muxado
import MuxadoChannel
import NIOCore
import Relaying
import Synchronization

/// One agent's connection: what it has proved, what it serves, and the way to reach it. From any thread.
final class AgentSession: Sendable {
    /// Endpoints of one session; more is a mistake in a loop.
    static let maximumEndpoints = 10_000
    /// From accept to a good Auth.
    static let authenticationTime = TimeAmount.seconds(10)
    /// How long a refused agent has to read why.
    private static let refusalTime = TimeAmount.seconds(1)

    private struct State {
        var muxado: MuxadoHandler?
        var identity: Identity?
    }

    /// Who the agent is, once it has proved it.
    struct Identity: Sendable {
        let account: Account
        let rules: [BindRule]
        let clientID: String
        /// What the agent shows when it comes back, to take its old session's place.
        let cookie: String
    }

    let id = RandomText.identifier(prefix: "as")
    let edge: EdgeState
    let logger: Logger
    private let state = Mutex(State())

    init(edge: EdgeState, peer: String) {
        self.edge = edge
        var logger = edge.logger
        logger[metadataKey: "session.id"] = "\(self.id)"
        logger[metadataKey: "agent.address"] = "\(peer)"
        self.logger = logger
    }

    var identity: Identity? { self.state.withLock { $0.identity } }

    func attach(_ muxado: MuxadoHandler) { self.state.withLock { $0.muxado = muxado } }

    func authenticated(as identity: Identity) {
        self.state.withLock { $0.identity = identity }
        self.edge.add(self)
        self.logger.info("agent session started", metadata: ["account.name": "\(identity.account.name)"])
    }

    /// The session is gone; with it go its endpoints, and nobody else's.
    func ended(_ error: MuxadoError) {
        let wasOnline = self.state.withLock { state in
            state.muxado = nil
            return state.identity != nil
        }
        self.edge.remove(self)
        if wasOnline { self.logger.info("agent session ended", metadata: ["session.reason": "\(error)"]) }
    }

    func close(_ reason: String) {
        self.state.withLock { $0.muxado }?.close(debug: reason)
    }

    /// Ends the session after the reply that refuses it has had time to arrive.
    func closeAfterRefusal(on eventLoop: any EventLoop) {
        eventLoop.scheduleTask(in: Self.refusalTime) { self.close("refused") }
    }

    /// Opens a client's stream and writes what goes in front of its bytes.
    ///
    /// - Parameter eventLoop: the client's; a session that is gone fails there.
    func openStream(
        preface: StreamPreface,
        relay: Resident<Relay>,
        for eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        guard let muxado = self.state.withLock({ $0.muxado }) else {
            return eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        return muxado.openStream(type: .proxy) { channel in
            channel.eventLoop.makeCompletedFuture {
                let options = channel.syncOptions
                try options?.setOption(ChannelOptions.autoRead, value: false)
                try options?.setOption(ChannelOptions.allowRemoteHalfClosure, value: true)
                let closing = ClosingHandler()
                try channel.pipeline.syncOperations.addHandlers(
                    closing,
                    RelayLeg(.upstream, of: relay, closing: closing, preface: preface.buffers)
                )
            }
        }.map { _ in }
    }
}

extension AgentSession: Hashable {
    static func == (lhs: AgentSession, rhs: AgentSession) -> Bool { lhs === rhs }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
