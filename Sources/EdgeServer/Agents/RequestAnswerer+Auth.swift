import AgentProtocol
import EdgeControl
import EdgeCore
import Logging
import NIOCore

extension RequestAnswerer {
    private static let versions = ["3", "2"]
    /// ERR_NGROK_111 and 112 outside; agents announce nanoseconds, and zero for their default.
    private static let heartbeatRange: ClosedRange<Int64> = 1_000_000_000...3_600_000_000_000

    func authenticate(_ text: [UInt8]) -> Answer {
        do throws(NgrokError) {
            let auth: Auth
            do {
                auth = try Auth(decoding: text)
            } catch {
                throw .authPayloadInvalid
            }
            return Answer(text: try self.welcome(auth).encoded)
        } catch {
            self.edge.metrics.agentAuthFailures.increment(error.name)
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
        guard auth.extra.metadata.utf8.count <= 4_096 else { throw .metadataTooLong }
        guard !auth.extra.authtoken.isEmpty else { throw .authtokenMissing }
        guard let (account, credential) = self.edge.owner(ofToken: auth.extra.authtoken) else {
            throw .authtokenUnknown
        }
        let announcement = try self.edge.configuration.agents.versions.announcement(
            toClient: auth.extra.clientType,
            version: auth.extra.version
        )

        let identity = self.identity(
            of: auth,
            account: account,
            credential: credential,
            announcement: announcement
        )
        try self.session.authenticated(as: identity)
        var response = AuthResp(version: version, clientID: identity.clientID)
        response.extra.version = "shakedown-edge"
        response.extra.region = "local"
        response.extra.cookie = identity.cookie
        response.extra.accountName = account.name
        response.extra.planName = account.plan.title
        response.extra.agentSessionID = self.session.id
        response.extra.connectAddresses = self.edge.configuration.agents.addresses.map {
            AuthResp.ConnectAddress(region: response.extra.region, serverAddress: "\($0)")
        }
        response.extra.banner = self.edge.configuration.agents.banner
        response.extra.deprecationWarning = announcement.map { AuthResp.DeprecationWarning($0) }
        return response
    }

    /// An agent that comes back with its id and cookie takes the place of its old session, which may not know yet that
    /// it is dead and would keep its names. Its other legs stay, and this one joins them.
    private func identity(
        of auth: Auth,
        account: Account,
        credential: Credential,
        announcement: AgentVersions.Announcement?
    ) -> AgentSession.Identity {
        var agent = auth.extra
        agent.authtoken = ""
        var leg: AgentSession.Identity?
        for other in self.edge.openSessions where other != self.session && !auth.clientID.isEmpty {
            guard let known = other.identity, known.clientID == auth.clientID, known.cookie == auth.extra.cookie,
                known.account.id == account.id
            else { continue }
            if known.agent.legNumber == agent.legNumber {
                self.edge.remove(other)
                other.close("the agent connected again")
            } else {
                leg = known
            }
        }
        return AgentSession.Identity(
            account: account,
            credentialID: credential.id,
            rules: credential.rules,
            agent: agent,
            clientID: leg?.clientID ?? RandomText.identifier(prefix: "cl"),
            cookie: leg?.cookie ?? RandomText.identifier(prefix: "ck"),
            hearsCuts: auth.extra.clientType == Auth.Extra.ownClientType,
            announcement: announcement
        )
    }
}

extension AuthResp.DeprecationWarning {
    fileprivate init(_ announcement: AgentVersions.Announcement) {
        self.init()
        self.nextMinimum = announcement.minimum.description
        // Agents in Go read a moment, and refuse the whole answer for anything else.
        self.nextDate = announcement.from.start
        self.message = announcement.message
    }
}
