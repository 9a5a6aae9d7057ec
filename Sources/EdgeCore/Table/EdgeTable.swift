package import AgentProtocol

/// What the edge knows of names: whose they are, who serves them now, and what is attached to them. Each thing that happens is
/// one transition of this one value, so that no name stays with a session that has ended.
///
/// An endpoint can exist without an agent: that of a TLS edge does, and so do names that are reserved.
package struct EdgeTable<Session: AgentHolder>: Sendable {
    /// Endpoints that agents have bound under one name and visibility. Of more than one all have pooling enabled.
    private struct Pool: Sendable {
        var members: [Endpoint<Session>]

        func index(of member: Member<Session>) -> Int? { self.members.firstIndex { $0.member == member } }

        /// Whether the agent has bound it on another of its sessions, so that it is counted.
        func hasLeg(of session: Session) -> Bool {
            self.members.contains { $0.member?.session.isLeg(of: session) == true }
        }
    }

    /// Where an endpoint of an agent stands.
    private struct Place: Hashable, Sendable {
        let visibility: EndpointConfiguration.Visibility
        let name: DomainName
    }

    /// What a session serves, by ids that are the session's own: each agent chooses those of its binds.
    private struct Holdings: Sendable {
        let accountID: String
        let agentID: String
        var places: [String: Place] = [:]
        var tunnelIDs: Set<String> = []
    }

    package private(set) var names: NameDirectory
    private var bound: [EndpointConfiguration.Visibility: RoutingTable<Pool>] = [:]
    /// The endpoints of TLS edges, which have their names whether or not anybody serves them.
    package private(set) var attached = RoutingTable<Endpoint<Session>>()
    private var groups = TunnelGroups<Session>()
    /// Of the sessions that are open.
    private var holdings: [Session: Holdings] = [:]
    /// By accounts, the sessions of each agent.
    private var agents: [String: Occupancy<String>] = [:]
    /// By accounts, what counts for their limit.
    private var served = Occupancy<String>()

    package init(names: NameDirectory) {
        self.names = names
    }

    // MARK: Clients

    package typealias Route = ConnectionStateMachine<FoundEndpoint<Session>>.Route

    /// Where a client that asks for this name belongs: what names it most closely decides, online or not. A reserved name that
    /// nobody serves keeps its clients from a wildcard above it, which may be another account's.
    package func route(_ serverName: String, using generator: inout some RandomNumberGenerator) -> Route {
        let reserved = self.names.closeness(ofServerName: serverName)
        let attached = self.attached.match(forServerName: serverName)
        let bound = self.bound[.everyone]?.match(forServerName: serverName)
        guard let closest = [reserved, attached?.closeness, bound?.closeness].compactMap(\.self).max() else {
            return .unknown
        }
        if let attached, attached.closeness == closest { return self.route(to: attached.entry, using: &generator) }
        if let bound, bound.closeness == closest { return Self.route(into: bound.entry, using: &generator) }
        return .offline
    }

    /// Where `forward-internal` of an endpoint of this account leads to.
    package func route(
        internally name: String,
        port: UInt16 = 443,
        accountID: String,
        using generator: inout some RandomNumberGenerator
    ) -> Route {
        let place = EndpointConfiguration.Visibility.account(accountID, port: port)
        guard let pool = self.bound[place]?.entry(forServerName: name) else { return .unknown }
        return Self.route(into: pool, using: &generator)
    }

    /// A member for one more try, when those before have failed: any that would have served the client in the same way.
    package func member(
        of endpoint: Endpoint<Session>,
        besides tried: Set<Member<Session>>,
        using generator: inout some RandomNumberGenerator
    ) -> Member<Session>? {
        let configuration = endpoint.configuration
        switch endpoint.backend {
        case .tunnels(let plan):
            return self.groups.member(
                of: plan,
                accountID: configuration.accountID,
                besides: tried,
                using: &generator
            )
        case .session:
            let pool = self.bound[configuration.visibility]?[name: configuration.name]
            return pool?.members
                .filter { $0.configuration.servesAlike(configuration) }
                .compactMap(\.member)
                .filter { $0.session.isReachable && !tried.contains($0) }
                .randomElement(using: &generator)
        }
    }

    private func route(to endpoint: Endpoint<Session>, using generator: inout some RandomNumberGenerator) -> Route {
        let member = self.member(of: endpoint, besides: [], using: &generator)
        return .endpoint(
            FoundEndpoint(endpoint: endpoint, member: member),
            endpoint.configuration.restrictions
        )
    }

    /// The member is chosen first: each has its own rules and its own place of termination.
    private static func route(into pool: Pool, using generator: inout some RandomNumberGenerator) -> Route {
        let reachable = pool.members.filter { $0.member?.session.isReachable == true }
        guard let endpoint = reachable.randomElement(using: &generator) else { return .offline }
        return .endpoint(
            FoundEndpoint(endpoint: endpoint, member: endpoint.member),
            endpoint.configuration.restrictions
        )
    }

    // MARK: What agents bind

    /// A session may claim names from now on.
    ///
    /// - Throws: ERR_NGROK_108 where the account has as many agents as it may. Another leg of one is none more.
    package mutating func begin(_ session: Session, of account: Account) throws(NgrokError) {
        guard self.holdings[session] == nil else { return }
        let agentID = session.agentID
        let agents = self.agents[account.id]
        if let limit = account.limits.agents, agents?.count(of: agentID) ?? 0 == 0, agents?.keyCount ?? 0 >= limit {
            throw .sessionLimit(limit)
        }
        _ = self.agents[account.id, default: Occupancy()].enter(agentID, limit: .max)
        self.holdings[session] = Holdings(accountID: account.id, agentID: agentID)
    }

    package var sessions: Set<Session> { Set(self.holdings.keys) }

    /// How many endpoints and tunnels a session serves.
    package func count(of session: Session) -> Int {
        self.holdings[session].map { $0.places.count + $0.tunnelIDs.count } ?? 0
    }

    /// Whether a session has something with this id.
    package func has(_ id: String, session: Session) -> Bool {
        self.holdings[session].map { $0.places[id] != nil || $0.tunnelIDs.contains(id) } ?? false
    }

    /// Brings an endpoint online, with what was made for it; where it is refused nothing of that stays.
    ///
    /// - Throws: ERR_NGROK_318 to 320 for a name that is not the account's, 381 for one that a TLS edge has, 334 when the name is
    ///   online already, neither both have pooling enabled nor are their sessions legs of one agent, 324 where the account has as
    ///   many as it may, and 803 for a session that has ended: what it had would stay for ever.
    package mutating func claim(
        _ configuration: EndpointConfiguration,
        prepared preparation: Session.Preparation,
        of account: Account,
        for session: Session
    ) throws(NgrokError) {
        guard self.holdings[session] != nil else { throw .sessionEnded }
        let place = Place(visibility: configuration.visibility, name: configuration.name)
        if configuration.visibility == .everyone {
            try self.names.check(configuration.name, for: account)
            guard self.attached[name: configuration.name] == nil else { throw .nameOfEdge(configuration.name.text) }
        }
        guard !self.has(configuration.id, session: session) else { throw .alreadyOnline(configuration.id) }
        var pool = self.bound[place.visibility]?[name: place.name] ?? Pool(members: [])
        let mayJoin = pool.members.allSatisfy { other in
            (other.configuration.isPooled && configuration.isPooled) || other.member?.session.isLeg(of: session) == true
        }
        guard mayJoin else { throw .alreadyOnline(configuration.url) }
        if !pool.hasLeg(of: session) {
            try self.countOne(of: configuration.accountID, limit: account.limits.endpoints)
        }
        pool.members.append(Endpoint(configuration, prepared: preparation, backend: .session(session)))
        self.bound[place.visibility, default: RoutingTable()][name: place.name] = pool
        self.holdings[session]?.places[configuration.id] = place
    }

    /// Takes an endpoint down; `nil` when that session has none with this id.
    @discardableResult
    package mutating func release(bindID: String, of session: Session) -> EndpointConfiguration? {
        guard let place = self.holdings[session]?.places.removeValue(forKey: bindID),
            var pool = self.bound[place.visibility]?[name: place.name],
            let index = pool.index(of: Member(session: session, id: bindID))
        else { return nil }
        let released = pool.members.remove(at: index)
        if !pool.hasLeg(of: session) { self.served.leave(released.configuration.accountID) }
        self.bound[place.visibility]?[name: place.name] = pool.members.isEmpty ? nil : pool
        return released.configuration
    }

    /// Puts a changed endpoint in the place of what it was before; `false` when the session has that no longer. Another that has its
    /// id by now stays as it is.
    package mutating func replace(
        _ configuration: EndpointConfiguration,
        prepared preparation: Session.Preparation,
        of session: Session
    ) -> Bool {
        guard let place = self.holdings[session]?.places[configuration.id],
            var pool = self.bound[place.visibility]?[name: place.name],
            let index = pool.index(of: Member(session: session, id: configuration.id)),
            pool.members[index].configuration.number == configuration.number
        else { return false }
        pool.members[index] = Endpoint(configuration, prepared: preparation, backend: .session(session))
        self.bound[place.visibility]?[name: place.name] = pool
        return true
    }

    /// What a session has bound under this id, or what the tunnel with this id stands for.
    package func endpoint(id: String, of session: Session) -> Endpoint<Session>? {
        guard let places = self.holdings[session]?.places else { return nil }
        if let place = places[id] { return self.endpoint(at: place, of: Member(session: session, id: id)) }
        for (bindID, place) in places {
            let endpoint = self.endpoint(at: place, of: Member(session: session, id: bindID))
            if let endpoint, endpoint.configuration.details.tunnelID == id { return endpoint }
        }
        return nil
    }

    private func endpoint(at place: Place, of member: Member<Session>) -> Endpoint<Session>? {
        guard let pool = self.bound[place.visibility]?[name: place.name], let index = pool.index(of: member) else {
            return nil
        }
        return pool.members[index]
    }

    /// Counts something that an agent brings online.
    private mutating func countOne(of accountID: String, limit: Int?) throws(NgrokError) {
        let limit = limit ?? .max
        guard self.served.enter(accountID, limit: limit) else { throw .accountEndpointLimit(limit) }
    }

    // MARK: Labelled tunnels

    /// - Throws: 803 for a session that has ended, and 324 where the account has as many as it may.
    package mutating func start(
        _ tunnel: LabelledTunnel,
        of account: Account,
        for session: Session
    ) throws(NgrokError) {
        guard self.holdings[session] != nil else { throw .sessionEnded }
        try self.countOne(of: tunnel.accountID, limit: account.limits.endpoints)
        self.groups.add(tunnel, of: session)
        self.holdings[session]?.tunnelIDs.insert(tunnel.id)
    }

    /// `nil` when that session has no tunnel with this id.
    @discardableResult
    package mutating func stop(tunnelID: String, of session: Session) -> LabelledTunnel? {
        guard self.holdings[session]?.tunnelIDs.remove(tunnelID) != nil,
            let tunnel = self.groups.remove(Member(session: session, id: tunnelID))
        else { return nil }
        self.served.leave(tunnel.accountID)
        return tunnel
    }

    // MARK: Sessions that end

    /// What a session had served.
    package struct Released: Sendable {
        package var endpoints: [EndpointConfiguration] = []
        package var tunnels: [LabelledTunnel] = []
    }

    /// Takes down everything that a session served, which is over with that; `nil` where it was not open.
    @discardableResult
    package mutating func end(_ session: Session) -> Released? {
        guard let holdings = self.holdings[session] else { return nil }
        let released = Released(
            endpoints: holdings.places.keys.compactMap { self.release(bindID: $0, of: session) },
            tunnels: holdings.tunnelIDs.compactMap { self.stop(tunnelID: $0, of: session) }
        )
        self.holdings[session] = nil
        self.agents[holdings.accountID]?.leave(holdings.agentID)
        if self.agents[holdings.accountID]?.total == 0 { self.agents[holdings.accountID] = nil }
        return released
    }

    // MARK: What is configured

    /// Puts other names and other endpoints of TLS edges in place of those before, which keep the connections they have.
    ///
    /// - Returns: the endpoints of agents that may not stay, since their name is a TLS edge's now or another account's. They are
    ///   down when this returns.
    package mutating func replace(
        names: NameDirectory,
        attached endpoints: [Endpoint<Session>],
        accounts: [String: Account]
    ) -> [(configuration: EndpointConfiguration, session: Session, reason: NgrokError)] {
        self.names = names
        self.attached = RoutingTable()
        for endpoint in endpoints { self.attached[name: endpoint.configuration.name] = endpoint }
        self.groups.replace(
            with: endpoints.compactMap {
                guard case .tunnels(let plan) = $0.backend else { return nil }
                return ($0.configuration.accountID, plan)
            }
        )
        var removed: [(EndpointConfiguration, Session, NgrokError)] = []
        for (endpoint, session) in self.boundEndpoints {
            guard let reason = self.reasonToLeave(endpoint, accounts: accounts) else { continue }
            self.release(bindID: endpoint.id, of: session)
            removed.append((endpoint, session, reason))
        }
        return removed
    }

    private func reasonToLeave(_ endpoint: EndpointConfiguration, accounts: [String: Account]) -> NgrokError? {
        guard let account = accounts[endpoint.accountID] else { return .sessionEnded }
        guard endpoint.visibility == .everyone else { return nil }
        do throws(NgrokError) {
            try self.names.check(endpoint.name, for: account)
            return self.attached[name: endpoint.name] == nil ? nil : .nameOfEdge(endpoint.name.text)
        } catch {
            return error
        }
    }

    // MARK: What is there

    package var boundEndpoints: [(configuration: EndpointConfiguration, session: Session)] {
        self.bound.values.flatMap(\.entries).flatMap(\.members).compactMap { endpoint in
            endpoint.member.map { (endpoint.configuration, $0.session) }
        }
    }

    package var attachedConfigurations: [EndpointConfiguration] { self.attached.entries.map(\.configuration) }

    /// All of them: of agents and of TLS edges.
    package var endpoints: [Endpoint<Session>] {
        self.bound.values.flatMap(\.entries).flatMap(\.members) + self.attached.entries
    }

    package var tunnels: [(tunnel: LabelledTunnel, session: Session)] {
        self.groups.all.map { ($0.tunnel, $0.member.session) }
    }
}

extension Endpoint {
    /// Who has bound it.
    fileprivate var member: Member<Session>? {
        guard case .session(let session) = self.backend else { return nil }
        return Member(session: session, id: self.configuration.id)
    }
}
