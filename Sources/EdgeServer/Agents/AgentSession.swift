import Addresses
import AgentProtocol
import EdgeCore
import EdgeEvents
import Logging
import Muxado
import MuxadoChannel
import NIOCore
import Relaying
import SSHGateway
import Synchronization
import TLSWire

/// One agent's connection: what it has proved, what it serves, and the way to reach it. From any thread.
final class AgentSession: AgentHolder {
    typealias Preparation = EndpointTLS

    /// Endpoints and labelled tunnels of one session; more is a mistake in a loop.
    static let maximumEndpoints = 10_000
    /// From accept to a good Auth.
    static let authenticationTime = TimeAmount.seconds(10)
    /// Streams that an agent may have open before it has said who it is: its heartbeat, SrvInfo, Auth, and one to spare.
    static let streamsBeforeAuth = 4
    /// The same afterwards: as many requests at once as an agent with hundreds of endpoints makes when it comes back.
    private static let streams = 1_024
    /// Bytes of one request. An Auth has a token, a few words and 4,096 bytes of metadata; a bind also certificates.
    private static let requestLimits = (beforeAuth: 64 << 10, after: 1 << 20)
    /// Bytes of all requests of a session that are not whole yet.
    private static let unfinishedLimit = 4 << 20
    /// Bytes of requests of a session that are whole and wait for their turn. What an agent sends beside them waits with it.
    static let waitingLimit = 4 << 20
    /// How long a refused agent has to read why.
    private static let refusalTime = TimeAmount.seconds(1)

    private struct State {
        var link: AgentLink?
        var identity: Identity?
        /// The name that the agent was looking for.
        var ingressName: String?
        /// Why the edge has ended it, where it has.
        var reason: String?
        /// Bytes of requests that are not whole yet.
        var unfinished = 0
    }

    /// Who the agent is, once it has proved it.
    struct Identity: Sendable {
        let account: Account
        let credentialID: String
        let rules: [BindRule]
        /// What it said of itself, without the authtoken.
        let agent: Auth.Extra
        let clientID: String
        /// What the agent shows when it comes back, to take its old session's place.
        let cookie: String
        /// It tells the upstream of a stream that was cut behind its data.
        let hearsCuts: Bool
        /// What it is told of its version.
        let announcement: AgentVersions.Announcement?
    }

    /// `ts_…`, as the control plane calls it.
    let id = RandomText.identifier(prefix: "ts")
    let startedAt = Timestamp.now
    let address: TransportAddress
    /// The edge's own address that the agent came to.
    let server: TransportAddress
    let edge: EdgeState
    /// How it is connected, as events say it.
    let transport: AgentSessionEvent.Transport
    let logger: Logger
    private let source: SourceNetwork
    private let state = Mutex(State())
    private let answersHeartbeats = Atomic(true)

    init(
        edge: EdgeState,
        peer: TransportAddress,
        server: TransportAddress,
        by transport: AgentSessionEvent.Transport = .muxado
    ) {
        self.edge = edge
        self.transport = transport
        self.address = peer
        self.server = server
        self.source = SourceNetwork(peer.ip)
        var logger = edge.logger
        logger[metadataKey: "session.id"] = "\(self.id)"
        logger[metadataKey: "agent.address"] = "\(peer)"
        self.logger = logger
    }

    /// The name of the edge that the agent was looking for; empty where it had an address.
    var ingressName: String { self.state.withLock { $0.ingressName } ?? "" }

    /// Takes note of that, as far as it is a name: it is anybody's word so far.
    func came(by name: String) {
        guard HostNameSyntax.problem(in: Array(name.utf8)) == nil else { return }
        self.state.withLock { $0.ingressName = name.lowercased() }
    }

    /// Whether it has answered every heartbeat before the next was due.
    var isReachable: Bool { self.answersHeartbeats.load(ordering: .relaxed) }

    var agentID: String { self.identity?.clientID ?? self.id }

    func isLeg(of other: AgentSession) -> Bool {
        guard let one = self.identity, let two = other.identity else { return false }
        return one.clientID == two.clientID && one.agent.legNumber != two.agent.legNumber
    }

    /// Clients go to others, if there are any, until it answers again.
    func heartbeat(isAnswered: Bool) {
        let before = self.answersHeartbeats.exchange(isAnswered, ordering: .relaxed)
        guard before != isAnswered else { return }
        self.logger.info(isAnswered ? "agent answers heartbeats again" : "agent is late with a heartbeat")
    }

    var identity: Identity? { self.state.withLock { $0.identity } }

    /// `nil` when the session is over.
    var link: AgentLink? { self.state.withLock { $0.link } }

    /// How a client's connection is relayed to it.
    var relayPolicy: RelayPolicy { self.identity?.hearsCuts == true ? .edge : .edgeOfForeignAgent }

    var requestLimit: Int {
        self.identity == nil ? Self.requestLimits.beforeAuth : Self.requestLimits.after
    }

    /// So many bytes of unfinished requests more, or fewer; `false` where they are too many now.
    func keeps(_ byteCount: Int) -> Bool {
        let isWithin = self.state.withLock { state in
            state.unfinished += byteCount
            return state.unfinished <= Self.unfinishedLimit
        }
        if !isWithin { self.edge.metrics.met(.unfinishedRequests) }
        return isWithin
    }

    func attach(_ link: AgentLink) { self.state.withLock { $0.link = link } }

    /// - Throws: ERR_NGROK_108 where its account has as many agents as it may. Then it is nobody still.
    func authenticated(as identity: Identity) throws(NgrokError) {
        let link = self.state.withLock { state in
            state.identity = identity
            return state.link
        }
        do throws(NgrokError) {
            try self.edge.add(self, of: identity.account)
        } catch {
            self.state.withLock { $0.identity = nil }
            throw error
        }
        self.edge.agents.identified(self.source)
        if case .muxado(let muxado) = link { Self.prepare(muxado, for: identity.agent) }
        self.logger.info("agent session started", metadata: ["account.name": "\(identity.account.name)"])
        self.publishStart(as: identity)
    }

    private static func prepare(_ muxado: MuxadoHandler, for agent: Auth.Extra) {
        muxado.allow(inboundStreams: Self.streams)
        let interval = TimeAmount.nanoseconds(agent.heartbeatInterval)
        let tolerance = TimeAmount.nanoseconds(agent.heartbeatTolerance)
        guard interval > .zero || tolerance > .zero else { return }
        let defaults = MuxadoHandler.Configuration()
        muxado.keepHeartbeat(
            interval: interval > .zero ? interval : defaults.heartbeatInterval,
            tolerance: tolerance > .zero ? tolerance : defaults.heartbeatTolerance
        )
    }

    /// The session is gone; with it go its endpoints, and nobody else's.
    func ended(because cause: String) {
        let (identity, reason) = self.state.withLock { state in
            state.link = nil
            return (state.identity, state.reason)
        }
        self.edge.remove(self)
        guard let identity else { return }
        self.logger.info("agent session ended", metadata: ["session.reason": "\(cause)"])
        self.publishStop(as: identity, because: reason ?? cause)
    }

    func close(_ reason: String) {
        let link = self.state.withLock { state in
            state.reason = state.reason ?? reason
            return state.link
        }
        switch link {
        case .muxado(let muxado): muxado.close(debug: reason)
        case .ssh(let connection): connection.finish(status: 1, saying: "\(reason)\n")
        case nil: break
        }
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
        switch self.link {
        case nil: eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        case .muxado(let muxado):
            muxado.openStream(type: .proxy) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let options = channel.syncOptions
                    try options?.setOption(ChannelOptions.autoRead, value: false)
                    try options?.setOption(ChannelOptions.allowRemoteHalfClosure, value: true)
                    try Self.relay(channel, relay, preface: preface.buffers)
                }
            }.map { _ in }
        case .ssh(let connection): connection.openStream(for: preface.client, relay: relay, on: eventLoop)
        }
    }

    /// Makes a channel, whose `autoRead` is off, the upstream's leg.
    static func relay(_ channel: any Channel, _ relay: Resident<Relay>, preface: [ByteBuffer]) throws {
        let closing = ClosingHandler()
        try channel.pipeline.syncOperations.addHandlers(
            closing,
            RelayLeg(.upstream, of: relay, closing: closing, preface: preface)
        )
    }
}

extension AgentSession: Hashable {
    static func == (lhs: AgentSession, rhs: AgentSession) -> Bool { lhs === rhs }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
