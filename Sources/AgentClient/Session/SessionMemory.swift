import AgentProtocol

/// What a session leaves to the next one, so that the edge takes the agent for the same and random names survive.
struct SessionMemory: Sendable {
    var clientID = ""
    var cookie = ""
    /// The edge's name for it.
    var sessionID = ""
    /// By tunnel name: what is online, or was last.
    var online: [String: Online] = [:]

    /// By tunnel name: those that the edge has refused, and that are asked for again.
    var refused: [String: Refused] = [:]

    /// By tunnel name: why the edge goes on with what was said of an endpoint before.
    var unchanged: [String: String] = [:]

    struct Online: Sendable {
        var tunnel: Tunnel
        var answer: Answer

        /// By which the edge's streams name it.
        var id: String {
            switch self.answer {
            case .bound(let response): response.id
            case .started(let response): response.id
            }
        }
    }

    /// What the edge said when it was asked for the tunnel.
    enum Answer: Sendable {
        case bound(BindResp)
        case started(StartTunnelWithLabelResp)
    }

    struct Refused: Sendable {
        /// What the edge said, which is told once and not at every attempt.
        var reason: String
        /// As what it was online before.
        var last: Online?
    }

    /// What a tunnel was bound as before, where it still asks for that name. A labelled one has none, and gets a new id.
    func last(of tunnel: Tunnel) -> BindResp? {
        guard let last = self.online[tunnel.name] ?? self.refused[tunnel.name]?.last,
            case .bound(let response) = last.answer,
            let before = last.tunnel.bind?.options, let now = tunnel.bind?.options, before.asksForName(of: now)
        else { return nil }
        return response
    }
}

extension TLSOptions {
    fileprivate func asksForName(of other: TLSOptions) -> Bool {
        self.url == other.url && self.domain == other.domain && self.hostname == other.hostname
            && self.subdomain == other.subdomain
    }
}
