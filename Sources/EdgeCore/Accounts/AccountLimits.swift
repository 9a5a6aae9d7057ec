/// How much an account may have of what the edge has for all; `nil` is as much as there is.
package struct AccountLimits: Codable, Hashable, Sendable {
    /// Endpoints of agents and labelled tunnels at once.
    package var endpoints: Int?
    /// Agents at once. The legs of one agent are one.
    package var agents: Int?
    /// Clients' connections that find an endpoint, whoever they are from.
    package var connectionsPerMinute: Int?

    package init(endpoints: Int? = nil, agents: Int? = nil, connectionsPerMinute: Int? = nil) {
        self.endpoints = endpoints
        self.agents = agents
        self.connectionsPerMinute = connectionsPerMinute
    }

    /// With what the plan says where these say nothing.
    package func completed(by plan: Plan) -> AccountLimits {
        AccountLimits(
            endpoints: self.endpoints ?? plan.limits.endpoints,
            agents: self.agents ?? plan.limits.agents,
            connectionsPerMinute: self.connectionsPerMinute ?? plan.limits.connectionsPerMinute
        )
    }

    package enum CodingKeys: String, CodingKey {
        case endpoints, agents
        case connectionsPerMinute = "connections_per_minute"
    }
}
