import Synchronization

/// Wakes the one task that waits for it, or that waits next. A wait that was cancelled spoils none after it, as it would an
/// `AsyncStream`'s.
package final class WakeUp: Sendable {
    private struct State {
        var hasRung = false
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { self.waiter = nil }
            return self.waiter
        }
    }

    private let state = Mutex(State())

    package init() {}

    package func ring() {
        let waiter = self.state.withLock { state in
            let waiter = state.takeWaiter()
            state.hasRung = waiter == nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at once where it has rung since the last time, and where the task is cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    guard !Task.isCancelled, !state.hasRung else {
                        state.hasRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.takeWaiter() }?.resume()
        }
    }
}
