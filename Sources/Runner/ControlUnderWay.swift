import Synchronization

/// The control that is being played while cases are.
///
/// When the cases are through, it comes to its own end all the same: a connection that is cut off could arrive at its
/// upstream during the next control, and be taken for one of that. Only an interruption of the run cuts it off.
final class ControlUnderWay: Sendable {
    private struct State {
        var isInterrupted = false
        var task: Task<String?, Never>?
    }

    private let state = Mutex(State())

    /// Plays a control to its end, whether or not the caller is cancelled.
    func run(_ control: @escaping @Sendable () async -> String?) async -> String? {
        let task = self.state.withLock { state in
            let task = Task { await control() }
            if state.isInterrupted { task.cancel() }
            state.task = task
            return task
        }
        return await task.value
    }

    /// Cuts off the control that is under way, and every later one.
    func interrupt() {
        self.state.withLock { state in
            state.isInterrupted = true
            state.task?.cancel()
        }
    }
}
