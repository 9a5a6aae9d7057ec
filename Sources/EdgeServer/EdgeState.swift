import Addresses
import AgentProtocol
import CoreMetrics
import EdgeControl
import EdgeCore
import EdgeEvents
import EdgeStore
import Logging
import NIOCore
import Synchronization

/// What all connections and sessions of one edge share. From any thread.
final class EdgeState: Sendable {
    let configuration: EdgeConfiguration
    let certificates = CertificateStore()
    /// To whom a CA asks whether names lead here.
    let challenges = ChallengeAnswers()
    /// Rings when domains may want other certificates than before.
    let certificateNews = WakeUp()
    let metrics = EdgeMetrics()
    let events: EventRouter
    let logger: Logger
    let keeper: ControlKeeper
    let table: Mutex<EdgeTable<AgentSession>>
    private let accounts = Mutex<[String: Account]>([:])
    /// Ids, by the reserved domains; `nil` for those without one.
    private let certificatesOfDomains = Mutex<[DomainName: String?]>([:])
    let agents: AgentAdmission
    private let clients = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let admission: Mutex<ClientAdmission>
    private let metricsReaders = Mutex(0)
    let recent = RecentConnections()

    /// Opens the store, and puts in what the configuration says.
    ///
    /// - Throws: ``StoreError``, what is wrong with the objects of store or file, and that the events' file cannot be opened.
    init(_ configuration: EdgeConfiguration, logger: Logger) throws {
        self.configuration = configuration
        let counters = self.metrics.events
        self.events = try EventRouter(
            configuration.events.map { [EdgeEvents.EventDestination(id: "operator", target: $0)] } ?? [],
            counting: { counters.count($0, $1) },
            logger: logger
        )
        self.keeper = try ControlKeeper(
            try configuration.store.map { try $0.open() } ?? ObjectStore.inMemory(),
            settings: ControlSettings(configuration),
            logger: logger
        )
        self.table = Mutex(EdgeTable(names: NameDirectory(accounts: [], baseDomains: configuration.baseDomains)))
        self.agents = AgentAdmission(limit: configuration.limits.agents)
        self.admission = Mutex(ClientAdmission(configuration.limits.ofClients))
        self.logger = logger
        self.route(self.keeper.state)
        let seed = try configuration.seed()
        _ = try self.apply(seed)
        self.publish(self.keeper.state)
    }

    // MARK: Names

    func route(_ serverName: String) -> EdgeTable<AgentSession>.Route {
        var generator = SystemRandomNumberGenerator()
        return self.table.withLock { $0.route(serverName, using: &generator) }
    }

    /// A member that was not tried yet.
    func member(
        of endpoint: Endpoint<AgentSession>,
        besides tried: Set<Member<AgentSession>>
    ) -> Member<AgentSession>? {
        var generator = SystemRandomNumberGenerator()
        return self.table.withLock { $0.member(of: endpoint, besides: tried, using: &generator) }
    }

    var names: NameDirectory { self.table.withLock { $0.names } }

    /// Whether a session has an endpoint or a tunnel with this id.
    func has(_ id: String, session: AgentSession) -> Bool { self.table.withLock { $0.has(id, session: session) } }

    /// Endpoints and labelled tunnels.
    func count(of session: AgentSession) -> Int { self.table.withLock { $0.count(of: session) } }

    /// Puts an endpoint online, with what was made for it.
    func bring(
        online endpoint: EndpointConfiguration,
        endingTLSBy tls: EndpointTLS,
        of account: Account,
        for session: AgentSession
    ) throws(NgrokError) {
        do throws(NgrokError) {
            try self.table.withLock { table throws(NgrokError) in
                try table.claim(endpoint, prepared: tls, of: account, for: session)
            }
        } catch {
            self.note(error)
            throw error
        }
        self.metrics.endpoints.increment()
    }

    /// Endpoints whose clients will be turned away for want of a certificate.
    var endpointsWithoutCertificate: Set<EndpointConfiguration> {
        let endpoints = self.table.withLock { $0.endpoints }
        return Set(
            endpoints
                .filter { $0.preparation.lacksCertificate(for: $0.configuration.name, among: self.certificates) }
                .map(\.configuration)
        )
    }

    func endpoint(id: String, of session: AgentSession) -> Endpoint<AgentSession>? {
        self.table.withLock { $0.endpoint(id: id, of: session) }
    }

    /// Puts a changed endpoint in the place of what it was, with what was made for it.
    ///
    /// - Throws: ERR_NGROK_333 where the session has it no longer.
    func replace(
        _ endpoint: EndpointConfiguration,
        endingTLSBy tls: EndpointTLS,
        of session: AgentSession
    ) throws(NgrokError) {
        guard self.table.withLock({ $0.replace(endpoint, prepared: tls, of: session) }) else {
            throw .noSuchTunnel(endpoint.id)
        }
    }

    /// `false` when the session has no such endpoint.
    func take(offline bindID: String, of session: AgentSession) -> Bool {
        guard self.table.withLock({ $0.release(bindID: bindID, of: session) }) != nil else { return false }
        self.metrics.endpoints.decrement()
        return true
    }

    func start(_ tunnel: LabelledTunnel, of account: Account, for session: AgentSession) throws(NgrokError) {
        do throws(NgrokError) {
            try self.table.withLock { table throws(NgrokError) in
                try table.start(tunnel, of: account, for: session)
            }
        } catch {
            self.note(error)
            throw error
        }
        self.metrics.tunnels.increment()
    }

    /// Counts what is refused to an account that has as much as it may.
    private func note(_ refusal: NgrokError) {
        if refusal.code == NgrokError.accountEndpointLimit(0).code { self.metrics.met(.endpointsOfAccount) }
    }

    /// `false` when the session has no such tunnel.
    func stop(tunnelID: String, of session: AgentSession) -> Bool {
        guard self.table.withLock({ $0.stop(tunnelID: tunnelID, of: session) }) != nil else { return false }
        self.metrics.tunnels.decrement()
        return true
    }

    // MARK: Sessions

    var openSessions: Set<AgentSession> { self.table.withLock { $0.sessions } }

    /// - Throws: ERR_NGROK_108 where its account has as many agents as it may.
    func add(_ session: AgentSession, of account: Account) throws(NgrokError) {
        do throws(NgrokError) {
            try self.table.withLock { table throws(NgrokError) in try table.begin(session, of: account) }
        } catch {
            self.metrics.met(.agentsOfAccount)
            throw error
        }
        self.metrics.agentSessions.increment()
    }

    func remove(_ session: AgentSession) {
        guard let released = self.table.withLock({ $0.end(session) }) else { return }
        self.metrics.agentSessions.decrement()
        self.metrics.endpoints.decrement(by: Double(released.endpoints.count))
        self.metrics.tunnels.decrement(by: Double(released.tunnels.count))
    }

    /// The account of an authtoken and its credential; `nil` for an unknown one. Every digest is compared, always.
    func owner(ofToken token: String) -> (account: Account, credential: Credential)? {
        guard let (credential, owner) = self.keeper.state.owner(ofToken: token),
            let account = self.account(owner.id)
        else { return nil }
        return (account, credential)
    }

    /// The account of an SSH key and its credential; `nil` for a key that nobody has registered.
    func owner(ofSSHKey key: SSHPublicKey) -> (account: Account, credential: SSHCredential)? {
        guard let (credential, owner) = self.keeper.state.owner(ofSSHKey: key), let account = self.account(owner.id)
        else { return nil }
        return (account, credential)
    }

    /// As it is now; `nil` for one that is there no longer.
    func account(_ id: String) -> Account? { self.accounts.withLock { $0[id] } }

    // MARK: The control plane

    /// Has everybody see what has changed: new connections and new binds. Those that are open stay as they are, but for what is
    /// no longer its owner's.
    func publish(_ state: ControlState) {
        let owners = state.directoryAccounts
        let accounts = Dictionary(uniqueKeysWithValues: owners.map { ($0.id, $0) })
        self.accounts.withLock { $0 = accounts }
        self.admission.withLock { $0.replace(rates: accounts.compactMapValues(\.limits.connectionsPerMinute)) }
        self.recent.keep(accounts: accounts.keys)
        // What is replaced costs the sessions that clients would resume.
        let given = state.certificatesOfDomains
        if self.certificatesOfDomains.withLock({ $0 != given }) {
            self.certificates.replace(ofDomains: state.domainCertificates)
            self.certificatesOfDomains.withLock { $0 = given }
        }
        let before = self.table.withLock { $0.attached }
        let after = AttachedEndpoints.made(
            from: state,
            before: before,
            preparing: { configuration throws(NgrokError) in try self.prepare(configuration) },
            unusable: { self.cannotBeServed($0, because: $1) }
        )
        self.certificateNews.ring()
        let removed = self.table.withLock { table in
            table.replace(
                names: NameDirectory(accounts: owners, baseDomains: self.configuration.baseDomains),
                attached: after.entries,
                accounts: accounts
            )
        }
        self.metrics.endpoints.increment(by: Double(after.count - before.count - removed.count))
        for (endpoint, session, reason) in removed {
            session.stopTunnel(endpoint.id, because: reason)
        }
        for session in self.openSessions {
            guard let identity = session.identity, state.credentials[identity.credentialID] == nil,
                state.sshCredentials[identity.credentialID] == nil
            else { continue }
            let credential = session.transport == .ssh ? "SSH key" : "authtoken"
            session.logger.info("\(credential) was revoked")
            self.remove(session)
            session.close("the \(credential) was revoked")
        }
    }

    /// What is wrong was not found when it was asked for.
    private func cannotBeServed(_ name: DomainName, because error: NgrokError) {
        self.logger.error(
            "endpoint of a TLS edge cannot be served",
            metadata: ["endpoint.name": "\(name)", "error.message": "\(error.message)"]
        )
    }

    // MARK: Clients

    /// `false` when there are as many connections as are allowed.
    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = self.clients.withLock { clients in
            guard clients.count < self.configuration.limits.connections else { return false }
            clients[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdmitted { self.metrics.connectionsActive.increment() } else { self.metrics.met(.connections) }
        return isAdmitted
    }

    /// Counts a connection for who it is from; the reason why it may not come in.
    func admit(_ connection: ClientConnection) -> Refusal.Reason? {
        self.turnedAway(by: self.admission.withLock { $0.enter(from: connection.client.ip, as: &connection.place) })
    }

    /// Counts a connection for the endpoint that it has found, and its account.
    func admit(_ connection: ClientConnection, to endpoint: EndpointConfiguration) -> Refusal.Reason? {
        let now = NIODeadline.now().uptimeNanoseconds
        return self.turnedAway(by: self.admission.withLock { $0.enter(endpoint, as: &connection.place, at: now) })
    }

    private func turnedAway(by limit: ClientAdmission.Limit?) -> Refusal.Reason? {
        if let limit { self.metrics.met(LimitMet(limit)) }
        return limit?.refusal
    }

    func leave(_ channel: any Channel) {
        guard self.clients.withLock({ $0.removeValue(forKey: ObjectIdentifier(channel)) }) != nil else { return }
        self.metrics.connectionsActive.decrement()
    }

    var openClients: [any Channel] { self.clients.withLock { Array($0.values) } }

    /// The end of a connection, in metrics, log and events.
    func closed(_ connection: ClientConnection, at now: NIODeadline) {
        self.admission.withLock { $0.leave(connection.place) }
        // Without an API there is nobody to look at them.
        if self.configuration.api != nil, let status = connection.status(at: now),
            let accountID = connection.endpoint?.accountID
        {
            self.recent.add(status, of: accountID)
        }
        self.metrics.connectionsEnded.increment(connection.finalOutcome)
        self.metrics.bytesIn.increment(by: connection.bytesIn)
        self.metrics.bytesOut.increment(by: connection.bytesOut)
        self.logger.debug("connection closed", metadata: connection.logMetadata)
        if let event = connection.closedEvent(at: now) { self.events.publish(event) }
    }

    // MARK: Who reads the metrics

    /// A scraper needs one connection, and has it for a moment.
    private static let metricsReadersLimit = 32

    /// `false` when as many read the metrics as may.
    func admitMetricsReader(_ channel: any Channel) -> Bool {
        let isAdmitted = self.metricsReaders.withLock { count in
            guard count < Self.metricsReadersLimit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            self.metrics.met(.metricsReaders)
            return false
        }
        channel.closeFuture.whenComplete { _ in self.metricsReaders.withLock { $0 -= 1 } }
        return true
    }
}
