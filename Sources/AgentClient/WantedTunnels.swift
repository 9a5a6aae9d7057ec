import Synchronization

/// The tunnels that an agent is to keep online. They may be others from one moment to the next.
package final class WantedTunnels: Sendable {
    private struct State {
        var tunnels: [Tunnel]
        /// There is one session at a time that wants to know.
        var onChange: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ tunnels: [Tunnel]) {
        self.state = Mutex(State(tunnels: tunnels))
    }

    var current: [Tunnel] { self.state.withLock { $0.tunnels } }

    package func replace(with tunnels: [Tunnel]) {
        let onChange = self.state.withLock { state in
            state.tunnels = tunnels
            return state.onChange
        }
        onChange?()
    }

    /// Called at every change from now on, in place of what was called until now.
    func onChange(_ call: @escaping @Sendable () -> Void) { self.state.withLock { $0.onChange = call } }
}
