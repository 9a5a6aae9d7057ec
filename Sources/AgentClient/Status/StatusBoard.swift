import AgentProtocol
import Foundation
import MuxadoChannel
import NIOCore
import Synchronization

/// Where an agent writes what became of its session and its tunnels, and others read it or wait for it.
final class StatusBoard: Sendable {
    private struct State {
        var standing: Standing?
        var memory = SessionMemory()
        /// Of the tunnels that were wanted the last time they were asked for.
        var generation = 0
        var waiting: [(generation: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private struct Standing {
        let session: AgentSession
        let status: AgentStatus.Session
    }

    private let state = Mutex(State())
    let traffic = TunnelTraffic()

    // MARK: What the agent writes

    /// A session stands, and what was wanted at first has been asked for.
    func established(
        _ session: AgentSession,
        at server: String,
        _ welcome: AuthResp.Extra,
        _ memory: SessionMemory,
        generation: Int
    ) {
        let status = AgentStatus.Session(
            id: welcome.agentSessionID,
            server: server,
            serverVersion: welcome.version,
            region: welcome.region,
            account: welcome.accountName,
            plan: welcome.planName,
            since: Date()
        )
        self.state.withLock { $0.standing = Standing(session: session, status: status) }
        self.settled(memory, generation: generation)
    }

    /// The tunnels of this generation, or later ones, are online or refused.
    func settled(_ memory: SessionMemory, generation: Int) {
        let over = self.state.withLock { state in
            state.memory = memory
            state.generation = generation
            let over = state.waiting.filter { $0.generation <= generation }
            state.waiting.removeAll { $0.generation <= generation }
            return over
        }
        for wait in over { wait.continuation.resume() }
    }

    /// What was refused before was asked for again.
    func retried(_ memory: SessionMemory) { self.state.withLock { $0.memory = memory } }

    /// Nobody is told more in this session.
    func lost() {
        let over = self.state.withLock { state in
            defer { state.waiting = [] }
            state.standing = nil
            return state.waiting
        }
        for wait in over { wait.continuation.resume() }
    }

    // MARK: What others read

    /// Returns once the edge was asked for a generation of tunnels, or there is no session to ask it in.
    func settles(_ generation: Int) async {
        await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
                let isOver = state.generation >= generation || state.standing == nil
                if !isOver { state.waiting.append((generation, continuation)) }
                return isOver
            }
            if isOver { continuation.resume() }
        }
    }

    var hasSession: Bool { self.state.withLock { $0.standing != nil } }

    /// What the edge would not change of a tunnel that is online as it was.
    func unchanged(_ name: String) -> String? { self.state.withLock { $0.memory.unchanged[name] } }

    func status(of wanted: [Tunnel], at now: ContinuousClock.Instant = .now) -> AgentStatus {
        let (standing, memory) = self.state.withLock { ($0.standing, $0.memory) }
        var session = standing?.status
        session?.latency = standing?.session.muxado.latency.map { Duration.nanoseconds($0.nanoseconds) }
        let tunnels = wanted.sorted { $0.name < $1.name }.map { tunnel in
            AgentStatus.TunnelStatus(
                tunnel: tunnel,
                state: Self.state(of: tunnel.name, memory, in: standing?.session),
                connections: self.traffic.statistics(of: tunnel.name).figures(at: now)
            )
        }
        return AgentStatus(session: session, tunnels: tunnels)
    }

    private static func state(
        of name: String,
        _ memory: SessionMemory,
        in session: AgentSession?
    ) -> AgentStatus.State {
        if let refused = memory.refused[name] { return .refused(refused.reason) }
        // The edge may have stopped it meanwhile.
        guard let session, let online = memory.online[name], session.isOnline(online.id) else { return .offline }
        switch online.answer {
        case .bound(let bind):
            return .online(id: bind.extra.tunnelID.isEmpty ? bind.id : bind.extra.tunnelID, url: bind.url)
        case .started(let start): return .online(id: start.id, url: nil)
        }
    }
}
