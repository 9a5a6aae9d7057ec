import AgentProtocol

/// What a session leaves to the next one, so that the edge takes the agent for the same and random names survive.
struct SessionMemory: Sendable {
    var clientID = ""
    var cookie = ""
    /// The edge's name for it.
    var sessionID = ""
    /// By tunnel name: what is bound, or was last.
    var binds: [String: Bound] = [:]

    /// By tunnel name: those that the edge has refused, and that are asked for again.
    var refused: [String: Refused] = [:]

    struct Bound: Sendable {
        var tunnel: Tunnel
        /// What the edge answered.
        var response: BindResp
    }

    struct Refused: Sendable {
        /// What the edge said, which is told once and not at every attempt.
        var reason: String
        /// As what it was bound before.
        var last: Bound?
    }

    /// What a tunnel was bound as before, where it still asks for that name.
    func last(of tunnel: Tunnel) -> BindResp? {
        (self.binds[tunnel.name] ?? self.refused[tunnel.name]?.last).flatMap {
            $0.tunnel.options.asksForName(of: tunnel.options) ? $0.response : nil
        }
    }
}

extension Tunnel {
    /// Whether the edge need not hear of it when this one takes the other's place.
    func asksTheSame(as other: Tunnel) -> Bool {
        self.options == other.options && self.metadata == other.metadata
            && self.upstream.description == other.upstream.description
    }
}

extension TLSOptions {
    fileprivate func asksForName(of other: TLSOptions) -> Bool {
        self.url == other.url && self.domain == other.domain && self.hostname == other.hostname
            && self.subdomain == other.subdomain
    }
}
