import Addresses
import Legs
import NIOCore
import OpenSSLEngine
import ScenarioModel
import Synchronization

/// One endpoint's place in the fleet: its port, and everyone who came.
final class UpstreamSlot: Sendable {
    let endpoint: UpstreamFleet.Endpoint
    let tls: OpenSSLConfiguration?
    let ledger: ConnectionLedger

    /// For connections that come while no case is played here: somebody was misrouted, and is to be seen.
    private static let defaultDeadline: Duration = .seconds(60)

    /// An upstream outwaits its client, whose deadline decides: otherwise its own giving up would reach the client as FIN.
    private static let grace: Duration = .seconds(1)

    private struct State {
        var address: TransportAddress?
        var sharedPort: SharedPort?
        var listener: (any Channel)?
        var reservation: ReservedPort?
        var caseStart: ContinuousClock.Instant?
        /// When the connections of the case that is played here must have ended.
        var end: ContinuousClock.Instant?
        var script = UpstreamScript()
        var connections: [UpstreamServing] = []
        var openCount = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var waiterCount = 0

        /// Of a control the next round's is at the same upstream by now.
        func hasOpen(of visit: UpstreamFleet.Visit) -> Bool {
            self.connections.contains { !$0.hasEnded && ($0.visit.map { $0 == visit } ?? true) }
        }
    }

    private let state = Mutex(State())

    init(_ endpoint: UpstreamFleet.Endpoint, tls: OpenSSLConfiguration?, ledger: ConnectionLedger) {
        self.endpoint = endpoint
        self.tls = tls
        self.ledger = ledger
    }

    var address: TransportAddress? { self.state.withLock { $0.address } }
    var sharedPort: SharedPort? { self.state.withLock { $0.sharedPort } }
    var servings: [UpstreamServing] { self.state.withLock { $0.connections } }

    func hold(_ listener: any Channel) {
        let address = TransportAddress(listener.localAddress)
        self.state.withLock { state in
            state.listener = listener
            state.address = address
        }
    }

    func hold(_ port: SharedPort) {
        self.state.withLock { state in
            state.sharedPort = port
            state.address = port.address
        }
    }

    func hold(_ reservation: ReservedPort) {
        self.state.withLock { state in
            state.reservation = reservation
            state.address = TransportAddress(ip: .loopback, port: reservation.port)
        }
    }

    func begin(_ script: UpstreamScript, at caseStart: ContinuousClock.Instant, deadline: Duration) {
        self.state.withLock { state in
            state.caseStart = caseStart
            state.end = caseStart + deadline + Self.grace
            state.script = script
        }
    }

    /// What timelines count from: the case's beginning, or this moment when nobody announced one.
    var caseStart: ContinuousClock.Instant { self.state.withLock { $0.caseStart } ?? .now }

    func accepted(_ leg: Leg) -> UpstreamServing {
        let now = ContinuousClock.now
        let (serving, end) = self.state.withLock { state in
            let serving = UpstreamServing(leg: leg, slot: self, script: state.script, acceptedAt: now)
            state.connections.append(serving)
            state.openCount += 1
            // One that comes when the case is over is somebody else's.
            let end = state.end.flatMap { $0 > now ? $0 : nil } ?? now + Self.defaultDeadline
            return (serving, end)
        }
        self.ledger.accepted(serving)
        leg.setDeadline(end)
        return serving
    }

    func connectionEnded() {
        self.state.withLock { $0.openCount -= 1 }
        self.lookAgain()
    }

    /// A connection has ended, or it is known whose it is: whoever waits for his own may find none open.
    func lookAgain() {
        let waiters = self.state.withLock { state in
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Drops the connections that have ended and that the condition holds for.
    func forgetEnded(where isForgotten: (UpstreamServing) -> Bool) {
        self.state.withLock { state in state.connections.removeAll { $0.hasEnded && isForgotten($0) } }
    }

    func expireConnections() {
        for connection in self.state.withLock({ $0.connections }) { connection.leg.expire() }
    }

    func stopListening() async {
        let listener = self.state.withLock { state in
            defer {
                state.listener = nil
                state.reservation = nil
            }
            return state.listener
        }
        // It may have been closed already; closed is what it should be.
        try? await listener?.close()
    }

    func waitUntilIdle() async {
        while self.state.withLock({ $0.openCount }) > 0 { await self.waitForNews(while: { $0.openCount > 0 }) { _ in } }
    }

    /// Waits until none is open that is this visit's, or may be.
    func waitUntilIdle(
        of visit: UpstreamFleet.Visit,
        before limit: ContinuousClock.Instant,
        on eventLoop: any EventLoop
    ) async -> Bool {
        while self.state.withLock({ $0.hasOpen(of: visit) }) {
            let remaining = limit - ContinuousClock.now
            guard remaining > .zero else { return false }
            var timer: Scheduled<Void>?
            await self.waitForNews(while: { $0.hasOpen(of: visit) }) { waiter in
                timer = eventLoop.scheduleTask(in: TimeAmount(remaining)) { self.giveUp(waiter) }
            }
            timer?.cancel()
        }
        return true
    }

    /// Returns at the next news of a connection, or when the waiter is told to give up.
    private func waitForNews(while isOpen: (State) -> Bool, _ started: (Int) -> Void) async {
        await withCheckedContinuation { continuation in
            let waiter: Int? = self.state.withLock { state in
                guard isOpen(state) else { return nil }
                state.waiterCount += 1
                state.waiters[state.waiterCount] = continuation
                return state.waiterCount
            }
            if let waiter { started(waiter) } else { continuation.resume() }
        }
    }

    private func giveUp(_ waiter: Int) {
        self.state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
    }
}
