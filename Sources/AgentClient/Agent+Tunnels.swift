import AgentProtocol
import JSONText
import Logging
import ProgramKit

/// Other tunnels in the same session.
extension Agent {
    /// Keeps online what is wanted, until the session is over, or the edge has told the agent to end it.
    func tend(
        _ session: AgentSession,
        _ news: AsyncStream<News>,
        _ told: AsyncStream<News>.Continuation,
        _ memory: inout SessionMemory
    ) async {
        var generator = SystemRandomNumberGenerator()
        var patience = Backoff()
        var isAgainComing = false
        var events = news.makeAsyncIterator()
        while true {
            if memory.refused.isEmpty {
                patience.reset()
            } else if !isAgainComing {
                isAgainComing = true
                session.after(patience.wait(using: &generator)) { told.yield(.again) }
            }
            switch await events.next() {
            case nil, .ended, .ordered: return
            case .wanted:
                let (wanted, generation) = self.wanted.latest
                await self.settle(wanted, session, &memory)
                self.board.settled(memory, generation: generation)
                self.legs.follow(memory.online)
                self.tellReady(memory)
            case .again:
                isAgainComing = false
                let refused = memory.refused
                await self.bring(online: self.wanted.current.filter { refused[$0.name] != nil }, session, &memory)
                self.board.retried(memory)
                self.legs.follow(memory.online)
                if memory.refused.isEmpty, !refused.isEmpty { self.tellReady(memory) }
            }
        }
    }

    private func tellReady(_ memory: SessionMemory) {
        do {
            try self.readyFile?.write(Self.readiness(memory))
        } catch {
            self.logger.error("ready file cannot be written", metadata: ["error": "\(error)"])
        }
    }

    /// Takes offline what is not wanted any more, and brings online what was not there before. What is only said of an endpoint
    /// changes while it is online. Of what the edge need not hear nothing is said to it: the next connection is served by the new
    /// tunnel. Whatever is open goes on.
    private func settle(_ tunnels: [Tunnel], _ session: AgentSession, _ memory: inout SessionMemory) async {
        memory.unchanged = [:]
        let wanted = Dictionary(tunnels.map { ($0.name, $0) }) { first, _ in first }
        for (name, online) in memory.online.sorted(by: { $0.key < $1.key }) {
            if let tunnel = wanted[name], let patch = tunnel.patch(of: online),
                session.replace(id: online.id, with: tunnel)
            {
                // What was refused is still to be said at the next change.
                let refusal = patch.isEmpty ? nil : await self.change(name, by: patch, session)
                if let refusal { memory.unchanged[name] = refusal } else { memory.online[name]?.tunnel = tunnel }
            } else {
                await self.takeOffline(name, online.id, session)
                if wanted[name] == nil { memory.online[name] = nil }
            }
        }
        memory.refused = memory.refused.filter { wanted[$0.key] != nil }
        await self.bring(online: tunnels.filter { !session.isOnline(memory.online[$0.name]?.id) }, session, &memory)
    }

    /// The others go on: nobody's tunnels shall end by what was added to them.
    private func bring(online tunnels: [Tunnel], _ session: AgentSession, _ memory: inout SessionMemory) async {
        for tunnel in tunnels {
            let last = memory.last(of: tunnel)
            let before = memory
            memory.online[tunnel.name] = nil
            do {
                let answer = try await session.bring(online: tunnel, last: last)
                let online = SessionMemory.Online(tunnel: tunnel, answer: answer)
                memory.refused[tunnel.name] = nil
                memory.online[tunnel.name] = online
                self.tellOnline(tunnel.name, online)
            } catch is CancellationError {
                return
            } catch {
                self.note("\(error)", of: tunnel.name, last: before.online[tunnel.name], before: before, &memory)
            }
        }
    }

    /// Returns why the edge has not taken it, if it has not.
    private func change(_ name: String, by patch: PatchTunnelState, _ session: AgentSession) async -> String? {
        do {
            try await session.change(name, by: patch)
            self.logger.info("tunnel changed", metadata: ["tunnel.name": "\(name)"])
            return nil
        } catch {
            self.logger.error(
                "tunnel could not be changed, and is online as it was",
                metadata: ["tunnel.name": "\(name)", "error": "\(error)"]
            )
            return "\(error)"
        }
    }

    private func takeOffline(_ name: String, _ id: String, _ session: AgentSession) async {
        do {
            try await session.unbind(name, id: id)
            self.logger.info("tunnel offline", metadata: ["tunnel.name": "\(name)"])
        } catch {
            self.logger.warning(
                "tunnel could not be taken offline",
                metadata: ["tunnel.name": "\(name)", "error": "\(error)"]
            )
        }
    }
}
