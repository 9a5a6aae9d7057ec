/// A case of several connections: who there is, and what they do.
package struct Play: Hashable, Sendable, Codable {
    package var players: [Player]
    /// One after the other; the steps of one moment are done at once.
    package var moments: [[Step]]

    package init(players: [Player], moments: [[Step]]) {
        self.players = players
        self.moments = moments
    }
}

/// A client of a play, or so many of its like that do everything together.
package struct Player: Hashable, Sendable, Codable {
    /// What the scenario file calls it: `first`.
    package var name: String
    package var plan: ClientPlan
    package var count: Int

    package init(name: String, plan: ClientPlan, count: Int = 1) {
        self.name = name
        self.plan = plan
        self.count = count
    }
}

/// One thing that happens in a play.
package struct Step: Hashable, Sendable, Codable {
    package var action: Action
    /// What may be seen of its connection, from the connection's beginning to its end.
    package var expectation: GradedExpectation?

    package init(_ action: Action, expectation: GradedExpectation? = nil) {
        self.action = action
        self.expectation = expectation
    }

    package enum Action: Hashable, Sendable, Codable {
        /// A connection from its beginning to its end.
        case connect(String, Exchange)
        /// A connection that stays: it is open when its first line has come back.
        case open(String)
        case say(String, Speech)
        case hear(String, Hearing)
        /// Ends an open connection in order, and sees how that is answered.
        case end(String)
        case reset(String)
        case wait(milliseconds: Int)
        /// Does something to the agent of the endpoint with this key.
        case agent(String, AgentAct)
    }

    /// What is said on an open connection. What is said in lines comes back as it is.
    package enum Speech: Hashable, Sendable, Codable {
        case line
        /// So many bytes, whose arrival the upstream confirms.
        case upload(count: Int)
        /// A line that asks the upstream for so many bytes.
        case request(count: Int)
    }

    package enum Hearing: Hashable, Sendable, Codable {
        /// All that the upstream owes.
        case all
        /// So many bytes of what it owes.
        case some(count: Int)
        /// Whatever of it still comes, until the connection ends.
        case end
    }

    package enum AgentAct: String, CaseIterable, Hashable, Sendable, Codable {
        /// Without a goodbye.
        case kill
        /// Starts it again, and waits until its endpoint is served.
        case start
    }
}

extension Step.Action {
    /// The player whose step it is.
    package var player: String? {
        switch self {
        case .connect(let name, _), .open(let name), .say(let name, _), .hear(let name, _), .end(let name),
            .reset(let name):
            name
        case .wait, .agent: nil
        }
    }

    /// Whether it makes a connection.
    package var connects: Bool {
        switch self {
        case .connect, .open: true
        case .say, .hear, .end, .reset, .wait, .agent: false
        }
    }

    /// Whether a connection that was open is over after it.
    package var closes: Bool {
        switch self {
        case .end, .reset, .hear(_, .end): true
        case .connect, .open, .say, .hear, .wait, .agent: false
        }
    }
}

extension Step.Action: CustomStringConvertible {
    /// As the scenario file has it: `hear first`.
    package var description: String {
        switch self {
        case .connect(let name, _): "connect \(name)"
        case .open(let name): "open \(name)"
        case .say(let name, .line): "say \(name)"
        case .say(let name, .upload(let count)): "say \(name), up \(count)"
        case .say(let name, .request(let count)): "say \(name), down \(count)"
        case .hear(let name, .all): "hear \(name)"
        case .hear(let name, .some(let count)): "hear \(name), down \(count)"
        case .hear(let name, .end): "hear \(name) until the end"
        case .end(let name): "end \(name)"
        case .reset(let name): "reset \(name)"
        case .wait(let milliseconds): "wait \(milliseconds) ms"
        case .agent(let endpoint, let act): "agent \(endpoint) \(act.rawValue)"
        }
    }
}
