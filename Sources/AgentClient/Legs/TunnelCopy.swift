import AgentProtocol
import Logging

/// What is online in the session of a further leg, after the first one's.
struct TunnelCopy {
    private let session: AgentSession
    private let logger: Logger
    private var online: [String: SessionMemory.Online] = [:]
    /// By tunnel name: what the edge said of those that it does not let this leg have.
    private var refused: [String: String] = [:]

    init(session: AgentSession, logger: Logger) {
        self.session = session
        self.logger = logger
    }

    /// Whether nothing is missing.
    var isWhole: Bool { self.refused.isEmpty }

    /// Takes offline what the first leg has no more, and brings online what it has, under the same names and ids. Labelled tunnels
    /// have ids of their own.
    mutating func follow(_ first: [String: SessionMemory.Online]) async {
        self.refused = self.refused.filter { first[$0.key] != nil }
        for (name, mine) in self.online.sorted(by: { $0.key < $1.key }) {
            // What is only said of an endpoint the first leg has said.
            if let theirs = first[name], theirs.tunnel.patch(of: mine) != nil,
                self.session.replace(id: mine.id, with: theirs.tunnel)
            {
                self.online[name]?.tunnel = theirs.tunnel
            } else {
                await self.takeOffline(name, mine.id)
            }
        }
        for (name, theirs) in first.sorted(by: { $0.key < $1.key }) where self.online[name] == nil {
            await self.bring(online: theirs, name)
        }
    }

    private mutating func takeOffline(_ name: String, _ id: String) async {
        self.online[name] = nil
        do {
            try await self.session.unbind(name, id: id)
        } catch {
            self.logger.debug(
                "tunnel could not be taken offline",
                metadata: ["tunnel.name": "\(name)", "error": "\(error)"]
            )
        }
    }

    private mutating func bring(online theirs: SessionMemory.Online, _ name: String) async {
        do {
            let answer = try await self.session.bring(online: theirs.tunnel, last: theirs.bound)
            self.online[name] = SessionMemory.Online(tunnel: theirs.tunnel, answer: answer)
            self.refused[name] = nil
            self.logger.debug("tunnel online", metadata: ["tunnel.name": "\(name)"])
        } catch is CancellationError {
            // The leg is told to stop.
        } catch {
            let reason = "\(error)"
            self.logger.log(
                level: self.refused[name] == reason ? .debug : .error,
                "tunnel is not online",
                metadata: ["tunnel.name": "\(name)", "error": "\(reason)"]
            )
            self.refused[name] = reason
        }
    }
}

extension SessionMemory.Online {
    /// As what it is bound; `nil` for a labelled tunnel.
    fileprivate var bound: BindResp? {
        if case .bound(let response) = self.answer { response } else { nil }
    }
}
