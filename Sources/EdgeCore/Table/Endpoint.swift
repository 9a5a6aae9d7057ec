/// A session with an agent, as the table sees it.
package protocol AgentHolder: Hashable, Sendable {
    /// What was made for an endpoint before clients could come to it. The table keeps it with the endpoint, and looks at nothing of
    /// it.
    associatedtype Preparation: Sendable

    /// Whether new connections may be given to it: it answers its heartbeats in time.
    var isReachable: Bool { get }
    /// The agent's, the same in all of its legs.
    var agentID: String { get }
    /// Whether both are connections of one agent, which binds the same endpoints on each.
    func isLeg(of other: Self) -> Bool
}

/// An endpoint that clients can come to, and who takes what they say.
package struct Endpoint<Session: AgentHolder>: Sendable {
    package let configuration: EndpointConfiguration
    /// It has no other place than this, so that it is gone with the endpoint, and can be found for no other that has its name or id
    /// later.
    package let preparation: Session.Preparation
    package let backend: Backend

    package init(_ configuration: EndpointConfiguration, prepared preparation: Session.Preparation, backend: Backend) {
        self.configuration = configuration
        self.preparation = preparation
        self.backend = backend
    }

    package enum Backend: Sendable {
        /// The agent that has bound it.
        case session(Session)
        /// The tunnels of its account that have the labels.
        case tunnels(BackendPlan)
    }
}

/// What a client's name has led to.
package struct FoundEndpoint<Session: AgentHolder>: Sendable {
    package let endpoint: Endpoint<Session>
    /// Whom its connection is given to; `nil` where nobody is there to take it, as at a TLS edge without tunnels.
    package let member: Member<Session>?

    package var configuration: EndpointConfiguration { self.endpoint.configuration }

    package init(endpoint: Endpoint<Session>, member: Member<Session>?) {
        self.endpoint = endpoint
        self.member = member
    }
}

/// Whom a connection is given to: an agent's session, and the id by which that agent knows what it is for.
package struct Member<Session: AgentHolder>: Hashable, Sendable {
    package let session: Session
    /// A bind's id or a labelled tunnel's.
    package let id: String

    package init(session: Session, id: String) {
        self.session = session
        self.id = id
    }
}

/// Which tunnels take the connections of a TLS edge: a tunnel group's labels, or groups behind a weighted or failover backend.
package indirect enum BackendPlan: Hashable, Sendable {
    /// Tunnels that have all of these labels, with these values.
    case group(labels: [String: String])
    /// One of them for each connection, as often as its weight is of all; one without a tunnel has none.
    case weighted([Weighted])
    /// The first that has a tunnel.
    case failover([BackendPlan])

    package struct Weighted: Hashable, Sendable {
        package let plan: BackendPlan
        /// 0 takes no connections.
        package let weight: Int

        package init(_ plan: BackendPlan, weight: Int) {
            self.plan = plan
            self.weight = weight
        }
    }

    /// The labels of every group in it.
    var selectors: Set<[String: String]> {
        switch self {
        case .group(let labels): [labels]
        case .weighted(let plans): plans.reduce(into: []) { $0.formUnion($1.plan.selectors) }
        case .failover(let plans): plans.reduce(into: []) { $0.formUnion($1.selectors) }
        }
    }
}
