import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Clock {
    package struct Instant: InstantProtocol {
        let offset: Duration
        package func advanced(by duration: Duration) -> Instant { Instant(offset: self.offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - self.offset }
        package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var lastID = 0
        var sleepers: [Int: Sleeper] = [:]
        /// Tests that wait for somebody to sleep so long.
        var watchers: [(duration: Duration, continuation: CheckedContinuation<Void, Never>)] = []

        func isAsleep(for duration: Duration) -> Bool {
            self.sleepers.values.contains { $0.deadline - self.now == duration }
        }
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { Instant(offset: self.state.withLock { $0.now }) }
    package var minimumResolution: Duration { .nanoseconds(1) }
    /// Since it was made.
    package var elapsed: Duration { self.state.withLock { $0.now } }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let watchers = self.state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                    guard !Task.isCancelled, deadline.offset > state.now else { return nil }
                    state.sleepers[id] = Sleeper(deadline: deadline.offset, continuation: continuation)
                    let done = state.watchers.filter { state.isAsleep(for: $0.duration) }
                    let left = state.watchers.filter { !state.isAsleep(for: $0.duration) }
                    state.watchers = left
                    return done.map(\.continuation)
                }
                guard let watchers else { return continuation.resume(with: Self.end) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper = self.state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private static var end: Result<Void, any Error> {
        Task.isCancelled ? .failure(CancellationError()) : .success(())
    }

    /// Waits until somebody sleeps, and has so long to go.
    package func awaitSleep(of duration: Duration) async {
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                guard !state.isAsleep(for: duration) else { return true }
                state.watchers.append((duration, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// Moves it, and wakes whose time has come.
    package func advance(by duration: Duration) {
        let woken = self.state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for sleeper in woken { sleeper.resume() }
    }
}
