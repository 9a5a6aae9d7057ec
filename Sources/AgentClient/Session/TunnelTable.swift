import Synchronization

/// The tunnels that are bound or started in one session, by the ids the edge names them with.
final class TunnelTable: Sendable {
    private struct State {
        var tunnels: [String: Tunnel] = [:]
        var isOpen = true
    }

    private let state = Mutex(State())

    func insert(_ tunnel: Tunnel, id: String) {
        self.state.withLock { $0.tunnels[id] = tunnel }
    }

    func remove(id: String) -> Tunnel? {
        self.state.withLock { $0.tunnels.removeValue(forKey: id) }
    }

    /// Connections that come from now on are the other's. Returns whether the id is online.
    func replace(id: String, with tunnel: Tunnel) -> Bool {
        self.state.withLock { state in
            guard state.tunnels[id] != nil else { return false }
            state.tunnels[id] = tunnel
            return true
        }
    }

    /// `nil` for unknown ids, and for every id once the table is closed.
    func find(id: String) -> Tunnel? {
        self.state.withLock { $0.isOpen ? $0.tunnels[id] : nil }
    }

    /// Lets no further connection in, and returns the ids to unbind.
    func close() -> [String] {
        self.state.withLock { state in
            state.isOpen = false
            return state.tunnels.keys.sorted()
        }
    }
}
