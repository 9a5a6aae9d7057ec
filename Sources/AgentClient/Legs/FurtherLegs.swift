import Addresses
import Logging
import NIOCore
import Synchronization

/// The agent's connections beside its first, one to each further address that the edge has named: what is online on the first is
/// online on each, and the loss of one costs its own clients alone.
final class FurtherLegs: Sendable {
    /// What the first leg has come to, which the others repeat.
    struct First: Sendable {
        let configuration: AgentConfiguration
        let control: RemoteControl
        /// Where connections of all legs are counted.
        let traffic: TunnelTraffic
        /// By which the edge knows that they are one agent's.
        let clientID: String
        let cookie: String
        /// Where leg 1 connects, leg 2 and so on.
        let addresses: [HostAndPort]
        var online: [String: SessionMemory.Online]
    }

    private struct State {
        var first: First?
        var legs: [(task: Task<Void, Never>, wake: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())

    /// `nil` while there is none, and who has lost its connection waits for it.
    var first: First? { self.state.withLock { $0.first } }

    /// The first leg stands. Legs that there are not yet are made.
    ///
    /// Their tasks are nobody's children, since the first leg may be lost and come back meanwhile; ``end()`` waits for them.
    func follow(_ first: First, on group: any EventLoopGroup, logger: Logger) {
        self.state.withLock { state in
            state.first = first
            for index in first.addresses.indices.dropFirst(state.legs.count) {
                let (events, told) = AsyncStream.makeStream(of: FurtherLeg.Event.self)
                let leg = FurtherLeg(number: index + 1, of: self, on: group, logger: logger)
                let task = Task { await leg.run(events, told) }
                state.legs.append((task: task, wake: { told.yield(.changed) }))
            }
        }
        self.wake()
    }

    /// Something else is online on the first leg.
    func follow(_ online: [String: SessionMemory.Online]) {
        self.state.withLock { $0.first?.online = online }
        self.wake()
    }

    /// The first leg is lost: the others go on with what they have.
    func loseFirst() { self.state.withLock { $0.first = nil } }

    private func wake() {
        for leg in self.state.withLock({ $0.legs }) { leg.wake() }
    }

    /// Has every leg take its tunnels offline, wait a while for its connections, and end.
    func shutDown() {
        for leg in self.state.withLock({ $0.legs }) { leg.task.cancel() }
    }

    /// The same, and waits for it. There are none afterwards.
    func end() async {
        let legs = self.state.withLock { state in
            defer { state = State() }
            return state.legs
        }
        for leg in legs { leg.task.cancel() }
        for leg in legs { await leg.task.value }
    }
}
