import ScenarioModel
import Verdicts

extension Evidence {
    /// The presented certificate is the party's, and the exporters agree on who holds the session's keys.
    func check(terminatedBy party: Party, _ expectation: Expectation) throws(HarnessProblem) -> [CheckResult] {
        let endpoint = try self.endpoint(of: expectation)
        let recipe =
            expectation.certificate
            ?? Self.defaultCertificate(of: party, endpoint)
        var certificate = try self.check(certificate: recipe, of: self.presenter(of: expectation))
        certificate.check = "terminated-by"
        certificate.expected = "the \(party.rawValue), with the certificate \(certificate.expected)"
        var results = [certificate]
        if let chain = self.checkIntermediates(recipe) { results.append(chain) }
        if let exporter = self.checkExporter(party, endpoint, expectation) { results.append(exporter) }
        return results
    }

    /// Whatever a case of the agent's is about, it was not seen if somebody else ends TLS in the agent's place. `nil` where
    /// nobody does.
    func checkAgent() -> CheckResult? {
        let impostors = self.testCase.endpoints.filter {
            $0.role.terminatingParty == .agent && self.context.agentProof.answers[$0.domain] == true
        }
        guard let first = impostors.first else { return nil }
        return CheckResult(
            check: "terminated-by",
            expected: "the agent, and so no ServerHello while it stands still",
            observed: "a ServerHello for \(first.key) while every agent stood still",
            holds: false
        )
    }

    /// Why it is not proven that the agent ends TLS, where an expectation says so; `nil` where it is.
    ///
    /// - Throws: where it could have been proven, and was not: nobody is told that a case is all right then.
    func doubt(_ expectation: Expectation) throws(HarnessProblem) -> String? {
        guard expectation.terminatedBy == .agent else { return nil }
        let domain = try self.endpoint(of: expectation).domain
        let proof = self.context.agentProof
        guard proof.answers[domain] == nil else { return nil }
        if proof.isCutShort {
            throw HarnessProblem(sentence: "that it is the agent who ends TLS could not be proven: \(proof.obstacle)")
        }
        return proof.obstacle
    }

    private static func defaultCertificate(of party: Party, _ endpoint: EndpointPlan) -> String {
        switch party {
        case .edge: endpoint.certificate ?? "edge-server"
        case .agent: endpoint.certificate ?? "agent-server"
        case .upstream: endpoint.upstream.certificate
        }
    }

    /// The certificate that the endpoint presents where its recipe says so: its own, where the recipe has one for each.
    func check(certificate recipe: String, of endpoint: EndpointPlan) throws(HarnessProblem) -> CheckResult {
        guard let wanted = self.context.certificates.leaf(recipe, of: endpoint) else {
            throw HarnessProblem(sentence: "the harness has no certificate called \(recipe)")
        }
        let seen = self.client.handshake.peerCertificates.first
        return CheckResult(
            check: "certificate",
            expected: self.context.certificates.words(for: wanted),
            observed: seen.map { self.context.certificates.words(for: $0) } ?? "no certificate",
            holds: seen == wanted
        )
    }

    /// Whoever lets a client through shows the certificate of its endpoint, whatever else the case is about: a default one is
    /// nobody's. `nil` where none was to be seen, or no endpoint is meant.
    func checkOwnCertificate(_ expectation: Expectation) throws(HarnessProblem) -> CheckResult? {
        guard expectation.handshake == .completed, !self.client.handshake.peerCertificates.isEmpty,
            case .endpoints? = expectation.route
        else { return nil }
        let endpoint = try self.presenter(of: expectation)
        let recipe = Self.defaultCertificate(of: endpoint.role.terminatingParty, endpoint)
        return try self.check(certificate: recipe, of: endpoint)
    }

    /// Behind its own certificate a server sends what leads to a root, which it may leave out (RFC 9846 section 4.5.1). `nil` where
    /// the root itself issued the certificate, and of a resumed session, in which none is sent.
    private func checkIntermediates(_ recipe: String) -> CheckResult? {
        let wanted = self.context.certificates.intermediates(recipe)
        let seen = self.client.handshake.peerCertificates
        guard !wanted.isEmpty, !seen.isEmpty, self.client.handshake.isResumed != true else { return nil }
        return CheckResult(
            check: "certificate chain",
            expected: "its \(wanted.count) intermediate certificates behind it",
            observed: "\(seen.count - 1) certificates behind it",
            holds: Array(seen.dropFirst().prefix(wanted.count)) == wanted
        )
    }

    /// Equal keying material on both ends proves one TLS session from client to upstream, different material proves
    /// two (RFC 5705, RFC 8446 section 7.5). `nil` when an engine has no exporter or the upstream leg is no TLS.
    private func checkExporter(
        _ party: Party,
        _ endpoint: EndpointPlan,
        _ expectation: Expectation
    ) -> CheckResult? {
        guard let clients = self.client.handshake.exporter else { return nil }
        let upstreams = self.connection(of: expectation)?.handshake?.exporter
        if party == .upstream {
            let observed =
                upstreams.map { $0 == clients ? "one session" : "two sessions" } ?? "no session at the upstream"
            return CheckResult(
                check: "exporter",
                expected: "one session from client to upstream",
                observed: observed,
                holds: upstreams == clients
            )
        }
        guard endpoint.role.upstreamIsTLS, let upstreams else { return nil }
        return CheckResult(
            check: "exporter",
            expected: "a session of its own to the upstream",
            observed: upstreams == clients ? "the client's own session" : "a session of its own",
            holds: upstreams != clients
        )
    }
}
