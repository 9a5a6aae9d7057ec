import AgentProtocol
import EdgeCore
import Logging
import MuxadoChannel
import NIOCore

/// Answers an agent's requests: one JSON value in, one out.
struct RequestAnswerer {
    private static let versions = ["3", "2"]
    /// ERR_NGROK_111 and 112 outside; agents announce nanoseconds, and zero for their default.
    private static let heartbeatRange: ClosedRange<Int64> = 1_000_000_000...3_600_000_000_000

    let session: AgentSession
    private var edge: EdgeState { self.session.edge }

    struct Answer {
        let text: [UInt8]
        var endsSession = false
    }

    init(session: AgentSession) {
        self.session = session
    }

    /// Whoever has not said who it is may ask where it is, and nothing else.
    func answer(_ type: StreamType, _ text: [UInt8]) -> Answer {
        var answer = self.reply(type, text)
        if self.session.identity == nil, type != .serverInfo { answer.endsSession = true }
        return answer
    }

    private func reply(_ type: StreamType, _ text: [UInt8]) -> Answer {
        switch type {
        case .auth: return self.authenticate(text)
        case .serverInfo: return Answer(text: SrvInfoResp(region: "local").encoded)
        case .bind: return Answer(text: self.bind(text).encoded)
        case .unbind: return Answer(text: self.unbind(text).encoded)
        case .startTunnelWithLabel:
            return Answer(text: StartTunnelWithLabelResp(error: NgrokError.labelsNotPermitted.text).encoded)
        default: return Answer(text: CommandResp(error: NgrokError.streamTypeUnknown(type.rawValue).text).encoded)
        }
    }

    // MARK: Auth

    private func authenticate(_ text: [UInt8]) -> Answer {
        do throws(NgrokError) {
            let auth: Auth
            do {
                auth = try Auth(decoding: text)
            } catch {
                throw .authPayloadInvalid
            }
            return Answer(text: try self.welcome(auth).encoded)
        } catch {
            self.edge.metrics.add(to: "agent_auth_failures_total", labels: [("code", error.name)])
            self.session.logger.info("agent session refused", metadata: ["error.code": "\(error.name)"])
            return Answer(text: AuthResp(error: error.text).encoded, endsSession: true)
        }
    }

    private func welcome(_ auth: Auth) throws(NgrokError) -> AuthResp {
        guard self.session.identity == nil else { throw .authPayloadInvalid }
        guard let version = auth.versions.first(where: Self.versions.contains) else {
            throw .versionsUnsupported(auth.versions)
        }
        let interval = auth.extra.heartbeatInterval
        guard interval == 0 || Self.heartbeatRange.contains(interval) else { throw .heartbeatIntervalOutOfRange }
        let tolerance = auth.extra.heartbeatTolerance
        guard tolerance == 0 || Self.heartbeatRange.contains(tolerance) else { throw .heartbeatToleranceOutOfRange }
        guard !auth.extra.authtoken.isEmpty else { throw .authtokenMissing }
        guard let (account, rules) = self.edge.account(ofToken: auth.extra.authtoken) else { throw .authtokenUnknown }

        let identity = self.identity(of: auth, account: account, rules: rules)
        self.session.authenticated(as: identity)
        var response = AuthResp(version: version, clientID: identity.clientID)
        response.extra.version = "shakedown-edge"
        response.extra.region = "local"
        response.extra.cookie = identity.cookie
        response.extra.accountName = account.name
        response.extra.planName = account.plan.title
        response.extra.agentSessionID = self.session.id
        return response
    }

    /// An agent that comes back with its id and cookie takes the place of its old session, which may not know yet that
    /// it is dead and would keep its names.
    private func identity(of auth: Auth, account: Account, rules: [BindRule]) -> AgentSession.Identity {
        if !auth.clientID.isEmpty {
            for old in self.edge.openSessions where old != self.session {
                guard let known = old.identity, known.clientID == auth.clientID, known.cookie == auth.extra.cookie,
                    known.account.id == account.id
                else { continue }
                self.edge.remove(old)
                old.close("the agent connected again")
            }
        }
        return AgentSession.Identity(
            account: account,
            rules: rules,
            clientID: RandomText.identifier(prefix: "cl"),
            cookie: RandomText.identifier(prefix: "ck")
        )
    }

    // MARK: Bind and Unbind

    private func bind(_ text: [UInt8]) -> BindResp {
        do throws(NgrokError) {
            let bind: Bind
            do {
                bind = try Bind(decoding: text)
            } catch {
                throw .bindPayloadInvalid
            }
            return try self.bind(bind)
        } catch {
            self.edge.metrics.add(to: "binds_refused_total", labels: [("code", error.name)])
            self.session.logger.info(
                "bind refused",
                metadata: ["error.code": "\(error.name)", "error.message": "\(error.message)"]
            )
            return BindResp(error: error.text)
        }
    }

    private func bind(_ bind: Bind) throws(NgrokError) -> BindResp {
        guard let identity = self.session.identity else { throw .authtokenMissing }
        guard self.edge.endpointCount(of: self.session) < AgentSession.maximumEndpoints else {
            throw .endpointLimit(AgentSession.maximumEndpoints)
        }
        // An agent's own id is kept when it can be, so that what it has saved stays true.
        let isUsable = (1...64).contains(bind.id.utf8.count) && !self.edge.isTaken(bindID: bind.id)
        var generator = SystemRandomNumberGenerator()
        let endpoint = try self.edge.policy.endpoint(
            for: bind,
            id: isUsable ? bind.id : RandomText.identifier(prefix: "tn"),
            account: identity.account,
            rules: identity.rules,
            using: &generator
        )
        try self.edge.bring(online: endpoint, for: self.session)
        self.session.logger.info(
            "endpoint online",
            metadata: ["endpoint.name": "\(endpoint.name)", "endpoint.id": "\(endpoint.id)"]
        )
        var options = bind.options
        if options.url.isEmpty, options.domain.isEmpty, options.hostname.isEmpty, options.subdomain.isEmpty {
            options.hostname = endpoint.name.text
        }
        var response = BindResp(
            id: endpoint.id,
            url: "tls://\(endpoint.name)",
            proto: "tls",
            options: options
        )
        response.extra.token = endpoint.id
        response.extra.tunnelID = endpoint.id
        if self.edge.certificates.lacksCertificate(endpoint) {
            let missing = MissingCertificate(name: endpoint.name)
            missing.report(to: self.session.logger)
            response.extra.warning = missing.warning
        }
        return response
    }

    private func unbind(_ text: [UInt8]) -> UnbindResp {
        guard let unbind = try? Unbind(decoding: text), self.edge.take(offline: unbind.id, of: self.session) else {
            return UnbindResp(error: NgrokError.noSuchTunnel("").text)
        }
        self.session.logger.info("endpoint offline", metadata: ["endpoint.id": "\(unbind.id)"])
        return UnbindResp()
    }
}
