import Addresses
import AgentProtocol
import EdgeAPI
import EdgeCore
import EdgeEvents

extension AgentSession {
    /// Tells that it has begun.
    func publishStart(as identity: Identity) {
        self.edge.events.publish(.started(self.event(as: identity), id: RandomText.identifier(prefix: "ev")))
    }

    /// Tells that it is over.
    func publishStop(as identity: Identity, because reason: String) {
        self.edge.events.publish(
            .stopped(
                self.event(as: identity),
                at: .now,
                because: reason,
                id: RandomText.identifier(prefix: "ev")
            )
        )
    }

    private func event(as identity: Identity) -> AgentSessionEvent {
        let base = self.edge.configuration.api?.publicURL
        return AgentSessionEvent(
            accountID: identity.account.id,
            session: ResourceReference(id: self.id, uri: base.map { ObjectAddress.session(self.id, below: $0) }),
            credential: ResourceReference(
                id: identity.credentialID,
                uri: base.map { base in
                    switch self.transport {
                    case .muxado: ObjectAddress.credential(identity.credentialID, below: base)
                    case .ssh: ObjectAddress.sshCredential(identity.credentialID, below: base)
                    }
                }
            ),
            agentAddress: self.address.ip.description,
            ingressServerAddress: self.server.ip.description,
            ingressHostname: self.ingressName,
            region: "local",
            userAgent: identity.agent.userAgent,
            metadata: identity.agent.metadata,
            os: identity.agent.os,
            arch: identity.agent.arch,
            transport: self.transport,
            startedAt: self.startedAt,
            expiresAt: nil,
            deprecation: identity.announcement.map { AgentSessionEvent.Deprecation($0) }
        )
    }
}

extension AgentSessionEvent.Deprecation {
    fileprivate init(_ announcement: AgentVersions.Announcement) {
        self.init(
            upcomingMinimumVersion: announcement.minimum.description,
            upcomingEnforcementDate: announcement.from.start,
            message: announcement.message
        )
    }
}
