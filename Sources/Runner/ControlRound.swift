import ScenarioModel
import Synchronization

/// The controls of one moment, all at once. Each does its echo, and then holds its connection until the controls of the
/// next moment have done theirs: in between no target can have been restarted unseen.
///
/// A control comes to its own end also when the cases are through: a connection that is cut off could arrive at its
/// upstream later. Only an interruption of the run cuts it off.
final class ControlRound: Sendable {
    typealias Hold = @Sendable () async -> Void
    /// Plays a control, which holds where it calls the given function; gives what was wrong with it.
    typealias Play = @Sendable (Case, @escaping Hold) async -> String?

    private struct Echo: Sendable {
        var control: String
        var trouble: String?
    }

    let began = ContinuousClock.now
    private let tasks: [String: Task<String?, Never>]
    private let echoes: AsyncStream<Echo>
    private let gate = Gate()

    init(_ controls: [Case], play: @escaping Play) {
        let (echoes, continuation) = AsyncStream.makeStream(of: Echo.self)
        self.echoes = echoes
        var tasks: [String: Task<String?, Never>] = [:]
        for control in controls {
            tasks[control.id] = Task { [gate] in
                let trouble = await play(control) {
                    continuation.yield(Echo(control: control.id))
                    await gate.pass()
                }
                // News only of one that never came to hold.
                continuation.yield(Echo(control: control.id, trouble: trouble))
                return trouble
            }
        }
        self.tasks = tasks
    }

    /// Waits until each control holds, or has ended before that; gives what was wrong, by the control's id.
    func echoed() async -> [String: String] {
        var pending = Set(self.tasks.keys)
        var troubles: [String: String] = [:]
        for await echo in self.echoes {
            guard pending.remove(echo.control) != nil else { continue }
            troubles[echo.control] = echo.trouble
            if pending.isEmpty { break }
        }
        return troubles
    }

    /// Lets the controls go on to their ends; gives what was wrong, by the control's id.
    func finish() async -> [String: String] {
        self.gate.open()
        var troubles: [String: String] = [:]
        for (control, task) in self.tasks { troubles[control] = await task.value }
        return troubles
    }

    /// Cuts the controls off.
    func interrupt() {
        for task in self.tasks.values { task.cancel() }
        self.gate.open()
    }
}

/// Holds everyone until it is opened.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
