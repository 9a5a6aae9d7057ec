import AgentProtocol
import EdgeCore
import Logging
import NIOCore
import Synchronization

/// What all connections and sessions of one edge share. From any thread.
final class EdgeState: Sendable {
    let configuration: EdgeConfiguration
    let directory: NameDirectory
    let policy: BindRequestPolicy
    let certificates = CertificateStore()
    let metrics = Metrics()
    let events: EventWriter?
    let logger: Logger
    private let registry = Mutex(EndpointRegistry<AgentSession>())
    private let clients = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(_ configuration: EdgeConfiguration, events: EventWriter?, logger: Logger) {
        self.configuration = configuration
        self.directory = NameDirectory(
            accounts: configuration.accounts.map(\.account),
            baseDomains: configuration.baseDomains
        )
        self.policy = BindRequestPolicy(directory: self.directory)
        self.events = events
        self.logger = logger
    }

    // MARK: Names

    func route(_ serverName: String) -> ConnectionStateMachine<EndpointRegistry<AgentSession>.Online>.Route {
        self.registry.withLock { $0.route(serverName, names: self.directory) }
    }

    func isTaken(bindID: String) -> Bool { self.registry.withLock { $0.endpoint(bindID: bindID) != nil } }

    func endpointCount(of session: AgentSession) -> Int { self.registry.withLock { $0.count(of: session) } }

    /// Puts an endpoint online, with the TLS context it needs.
    func bring(online endpoint: EndpointConfiguration, for session: AgentSession) throws(NgrokError) {
        if case .edge(let termination) = endpoint.termination {
            try self.certificates.prepare(termination, of: endpoint.number)
        }
        do throws(NgrokError) {
            try self.registry.withLock { registry throws(NgrokError) in
                try registry.claim(endpoint, for: session)
            }
        } catch {
            self.certificates.forget(endpoint.number)
            throw error
        }
        self.metrics.add(to: "endpoints")
    }

    /// Endpoints whose clients will be turned away for want of a certificate.
    var endpointsWithoutCertificate: Set<EndpointConfiguration> {
        let endpoints = self.registry.withLock { $0.configurations }
        return Set(endpoints.filter { self.certificates.lacksCertificate($0) })
    }

    /// `false` when the session has no such endpoint.
    func take(offline bindID: String, of session: AgentSession) -> Bool {
        guard let endpoint = self.registry.withLock({ $0.release(bindID: bindID, of: session) }) else { return false }
        self.went(offline: endpoint)
        return true
    }

    private func went(offline endpoint: EndpointConfiguration) {
        self.certificates.forget(endpoint.number)
        self.metrics.add(-1, to: "endpoints")
    }

    // MARK: Sessions

    var openSessions: Set<AgentSession> { self.registry.withLock { $0.sessions } }

    func add(_ session: AgentSession) {
        self.registry.withLock { $0.begin(session) }
        self.metrics.add(to: "agent_sessions")
    }

    func remove(_ session: AgentSession) {
        guard let endpoints = self.registry.withLock({ $0.end(session) }) else { return }
        self.metrics.add(-1, to: "agent_sessions")
        for endpoint in endpoints { self.went(offline: endpoint) }
    }

    /// The account of an authtoken and what it may bind; `nil` for an unknown one. Every digest is compared, always.
    func account(ofToken token: String) -> (account: Account, rules: [BindRule])? {
        let digest = TokenDigest(of: token)
        var found: (Account, [BindRule])?
        for configured in self.configuration.accounts {
            for candidate in configured.tokens where candidate.digest.matches(digest) {
                found = (configured.account, candidate.rules)
            }
        }
        return found
    }

    // MARK: Clients

    /// `false` when there are as many connections as are allowed.
    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = self.clients.withLock { clients in
            guard clients.count < self.configuration.limits.connections else { return false }
            clients[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdmitted { self.metrics.add(to: "connections_active") }
        return isAdmitted
    }

    func leave(_ channel: any Channel) {
        guard self.clients.withLock({ $0.removeValue(forKey: ObjectIdentifier(channel)) }) != nil else { return }
        self.metrics.add(-1, to: "connections_active")
    }

    var openClients: [any Channel] { self.clients.withLock { Array($0.values) } }

    /// The end of a connection, in metrics, log and events.
    func closed(_ connection: ClientConnection, at now: NIODeadline) {
        self.metrics.add(
            to: "connections_total",
            labels: [
                ("outcome", connection.finalOutcome.label), ("reason", connection.finalOutcome.reason),
            ]
        )
        self.metrics.add(connection.bytesIn, to: "bytes_in_total")
        self.metrics.add(connection.bytesOut, to: "bytes_out_total")
        self.logger.debug("connection closed", metadata: connection.logMetadata)
        if let event = connection.closedEvent(at: now) { self.events?.publish(event) }
    }
}
