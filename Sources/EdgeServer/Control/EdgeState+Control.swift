import Addresses
import AgentProtocol
import EdgeAPI
import EdgeControl
import EdgeCore
import EdgeEvents
import Logging
import Synchronization

extension EdgeState: ControlPlane {
    var state: ControlState { self.keeper.state }

    func change<Result: Sendable>(
        by author: ChangeAuthor,
        _ body: @escaping @Sendable (inout ControlState) throws(ControlError) -> Result
    ) async throws -> Result {
        try await self.keeper.change({ state in try body(&state) }, publish: { self.publish($0, by: author) })
    }

    /// Makes the state have what the configuration file says. Not from an event loop.
    ///
    /// - Returns: what the file no longer has, and is there still, since something refers to it.
    func apply(_ seed: Seed) throws -> [ObjectKey] {
        try self.keeper.changeNow(
            { state in try state.apply(seed, context: ChangeContext(now: .now)) },
            publish: { self.publish($0, by: nil) }
        )
    }

    func publish(_ transition: ControlTransition, by author: ChangeAuthor?) {
        self.tell(of: transition, by: author)
        self.publish(transition.after)
    }

    func perform(_ command: SessionCommand, sessionID: String) async throws {
        guard let session = self.openSessions.first(where: { $0.id == sessionID }) else {
            throw ControlError(.notFound, code: nil, "There is no session '\(sessionID)'. It may have ended.")
        }
        do throws(NgrokError) {
            switch command {
            case .stop: try await session.perform(.stop)
            case .restart: try await session.perform(.restart)
            case .update: try await session.perform(.update(version: "", permitMajorVersion: false))
            }
        } catch {
            throw ControlError(.unavailable, code: error.code, error.message)
        }
    }

    // MARK: What is online

    var live: LiveResources {
        let (bound, attached, tunnels) = self.table.withLock {
            ($0.boundEndpoints, $0.attachedConfigurations, $0.tunnels)
        }
        var live = LiveResources()
        live.endpoints =
            bound.map { EndpointStatus($0.configuration, session: $0.session) }
            + attached.map { EndpointStatus($0, session: nil) }
        live.tunnels =
            bound.compactMap { TunnelStatus($0.configuration, session: $0.session) }
            + tunnels.map { TunnelStatus($0.tunnel, session: $0.session) }
        live.sessions = self.openSessions.compactMap { TunnelSessionStatus($0) }
        return live
    }

    func recentConnections(of accountID: String) -> [ConnectionStatus] { self.recent.all(of: accountID) }
}

extension EndpointStatus {
    fileprivate init(_ configuration: EndpointConfiguration, session: AgentSession?) {
        let details = configuration.details
        self.init(
            id: details.resourceID,
            accountID: configuration.accountID,
            startedAt: details.createdAt,
            name: configuration.name
        )
        self.metadata = details.metadata
        self.title = details.name
        self.description = details.description
        self.edgeID = details.edgeID
        self.tunnelID = details.tunnelID
        self.sessionID = session?.id
        self.credentialID = session?.identity?.credentialID
        self.forwardsTo = details.forwardsTo
        if let session { self.transport = SessionTransport(session.transport) }
        self.isPooled = configuration.isPooled
        self.isInternal = configuration.isInternal
        self.port = configuration.port
        if configuration.mayEndTLS { self.termination = configuration.edgeTermination == nil ? .policy : .edge }
        self.hasPolicy = configuration.policy != nil
    }
}

extension TunnelStatus {
    fileprivate init?(_ configuration: EndpointConfiguration, session: AgentSession) {
        let details = configuration.details
        guard let tunnelID = details.tunnelID else { return nil }
        self.init(
            id: tunnelID,
            accountID: configuration.accountID,
            startedAt: details.createdAt,
            sessionID: session.id
        )
        self.name = configuration.name
        self.metadata = details.metadata
        self.endpointID = details.resourceID
        self.forwardsTo = details.forwardsTo
    }

    fileprivate init(_ tunnel: LabelledTunnel, session: AgentSession) {
        self.init(id: tunnel.id, accountID: tunnel.accountID, startedAt: tunnel.startedAt, sessionID: session.id)
        self.metadata = tunnel.metadata
        self.labels = tunnel.labels
        self.forwardsTo = tunnel.forwardsTo
    }
}

extension TunnelSessionStatus {
    fileprivate init?(_ session: AgentSession) {
        guard let identity = session.identity else { return nil }
        self.init(
            id: session.id,
            accountID: identity.account.id,
            startedAt: session.startedAt,
            credentialID: identity.credentialID
        )
        self.agentVersion = identity.agent.version
        self.ip = session.address.ip.description
        self.metadata = identity.agent.metadata
        self.os = identity.agent.os
        self.client = identity.agent.clientType
        self.isLate = !session.isReachable
        self.transport = SessionTransport(session.transport)
    }
}

extension SessionTransport {
    fileprivate init(_ transport: AgentSessionEvent.Transport) {
        switch transport {
        case .muxado: self = .agent
        case .ssh: self = .ssh
        }
    }
}
