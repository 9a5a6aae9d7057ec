package import EdgeCore

/// What is online, which no store keeps.
package struct LiveResources: Hashable, Sendable {
    package var endpoints: [EndpointStatus] = []
    package var tunnels: [TunnelStatus] = []
    package var sessions: [TunnelSessionStatus] = []

    package init() {}

    /// The names that agents serve themselves, and for which account.
    var agentNames: [DomainName: String] {
        // Pooled endpoints share a name, of one account.
        Dictionary(
            self.endpoints.filter { $0.edgeID == nil }.map { ($0.name, $0.accountID) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

/// Something of an account that is online for a while.
package protocol LiveResource: Hashable, Sendable {
    var id: String { get }
    var accountID: String { get }
    var startedAt: Timestamp { get }
}

/// A name that clients can come by now.
package struct EndpointStatus: LiveResource {
    /// `ep_…`
    package var id: String
    package var accountID: String
    package var startedAt: Timestamp
    package var updatedAt: Timestamp
    package var name: DomainName
    /// What its agent calls it.
    package var title = ""
    package var metadata = ""
    package var description = ""
    /// Of the reserved domain, where the name is one.
    package var domainID: String?
    /// Of the edge that serves it; `nil` where an agent does.
    package var edgeID: String?
    package var tunnelID: String?
    package var sessionID: String?
    package var credentialID: String?
    /// Where the agent forwards to, as it says.
    package var forwardsTo = ""
    package var trafficPolicy = ""
    package var isPooled = false
    /// Reached by forwarding alone.
    package var isInternal = false
    package var port: UInt16 = 443
    package var termination = Termination.beyond
    /// Of the session that has bound it.
    package var transport = SessionTransport.agent
    package var hasPolicy = false

    /// Where its clients' TLS ends.
    package enum Termination: Hashable, Sendable {
        case edge
        /// At the edge for those whom its policy brings so far.
        case policy
        /// At the agent or at the upstream, which the edge cannot tell apart.
        case beyond
    }

    var url: String { self.port == 443 ? "tls://\(self.name)" : "tls://\(self.name):\(self.port)" }

    package init(id: String, accountID: String, startedAt: Timestamp, name: DomainName) {
        self.id = id
        self.accountID = accountID
        self.startedAt = startedAt
        self.updatedAt = startedAt
        self.name = name
    }
}

/// What an agent has bound: a name, or labels.
package struct TunnelStatus: LiveResource {
    /// `tn_…`
    package var id: String
    package var accountID: String
    package var startedAt: Timestamp
    /// `nil` for one that was bound by labels.
    package var name: DomainName?
    package var metadata = ""
    package var labels: [String: String] = [:]
    package var sessionID: String
    package var endpointID: String?
    package var forwardsTo = ""

    package init(id: String, accountID: String, startedAt: Timestamp, sessionID: String) {
        self.id = id
        self.accountID = accountID
        self.startedAt = startedAt
        self.sessionID = sessionID
    }
}

/// How a session is connected.
package enum SessionTransport: String, Hashable, Sendable {
    case agent = "ngrok/v2"
    case ssh
}

/// An agent that is connected, or an SSH client.
package struct TunnelSessionStatus: LiveResource {
    /// `ts_…`
    package var id: String
    package var accountID: String
    package var startedAt: Timestamp
    package var credentialID: String
    package var agentVersion = ""
    package var ip = ""
    package var metadata = ""
    package var os = ""
    /// What it says it is.
    package var client = ""
    /// Whether a heartbeat is due that it has not answered.
    package var isLate = false
    package var transport = SessionTransport.agent

    package init(id: String, accountID: String, startedAt: Timestamp, credentialID: String) {
        self.id = id
        self.accountID = accountID
        self.startedAt = startedAt
        self.credentialID = credentialID
    }
}
