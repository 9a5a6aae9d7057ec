import EdgeCore
import Synchronization

/// How many agents may be connected. Whoever has not said who it is gets little room, since anybody can come that far.
///
/// From any thread.
final class AgentAdmission: Sendable {
    /// Connections that have not authenticated. An honest one has within a round trip or two; a thousand agents that come back
    /// at once are let in as these go on, since who is turned away tries again.
    private static let unknownLimit = 256
    /// The same, from one source: a host that runs many agents.
    private static let unknownLimitOfSource = 64

    private struct State {
        var connected = 0
        var unknown = Occupancy<SourceNetwork>()
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: connections of agents at once.
    init(limit: Int) {
        self.limit = limit
    }

    /// A new connection; the limit that turns it away.
    func enter(from source: SourceNetwork) -> LimitMet? {
        self.state.withLock { state in
            guard state.connected < self.limit else { return .agents }
            guard state.unknown.total < Self.unknownLimit else { return .unknownAgents }
            guard state.unknown.enter(source, limit: Self.unknownLimitOfSource) else { return .unknownAgentsOfSource }
            state.connected += 1
            return nil
        }
    }

    /// It has said who it is.
    func identified(_ source: SourceNetwork) { self.state.withLock { $0.unknown.leave(source) } }

    func leave(_ source: SourceNetwork, wasIdentified: Bool) {
        self.state.withLock { state in
            state.connected -= 1
            if !wasIdentified { state.unknown.leave(source) }
        }
    }
}
