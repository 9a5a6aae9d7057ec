import Runner
import ScenarioModel
import Synchronization
import Verdicts

/// Looks on as verdicts come, and ends the run at the first that is not acceptable.
final class FirstFailure: RunObserver {
    private struct State {
        var hasFailed = false
        var end: (@Sendable () -> Void)?
    }

    private let base: any RunObserver
    private let state = Mutex(State())

    init(telling base: any RunObserver) { self.base = base }

    var hasFailed: Bool { self.state.withLock { $0.hasFailed } }

    /// Calls `end` once, at the first failure or now if there was one.
    func whenItComes(_ end: @escaping @Sendable () -> Void) {
        let isThere = self.state.withLock { state in
            state.end = end
            return state.hasFailed
        }
        if isThere { end() }
    }

    func finished(_ result: CaseResult) {
        self.base.finished(result)
        guard !result.verdict.outcome.isAcceptable else { return }
        let end = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.hasFailed else { return nil }
            state.hasFailed = true
            return state.end
        }
        end?()
    }

    func started(total: Int) { self.base.started(total: total) }
    func began(_ testCase: Case) { self.base.began(testCase) }
    func ended(_ testCase: Case) { self.base.ended(testCase) }
    func note(_ text: String) { self.base.note(text) }
}
