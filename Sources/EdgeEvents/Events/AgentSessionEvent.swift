package import EdgeCore
import JSONText

/// What `agent_session_start.v0` and `agent_session_stop.v0` tell of an agent's session.
package struct AgentSessionEvent: Hashable, Sendable {
    /// What carries the session's streams.
    package enum Transport: String, Hashable, Sendable {
        case muxado, ssh
    }

    /// What an agent is told that must be replaced by a newer one.
    package struct Deprecation: Hashable, Sendable {
        package var upcomingMinimumVersion: String
        package var upcomingEnforcementDate: String
        package var message: String

        package init(upcomingMinimumVersion: String, upcomingEnforcementDate: String, message: String) {
            self.upcomingMinimumVersion = upcomingMinimumVersion
            self.upcomingEnforcementDate = upcomingEnforcementDate
            self.message = message
        }
    }

    package var accountID: String
    package var session: ResourceReference
    /// The authtoken's; `nil` for one that has no object of its own.
    package var credential: ResourceReference?
    package var agentAddress: String
    /// The edge's own address and name, as the agent dialled them.
    package var ingressServerAddress: String
    package var ingressHostname: String
    package var region: String
    package var userAgent: String
    package var metadata: String
    package var os: String
    package var arch: String
    package var transport: Transport
    package var startedAt: Timestamp
    /// `nil` for a session without an end.
    package var expiresAt: Timestamp?
    package var deprecation: Deprecation?

    package init(
        accountID: String,
        session: ResourceReference,
        credential: ResourceReference?,
        agentAddress: String,
        ingressServerAddress: String,
        ingressHostname: String,
        region: String,
        userAgent: String,
        metadata: String,
        os: String,
        arch: String,
        transport: Transport,
        startedAt: Timestamp,
        expiresAt: Timestamp?,
        deprecation: Deprecation?
    ) {
        self.accountID = accountID
        self.session = session
        self.credential = credential
        self.agentAddress = agentAddress
        self.ingressServerAddress = ingressServerAddress
        self.ingressHostname = ingressHostname
        self.region = region
        self.userAgent = userAgent
        self.metadata = metadata
        self.os = os
        self.arch = arch
        self.transport = transport
        self.startedAt = startedAt
        self.expiresAt = expiresAt
        self.deprecation = deprecation
    }
}

extension EdgeEvent {
    /// `agent_session_start.v0`, at the time of the session's start.
    ///
    /// - Parameter error: Why the session did not come about; empty for one that did.
    package static func started(_ session: AgentSessionEvent, error: String = "", id: String) -> EdgeEvent {
        EdgeEvent(
            id: id,
            type: .agentSessionStarted,
            timestamp: session.startedAt,
            accountID: session.accountID,
            principal: nil,
            object: session.object(stoppedAt: nil, error: error)
        )
    }

    /// `agent_session_stop.v0`
    ///
    /// - Parameter reason: Why the session ended.
    package static func stopped(
        _ session: AgentSessionEvent,
        at timestamp: Timestamp,
        because reason: String,
        id: String
    ) -> EdgeEvent {
        EdgeEvent(
            id: id,
            type: .agentSessionStopped,
            timestamp: timestamp,
            accountID: session.accountID,
            principal: nil,
            object: session.object(stoppedAt: timestamp, error: reason)
        )
    }
}

extension AgentSessionEvent {
    fileprivate func object(stoppedAt: Timestamp?, error: String) -> JSONValue {
        .object([
            .init("session", self.session.json),
            .init("credential", self.credential?.json ?? .null),
            .init("agent_ip", .string(self.agentAddress)),
            .init("ingress_server_ip", .string(self.ingressServerAddress)),
            .init("region", .string(self.region)),
            .init("ingress_hostname", .string(self.ingressHostname)),
            .init("user_agent", .string(self.userAgent)),
            .init("metadata", .string(self.metadata)),
            .init("os", .string(self.os)),
            .init("arch", .string(self.arch)),
            .init("transport", .string(self.transport.rawValue)),
            .init("started_at", .string(self.startedAt.description)),
            .init("expires_at", Self.json(self.expiresAt)),
            .init("stopped_at", Self.json(stoppedAt)),
            .init("deprecated", self.deprecation?.json ?? .null),
            .init("error", .string(error)),
        ])
    }

    private static func json(_ timestamp: Timestamp?) -> JSONValue {
        timestamp.map { .string($0.description) } ?? .null
    }
}

extension AgentSessionEvent.Deprecation {
    fileprivate var json: JSONValue {
        .object([
            .init("upcoming_minimum_version", .string(self.upcomingMinimumVersion)),
            .init("upcoming_enforcement_date", .string(self.upcomingEnforcementDate)),
            .init("message", .string(self.message)),
        ])
    }
}
