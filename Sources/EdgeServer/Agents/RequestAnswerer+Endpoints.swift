import AgentProtocol
import EdgeCore
import Logging

extension RequestAnswerer {
    /// A bind that may come online, and what was made for it.
    struct ReadBind {
        fileprivate let bind: Bind
        fileprivate let endpoint: EndpointConfiguration
        fileprivate let tls: EndpointTLS
        fileprivate let account: Account
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

    private func read(_ bind: Bind) throws(NgrokError) -> ReadBind {
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
        return ReadBind(bind: bind, endpoint: endpoint, tls: try self.edge.prepare(endpoint), account: account)
    }

    func bind(_ read: Result<ReadBind, NgrokError>) -> BindResp {
        do throws(NgrokError) {
            return try self.bring(online: try read.get())
        } catch {
            self.edge.metrics.bindsRefused.increment(error.name)
            self.session.logger.info(
                "bind refused",
                metadata: ["error.code": "\(error.name)", "error.message": "\(error.message)"]
            )
            return BindResp(error: error.text)
        }
    }

    private func bring(online read: ReadBind) throws(NgrokError) -> BindResp {
        let endpoint = read.endpoint
        try self.edge.bring(online: endpoint, endingTLSBy: read.tls, of: read.account, for: self.session)
        self.session.logger.info(
            "endpoint online",
            metadata: ["endpoint.name": "\(endpoint.name)", "endpoint.id": "\(endpoint.id)"]
        )
        var options = read.bind.options
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
        if read.tls.lacksCertificate(for: endpoint.name, among: self.edge.certificates) {
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
