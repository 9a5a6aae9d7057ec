/// What may be asked of an agent that runs: how it is, and to start and stop tunnels. One of them never touches another.
package struct AgentControl: Sendable {
    private let wanted: WantedTunnels
    private let board: StatusBoard

    init(wanted: WantedTunnels, board: StatusBoard) {
        self.wanted = wanted
        self.board = board
    }

    package var status: AgentStatus { self.board.status(of: self.wanted.current) }

    /// Why a tunnel was not started or changed. It is then as if nobody had asked.
    package enum Refusal: Error, Hashable, Sendable {
        /// The agent is not connected, or loses the connection while it asks.
        case noSession
        case nameTaken
        /// In the edge's words, with its ERR_NGROK code.
        case refused(String)
    }

    /// Brings another tunnel online, which stays wanted until it is stopped, also when the files are read again.
    package func start(_ tunnel: Tunnel) async throws(Refusal) -> AgentStatus.TunnelStatus {
        guard self.board.hasSession else { throw .noSession }
        guard let generation = self.wanted.add(tunnel) else { throw .nameTaken }
        return try await self.outcome(of: tunnel, generation)
    }

    /// Puts a tunnel in the place of the one that has its name, or starts it where there is none.
    package func put(_ tunnel: Tunnel) async throws(Refusal) -> (status: AgentStatus.TunnelStatus, isNew: Bool) {
        guard self.board.hasSession else { throw .noSession }
        let (generation, isNew) = self.wanted.put(tunnel)
        return (try await self.outcome(of: tunnel, generation), isNew)
    }

    /// Takes a tunnel offline. Its connections go on.
    ///
    /// - Returns: Whether there was one of that name.
    package func stop(_ name: String) async -> Bool {
        guard let generation = self.wanted.remove(name) else { return false }
        await self.board.settles(generation)
        self.board.traffic.forget(name)
        return true
    }

    private func outcome(of tunnel: Tunnel, _ generation: Int) async throws(Refusal) -> AgentStatus.TunnelStatus {
        await self.board.settles(generation)
        if let reason = self.board.unchanged(tunnel.name) { throw .refused(reason) }
        guard let status = self.status.tunnel(named: tunnel.name) else { throw .noSession }
        switch status.state {
        case .online: return status
        case .refused(let reason):
            // Whoever asked is told, and may ask again.
            _ = self.wanted.remove(tunnel.name)
            throw .refused(reason)
        case .offline:
            _ = self.wanted.remove(tunnel.name)
            throw .noSession
        }
    }
}
