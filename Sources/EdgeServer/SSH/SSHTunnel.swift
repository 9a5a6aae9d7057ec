import Addresses
import AgentProtocol
import EdgeControl
import EdgeCore
import EdgeEvents
import Logging
import NIOPosix
import SSHGateway
import Synchronization

/// An SSH client that takes an agent's place: who it is, what it asks for, and its session among those of agents.
///
/// Its methods are called on the gateway's thread, where every other SSH client waits meanwhile; what takes long is done on one of
/// the process's threads.
final class SSHTunnel: SSHConnectionOwner {
    /// What the API and the status page call such an agent.
    static let clientType = "ssh"

    private struct State {
        /// `nil` until a key is proved.
        var negotiation: SSHTunnelNegotiation?
        /// Of keys that nobody has registered.
        var refusedKeys: [String] = []
    }

    private let session: AgentSession
    private let connection: SSHConnection
    private let source: SourceNetwork
    private let state = Mutex(State())
    private var edge: EdgeState { self.session.edge }

    /// Takes a connection where there is room for another agent's.
    ///
    /// - Returns: `nil` where there is none.
    static func accepting(_ connection: SSHConnection, edge: EdgeState) -> SSHTunnel? {
        let source = SourceNetwork(connection.peer.ip)
        if let limit = edge.agents.enter(from: source) {
            edge.metrics.met(limit)
            return nil
        }
        return SSHTunnel(connection, source: source, edge: edge)
    }

    private init(_ connection: SSHConnection, source: SourceNetwork, edge: EdgeState) {
        self.connection = connection
        self.source = source
        self.session = AgentSession(edge: edge, peer: connection.peer, server: connection.server, by: .ssh)
        self.session.attach(.ssh(connection))
    }

    // MARK: Who it is

    func knows(key blob: [UInt8]) -> Bool {
        guard let key = try? SSHPublicKey(blob: blob) else { return false }
        if self.edge.owner(ofSSHKey: key) != nil { return true }
        self.state.withLock { $0.refusedKeys.append(key.fingerprint) }
        return false
    }

    func refusal(ofKeys count: Int, limit: Int) -> String { "\(NgrokError.sshTooManyKeys(count, limit: limit))" }

    func authenticated(user: String, key blob: [UInt8], client: String) {
        let failure: NgrokError?
        // The version comes first: nobody has a session whose words the edge would not understand.
        if user != SSHTunnelNegotiation.version {
            failure = nil
        } else {
            do throws(NgrokError) {
                try self.begin(by: blob, client: client)
                failure = nil
            } catch {
                self.edge.metrics.agentAuthFailures.increment(error.name)
                failure = error
            }
        }
        self.state.withLock { $0.negotiation = SSHTunnelNegotiation(user: user, failure: failure) }
    }

    private func begin(by blob: [UInt8], client: String) throws(NgrokError) {
        guard let key = try? SSHPublicKey(blob: blob), let (account, credential) = self.edge.owner(ofSSHKey: key) else {
            throw .sshKeyRevoked
        }
        var agent = Auth.Extra()
        agent.clientType = Self.clientType
        agent.userAgent = client
        agent.metadata = credential.draft.metadata
        try self.session.authenticated(
            as: AgentSession.Identity(
                account: account,
                credentialID: credential.id,
                rules: credential.rules,
                agent: agent,
                clientID: RandomText.identifier(prefix: "cl"),
                cookie: "",
                hearsCuts: false,
                announcement: nil
            )
        )
    }

    // MARK: What it asks for

    func forwardAsked(address: String, port: UInt32) -> UInt16? {
        let answer = self.state.withLock { $0.negotiation?.forwardAsked(address: address, port: port) }
        guard let answer else { return nil }
        self.act(answer.step)
        return answer.port
    }

    func commandGiven(_ text: String?) {
        if let step = self.state.withLock({ $0.negotiation?.commandGiven(text) }) { self.act(step) }
    }

    func negotiationTimePassed() {
        if let step = self.state.withLock({ $0.negotiation?.timePassed() }) { self.act(step) }
    }

    func forwardCancelled() { self.connection.finish(status: 0, saying: "The forwarded port was given back.\n") }

    func sessionRefused() { self.connection.tell(SSHTerminalText.trouble(.sshMultiplexed)) }

    func interrupted() { self.connection.finish(status: 130, saying: "") }

    private func act(_ step: SSHTunnelNegotiation.Step) {
        switch step {
        case .wait: break
        case .help: self.connection.finish(status: 0, saying: SSHTunnelCommand.helpText)
        case .fail(let error): self.refuse(error)
        case .start(let bind):
            // A bind that is read takes its time.
            NIOThreadPool.singleton.submit { state in
                if case .active = state { self.start(bind) }
            }
        }
    }

    private func refuse(_ error: NgrokError) {
        self.edge.metrics.bindsRefused.increment(error.name)
        self.session.logger.info(
            "ssh tunnel refused",
            metadata: ["error.code": "\(error.name)", "error.message": "\(error.message)"]
        )
        self.connection.finish(status: 1, saying: SSHTerminalText.trouble(error))
    }

    private func start(_ bind: Bind) {
        guard let identity = self.session.identity else { return }
        let answerer = RequestAnswerer(session: self.session)
        do throws(NgrokError) {
            let read = try answerer.read(bind)
            try answerer.bring(online: read)
            self.connection.tell(
                SSHTerminalText.online(
                    read.endpoint.url,
                    account: identity.account,
                    sessionID: self.session.id,
                    banner: self.edge.configuration.agents.banner
                )
            )
        } catch {
            self.refuse(error)
        }
    }

    // MARK: Whether it is there

    func heartbeat(isAnswered: Bool) { self.session.heartbeat(isAnswered: isAnswered) }

    func ended(because reason: String) {
        let wasIdentified = self.session.identity != nil
        let refused = self.state.withLock { $0.refusedKeys }
        if !wasIdentified, !refused.isEmpty {
            self.edge.metrics.agentAuthFailures.increment("ERR_NGROK_1102")
            self.session.logger.info(
                "ssh client refused: nobody has registered its keys",
                metadata: ["ssh.keys": "\(refused.joined(separator: " "))"]
            )
        }
        self.session.logger.debug("ssh connection ended", metadata: ["session.reason": "\(reason)"])
        self.session.ended(because: reason)
        self.edge.agents.leave(self.source, wasIdentified: wasIdentified)
    }
}
