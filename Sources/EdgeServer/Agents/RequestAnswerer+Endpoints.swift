import AgentProtocol
import EdgeCore
import Logging

extension RequestAnswerer {
    /// A bind that may come online, what was made for it, and what is answered when it is.
    struct ReadBind {
        let endpoint: EndpointConfiguration
        fileprivate let tls: EndpointTLS
        fileprivate let account: Account
        fileprivate let missingCertificate: MissingCertificate?
        /// With all that it has brought.
        fileprivate let answer: [UInt8]
    }

    /// Does what takes long: its certificates, its CAs and its policy.
    func readBind(_ text: [UInt8]) throws(NgrokError) -> ReadBind {
        let bind: Bind
        do {
            bind = try Bind(decoding: text)
        } catch {
            throw .bindPayloadInvalid
        }
        return try self.read(bind)
    }

    func read(_ bind: Bind) throws(NgrokError) -> ReadBind {
        guard let identity = self.session.identity else { throw .authtokenMissing }
        let account = try self.account(of: identity)
        try self.checkRoom()
        // An agent's own id is kept when it can be, so that what it has saved stays true.
        let isUsable = (1...64).contains(bind.id.utf8.count) && !self.edge.has(bind.id, session: self.session)
        var generator = SystemRandomNumberGenerator()
        let endpoint = try BindRequestPolicy(directory: self.edge.names).endpoint(
            for: bind,
            id: isUsable ? bind.id : RandomText.identifier(prefix: "tn"),
            account: account,
            rules: identity.rules,
            at: .now,
            using: &generator
        )
        try AgentVersions.checkTLSEndpoints(ofClient: identity.agent.clientType, version: identity.agent.version)
        let tls = try self.edge.prepare(endpoint)
        let isMissing = tls.lacksCertificate(for: endpoint.name, among: self.edge.certificates)
        let missing = isMissing ? MissingCertificate(name: endpoint.name) : nil
        return ReadBind(
            endpoint: endpoint,
            tls: tls,
            account: account,
            missingCertificate: missing,
            answer: Self.answer(to: bind, with: endpoint, warning: missing?.warning).encoded
        )
    }

    private static func answer(to bind: Bind, with endpoint: EndpointConfiguration, warning: String?) -> BindResp {
        var options = bind.options
        if options.url.isEmpty, options.domain.isEmpty, options.hostname.isEmpty, options.subdomain.isEmpty {
            options.hostname = endpoint.name.text
        }
        var response = BindResp(
            id: endpoint.id,
            url: endpoint.url,
            proto: "tls",
            options: options
        )
        response.extra.token = endpoint.id
        response.extra.tunnelID = endpoint.details.tunnelID ?? ""
        if let warning { response.extra.warning = warning }
        return response
    }

    /// Brings online what could be read, and says what to answer.
    func bind(_ read: Result<ReadBind, NgrokError>) -> [UInt8] {
        do throws(NgrokError) {
            let bind = try read.get()
            try self.bring(online: bind)
            return bind.answer
        } catch {
            self.edge.metrics.bindsRefused.increment(error.name)
            self.session.logger.info(
                "bind refused",
                metadata: ["error.code": "\(error.name)", "error.message": "\(error.message)"]
            )
            return BindResp(error: error.text).encoded
        }
    }

    func bring(online bind: ReadBind) throws(NgrokError) {
        let endpoint = bind.endpoint
        try self.edge.bring(online: endpoint, endingTLSBy: bind.tls, of: bind.account, for: self.session)
        self.session.logger.info(
            "endpoint online",
            metadata: ["endpoint.name": "\(endpoint.name)", "endpoint.id": "\(endpoint.id)"]
        )
        bind.missingCertificate?.report(to: self.session.logger)
    }

    /// Of an endpoint or of a labelled tunnel: agents tell them apart by nothing.
    func unbind(_ text: [UInt8]) -> UnbindResp {
        guard let unbind = try? Unbind(decoding: text) else {
            return UnbindResp(error: NgrokError.noSuchTunnel("").text)
        }
        if self.edge.take(offline: unbind.id, of: self.session) {
            self.session.logger.info("endpoint offline", metadata: ["endpoint.id": "\(unbind.id)"])
        } else if self.edge.stop(tunnelID: unbind.id, of: self.session) {
            self.session.logger.info("tunnel stopped", metadata: ["tunnel.id": "\(unbind.id)"])
        } else {
            return UnbindResp(error: NgrokError.noSuchTunnel(unbind.id).text)
        }
        return UnbindResp()
    }

    /// An endpoint with what is to change of it, and what was made for that.
    struct ReadPatch {
        fileprivate let endpoint: EndpointConfiguration
        fileprivate let tls: EndpointTLS
    }

    func readPatch(_ text: [UInt8]) throws(NgrokError) -> ReadPatch {
        let patch: PatchTunnelState
        do {
            patch = try PatchTunnelState(decoding: text)
        } catch {
            throw .requestPayloadInvalid("PatchTunnelState")
        }
        guard let identity = self.session.identity else { throw .authtokenMissing }
        guard let before = self.edge.endpoint(id: patch.tunnelID, of: self.session) else {
            throw .noSuchTunnel(patch.tunnelID)
        }
        let plan = try self.account(of: identity).plan
        let after = try BindRequestPolicy.patched(before.configuration, by: patch, plan: plan)
        return ReadPatch(endpoint: after, tls: try self.edge.prepare(after, insteadOf: before))
    }

    /// Changes what is said of an endpoint, and its policy. Connections keep what they have.
    func patch(_ read: Result<ReadPatch, NgrokError>) -> PatchTunnelStateResp {
        do throws(NgrokError) {
            let patch = try read.get()
            try self.edge.replace(patch.endpoint, endingTLSBy: patch.tls, of: self.session)
            return PatchTunnelStateResp()
        } catch {
            return PatchTunnelStateResp(error: error.text)
        }
    }

    // MARK: Labelled tunnels

    func start(_ text: [UInt8]) -> StartTunnelWithLabelResp {
        do throws(NgrokError) {
            let start: StartTunnelWithLabel
            do {
                start = try StartTunnelWithLabel(decoding: text)
            } catch {
                throw .requestPayloadInvalid("StartTunnelWithLabel")
            }
            guard let identity = self.session.identity else { throw .authtokenMissing }
            try self.checkRoom()
            let account = try self.account(of: identity)
            let tunnel = try BindRequestPolicy.tunnel(
                for: start,
                id: RandomText.identifier(prefix: "tn"),
                account: account,
                rules: identity.rules,
                at: .now
            )
            try self.edge.start(tunnel, of: account, for: self.session)
            self.session.logger.info("tunnel started", metadata: ["tunnel.id": "\(tunnel.id)"])
            return StartTunnelWithLabelResp(id: tunnel.id)
        } catch {
            self.edge.metrics.bindsRefused.increment(error.name)
            self.session.logger.info(
                "tunnel refused",
                metadata: ["error.code": "\(error.name)", "error.message": "\(error.message)"]
            )
            return StartTunnelWithLabelResp(error: error.text)
        }
    }

    /// As it is now: its plan and names may be others than when the session began.
    private func account(of identity: AgentSession.Identity) throws(NgrokError) -> Account {
        guard let account = self.edge.account(identity.account.id) else { throw .authtokenRevoked }
        return account
    }

    private func checkRoom() throws(NgrokError) {
        guard self.edge.count(of: self.session) < AgentSession.maximumEndpoints else {
            throw .endpointLimit(AgentSession.maximumEndpoints)
        }
    }
}
