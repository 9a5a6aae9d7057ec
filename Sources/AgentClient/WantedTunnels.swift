import Synchronization

/// The tunnels that an agent is to keep online. They may be others from one moment to the next.
package final class WantedTunnels: Sendable {
    private struct State {
        /// Of the command line or the files.
        var configured: [Tunnel]
        /// What was started while the agent ran; it outlives what the files say later.
        var added: [Tunnel] = []
        /// Grows with every change.
        var generation = 0
        /// There is one session at a time that wants to know.
        var onChange: (@Sendable () -> Void)?

        var all: [Tunnel] { self.configured + self.added }

        mutating func remove(_ name: String) {
            self.configured.removeAll { $0.name == name }
            self.added.removeAll { $0.name == name }
        }
    }

    private let state: Mutex<State>

    init(_ tunnels: [Tunnel]) {
        self.state = Mutex(State(configured: tunnels))
    }

    var current: [Tunnel] { self.state.withLock { $0.all } }

    /// The tunnels, and which of their changes these are the result of.
    var latest: (tunnels: [Tunnel], generation: Int) { self.state.withLock { ($0.all, $0.generation) } }

    /// Takes these in the place of what the files said before.
    package func replace(with tunnels: [Tunnel]) {
        _ = self.change { state in
            let names = Set(tunnels.map(\.name))
            state.configured = tunnels
            state.added.removeAll { names.contains($0.name) }
            return true
        }
    }

    /// - Returns: The generation that has it; `nil` where there is one of its name.
    func add(_ tunnel: Tunnel) -> Int? {
        self.change { state in
            guard !state.all.contains(where: { $0.name == tunnel.name }) else { return false }
            state.added.append(tunnel)
            return true
        }
    }

    /// - Returns: The generation that has it no more; `nil` where there is none of that name.
    func remove(_ name: String) -> Int? {
        self.change { state in
            guard state.all.contains(where: { $0.name == name }) else { return false }
            state.remove(name)
            return true
        }
    }

    /// Puts a tunnel in the place of the one of its name.
    func put(_ tunnel: Tunnel) -> (generation: Int, isNew: Bool) {
        var isNew = false
        let generation = self.change { state in
            isNew = !state.all.contains { $0.name == tunnel.name }
            state.remove(tunnel.name)
            state.added.append(tunnel)
            return true
        }
        return (generation ?? 0, isNew)
    }

    private func change(_ body: (inout State) -> Bool) -> Int? {
        let (generation, onChange): (Int?, (@Sendable () -> Void)?) = self.state.withLock { state in
            guard body(&state) else { return (nil, nil) }
            state.generation += 1
            return (state.generation, state.onChange)
        }
        onChange?()
        return generation
    }

    /// Called at every change from now on, in place of what was called until now.
    func onChange(_ call: @escaping @Sendable () -> Void) { self.state.withLock { $0.onChange = call } }
}
