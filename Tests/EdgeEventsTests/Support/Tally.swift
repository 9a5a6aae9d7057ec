import EdgeEvents
import Synchronization

/// What became of events, which a test can wait for.
final class Tally: Sendable {
    private struct State {
        var counts: [EventOutcome: Int] = [:]
        var waiting: [(isReached: ([EventOutcome: Int]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var counts: [EventOutcome: Int] { self.state.withLock { $0.counts } }

    var counting: EventCounting {
        { outcome, count in
            let reached = self.state.withLock { state in
                state.counts[outcome, default: 0] += count
                let counts = state.counts
                let reached = state.waiting.filter { $0.isReached(counts) }.map(\.continuation)
                state.waiting.removeAll { $0.isReached(counts) }
                return reached
            }
            for continuation in reached { continuation.resume() }
        }
    }

    /// Waits until so many have come to this.
    func wait(for outcome: EventOutcome, _ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = self.state.withLock { state in
                if state.counts[outcome, default: 0] >= count { return true }
                state.waiting.append(({ $0[outcome, default: 0] >= count }, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}
