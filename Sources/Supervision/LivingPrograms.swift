internal import Glibc
internal import Synchronization

/// The supervised programs of this process that have not gone yet, so that all can be ended when it must leave at once.
package enum LivingPrograms {
    private struct State {
        var references: [ObjectIdentifier: Reference] = [:]
        /// This process leaves, and whatever still starts is killed.
        var isLeaving = false
    }

    private struct Reference {
        weak let process: SupervisedProcess?
    }

    private static let state = Mutex(State())

    static func add(_ process: SupervisedProcess) {
        let isTooLate = self.state.withLock { state in
            state.references[ObjectIdentifier(process)] = Reference(process: process)
            return state.isLeaving
        }
        if isTooLate { process.send(.kill) }
    }

    /// - Parameter identifier: the process's, while it still has its address.
    static func remove(_ identifier: ObjectIdentifier) {
        self.state.withLock { _ = $0.references.removeValue(forKey: identifier) }
    }

    /// Kills every program with all that it started, and waits until they have gone or the time is up. Programs that
    /// are started later are killed as well: this process is about to exit.
    package static func killAll(within limit: Duration = .seconds(2)) {
        let processes = self.state.withLock { state in
            state.isLeaving = true
            return state.references.values.compactMap(\.process)
        }
        for process in processes { process.send(.kill) }
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline, processes.contains(where: { $0.status == nil }) {
            // Nothing tells of a child's end but SIGCHLD, which is not ours to take.
            usleep(2_000)
        }
    }
}
