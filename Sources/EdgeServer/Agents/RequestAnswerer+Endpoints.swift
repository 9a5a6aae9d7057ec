import AgentProtocol
import EdgeCore
import Logging

extension RequestAnswerer {
    func bind(_ text: [UInt8]) -> BindResp {
        do throws(NgrokError) {
            let bind: Bind
            do {
                bind = try Bind(decoding: text)
            } catch {
                throw .bindPayloadInvalid
            }
            return try self.bind(bind)
        } catch {
            self.edge.metrics.bindsRefused.increment(error.name)
            self.session.logger.info(
                "bind refused",
                metadata: ["error.code": "\(error.name)", "error.message": "\(error.message)"]
            )
            return BindResp(error: error.text)
        }
    }

    private func bind(_ bind: Bind) throws(NgrokError) -> BindResp {
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
        try self.edge.bring(online: endpoint, endingTLSBy: tls, of: account, for: self.session)
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
            url: endpoint.url,
            proto: "tls",
            options: options
        )
        response.extra.token = endpoint.id
        response.extra.tunnelID = endpoint.details.tunnelID ?? ""
        if tls.lacksCertificate(for: endpoint.name, among: self.edge.certificates) {
            let missing = MissingCertificate(name: endpoint.name)
            missing.report(to: self.session.logger)
            response.extra.warning = missing.warning
        }
        return response
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

    /// Changes what is said of an endpoint, and its policy. Connections keep what they have.
    func patch(_ text: [UInt8]) -> PatchTunnelStateResp {
        do throws(NgrokError) {
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
            try self.edge.replace(before, with: after, of: self.session)
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
