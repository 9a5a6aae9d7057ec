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
    /// Whose last session it offers to resume.
    package var resumes: String?

    package init(name: String, plan: ClientPlan, count: Int = 1, resumes: String? = nil) {
        self.name = name
        self.plan = plan
        self.count = count
        self.resumes = resumes
    }
}

/// One thing that happens in a play.
package struct Step: Hashable, Sendable, Codable {
    package var action: Action
    /// What may be seen of its connection, from the connection's beginning to its end.
    package var expectation: GradedExpectation?
    /// Endpoints each of which must have got one of its connections at least.
    package var spread: [String]

    package init(_ action: Action, expectation: GradedExpectation? = nil, spread: [String] = []) {
        self.action = action
        self.expectation = expectation
        self.spread = spread
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
        /// Does something to the target, which is the case's own then.
        case target(TargetAct)
        /// Asks the target's API for something. The target is the case's own then, too.
        case api(APICall)
        /// The webhook has been sent these events since it was looked at last, in this order, and no others.
        case told([ToldEvent])
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
        /// It stands still, its connections open.
        case pause
        case resume
        /// It is told to stop, and nobody waits for that.
        case stop
        /// Its connection to the edge is reset, and no other stands until it is mended.
        case cut
        /// It may connect again; waits until its endpoint is served.
        case mend
        /// It takes this endpoint offline, and waits until it is; others of its go on.
        case unbind
        /// It brings the endpoint online again, and waits until it is or was refused.
        case bind
    }

    /// Endpoints that change are whole plans, each in place of the one with its key.
    package enum TargetAct: Hashable, Sendable, Codable {
        /// Its configuration is written anew, and it is told to read it while connections are open.
        case reload(changed: [EndpointPlan])
        /// The same with a configuration that nothing can read.
        case reloadBroken
        case restart(changed: [EndpointPlan])
        /// Nothing is done to it: it is asked what it has counted.
        case count([TargetCounter: CountExpectation])
        /// It is told to stop, and what it does with open connections is seen.
        case stop
    }
}

extension Play {
    package var endpointsWhoseAgentsAreCut: Set<String> {
        Set(self.moments.joined().compactMap { if case .agent(let key, .cut) = $0.action { key } else { nil } })
    }
}

extension Play {
    /// Whether a webhook of the harness's is to be there.
    package var listensToEvents: Bool {
        self.moments.joined().contains { if case .told = $0.action { true } else { false } }
    }
}

extension Case {
    /// Whether its steps do to a target what other cases would notice, or its limits would.
    package var hasOwnTarget: Bool { !self.limits.isEmpty || self.changesTarget || self.asksAPI }

    /// Whether its target is reloaded, restarted or stopped, or counts.
    package var changesTarget: Bool {
        self.play?.moments.joined().contains { if case .target = $0.action { true } else { false } } ?? false
    }

    package var asksAPI: Bool {
        self.play?.moments.joined().contains { if case .api = $0.action { true } else { false } } ?? false
    }

    /// The plans that its endpoints have at one time or another.
    package var endpointPlans: [EndpointPlan] {
        self.endpoints
            + (self.play?.moments ?? []).joined().flatMap(\.action.changed)
    }
}

extension Step.Action {
    /// The endpoints that are served otherwise after it.
    package var changed: [EndpointPlan] {
        switch self {
        case .target(.reload(let changed)), .target(.restart(let changed)): changed
        case .connect, .open, .say, .hear, .end, .reset, .wait, .agent, .target, .api, .told: []
        }
    }

    /// The player whose step it is.
    package var player: String? {
        switch self {
        case .connect(let name, _), .open(let name), .say(let name, _), .hear(let name, _), .end(let name),
            .reset(let name):
            name
        case .wait, .agent, .target, .api, .told: nil
        }
    }

    /// Whether it makes a connection.
    package var connects: Bool {
        switch self {
        case .connect, .open: true
        case .say, .hear, .end, .reset, .wait, .agent, .target, .api, .told: false
        }
    }

    /// Whether a connection that was open is over after it.
    package var closes: Bool {
        switch self {
        case .end, .reset, .hear(_, .end): true
        case .connect, .open, .say, .hear, .wait, .agent, .target, .api, .told: false
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
        case .target(.reload): "target reload"
        case .target(.reloadBroken): "target reload of a broken file"
        case .target(.restart): "target restart"
        case .target(.stop): "target stop"
        case .target(.count): "counters"
        case .told(let events): "told \(events.count) events"
        case .api(let call):
            "api \(call.method.rawValue) \(call.path)\(call.isOfOtherAccount ? " of another account" : "")"
        }
    }
}
