package import AgentProtocol

/// Which session serves which name now.
///
/// `Session` is the agent session that serves an endpoint; it is never looked into.
package struct EndpointRegistry<Session: Hashable & Sendable>: Sendable {
    /// An endpoint that is online.
    package struct Online: Sendable {
        package let configuration: EndpointConfiguration
        package let session: Session
    }

    private var online = RoutingTable<Online>()
    private var namesByBindID: [String: DomainName] = [:]
    /// Of the sessions that are open.
    private var bindIDsBySession: [Session: Set<String>] = [:]

    package init() {}

    package var onlineCount: Int { self.online.count }

    package var configurations: [EndpointConfiguration] { self.online.entries.map(\.configuration) }

    /// Where a client that asks for this name belongs: what names it most closely decides, online or not. A reserved name that
    /// nobody serves keeps its clients from a wildcard above it, which may be another account's.
    package func route(_ serverName: String, names: NameDirectory) -> ConnectionStateMachine<Online>.Route {
        let reserved = names.closeness(ofServerName: serverName)
        guard let (online, closeness) = self.online.match(forServerName: serverName) else {
            return reserved == nil ? .unknown : .offline
        }
        if let reserved, reserved > closeness { return .offline }
        return .endpoint(online, online.configuration.restrictions)
    }

    package func endpoint(bindID: String) -> Online? {
        self.namesByBindID[bindID].flatMap { self.online[name: $0] }
    }

    package var sessions: Set<Session> { Set(self.bindIDsBySession.keys) }

    /// A session may claim names from now on.
    package mutating func begin(_ session: Session) {
        if self.bindIDsBySession[session] == nil { self.bindIDsBySession[session] = [] }
    }

    /// - Throws: ERR_NGROK_334 when the name or the id is online already, by whichever session, and 803 for a session that has
    ///   ended: what it had would stay for ever.
    package mutating func claim(_ configuration: EndpointConfiguration, for session: Session) throws(NgrokError) {
        guard self.bindIDsBySession[session] != nil else { throw .sessionEnded }
        guard self.online[name: configuration.name] == nil else {
            throw .alreadyOnline("tls://\(configuration.name)")
        }
        guard self.namesByBindID[configuration.id] == nil else { throw .alreadyOnline(configuration.id) }
        self.online[name: configuration.name] = Online(configuration: configuration, session: session)
        self.namesByBindID[configuration.id] = configuration.name
        self.bindIDsBySession[session, default: []].insert(configuration.id)
    }

    /// Takes an endpoint down; `nil` when that session has none with this id.
    @discardableResult
    package mutating func release(bindID: String, of session: Session) -> EndpointConfiguration? {
        guard self.bindIDsBySession[session]?.remove(bindID) != nil,
            let name = self.namesByBindID.removeValue(forKey: bindID)
        else { return nil }
        let entry = self.online[name: name]
        self.online[name: name] = nil
        return entry?.configuration
    }

    /// Takes down everything that a session served, which is over with that; `nil` where it was not open.
    package mutating func end(_ session: Session) -> [EndpointConfiguration]? {
        guard let bindIDs = self.bindIDsBySession[session] else { return nil }
        let released = bindIDs.compactMap { self.release(bindID: $0, of: session) }
        self.bindIDsBySession[session] = nil
        return released
    }

    package func count(of session: Session) -> Int { self.bindIDsBySession[session]?.count ?? 0 }
}
