import ScenarioModel
import Targets
import Verdicts

extension ProbeCases {
    /// Who is let in, by name, certificate and address, and to which upstreams.
    var accessInquiries: [Inquiry] {
        self.roles.flatMap { role in
            self.wildcards(role) + self.addresses(role) + self.clients(role) + self.upstreams(role)
        }
    }

    private func wildcards(_ role: Role) -> [Inquiry] {
        // Labels that no other endpoint has, as a name may be covered by two wildcards.
        func below(_ labels: String) -> (inout ClientPlan) -> Void {
            { client in client.serverName = client.serverName.map { "\(labels).\($0)" } }
        }
        let shallow = self.make("wild", role, wildcard: true, expecting: .served(role)) { _ in
        } client: {
            below("one")(&$0)
        }
        let bare = self.make("wild-itself", role, wildcard: true, expecting: .keptOut)
        let deep = self.make("wild-deep", role, wildcard: true, expecting: .served(role)) { _ in
        } client: {
            below("two.labels")(&$0)
        }
        return [
            Inquiry(
                .wildcards,
                "\(role.rawValue), one label",
                .wildcardNames,
                isDeclared: self.definition.declares(.wildcardNames, in: role),
                [("a name one label below is served", shallow), ("the name itself is not", bare)]
            ),
            Inquiry(
                .wildcards,
                "\(role.rawValue), any depth",
                .wildcardNamesOfAnyDepth,
                isDeclared: self.definition.declares(.wildcardNamesOfAnyDepth, in: role),
                [("a name two labels below is served", deep)]
            ),
        ]
    }

    private func addresses(_ role: Role) -> [Inquiry] {
        func other(_ client: inout ClientPlan) { client.source = .otherLoopback }
        let admitted = self.make("allow", role, expecting: .served(role)) { $0.allowCIDRs = ["127.0.0.1/32"] }
        let keptOut = self.make("allow-other", role, expecting: .keptOut) {
            $0.allowCIDRs = ["127.0.0.1/32"]
        } client: {
            other(&$0)
        }
        let denied = self.make("deny", role, expecting: .keptOut) {
            $0.allowCIDRs = ["127.0.0.0/8"]
            $0.denyCIDRs = ["127.0.0.66/32"]
        } client: {
            other(&$0)
        }
        return [
            Inquiry(
                .ipRestrictions,
                "\(role.rawValue), allow",
                .ipRestrictions,
                isDeclared: self.definition.declares(.ipRestrictions, in: role),
                [("a client whom a rule allows is served", admitted), ("another is kept out", keptOut)]
            ),
            Inquiry(
                .ipRestrictions,
                "\(role.rawValue), deny",
                .ipDenyRules,
                isDeclared: self.definition.declares(.ipDenyRules, in: role),
                [("a client whom a rule denies is kept out", denied)]
            ),
        ]
    }

    private func clients(_ role: Role) -> [Inquiry] {
        guard role.terminatingParty != .upstream else { return [] }
        func demand(_ endpoint: inout EndpointPlan) { endpoint.mutualTLS = ["ca-clients"] }
        let good = self.make("mutual-tls", role, expecting: .served(role)) {
            demand(&$0)
        } client: {
            $0.certificate = "client-good"
        }
        let none = self.make("mutual-tls-none", role, expecting: .keptOut) { demand(&$0) }
        let stranger = self.make("mutual-tls-stranger", role, expecting: .keptOut) {
            demand(&$0)
        } client: {
            $0.certificate = "client-unknown-ca"
        }
        return [
            Inquiry(
                .mutualTLS,
                role.rawValue,
                .mutualTLS,
                isDeclared: self.definition.declares(.mutualTLS, in: role),
                [
                    ("a client with a certificate is served", good), ("one without is kept out", none),
                    ("so is one of another CA", stranger),
                ]
            )
        ]
    }

    private func upstreams(_ role: Role) -> [Inquiry] {
        guard role.isReEncrypted else { return [] }
        let right = self.make("verified", role, expecting: .served(role)) {
            $0.upstreamVerification = .against(ca: "ca-servers")
        }
        // The edge may greet it, and must not say more.
        var noData = Expectation()
        noData.handshake = .refused
        let wrong = self.make("unverified", role, expecting: noData, never: [.otherContacted, .upstreamGotData]) {
            $0.upstreamVerification = .against(ca: "ca-servers")
            $0.upstream.certificate = "upstream-unknown-ca"
        }
        var shown = Expectation.served(role)
        shown.upstreamClientCertificate = .recipe("client-good")
        let showing = self.make("shown", role, expecting: shown) {
            $0.upstreamClientCertificate = "client-good"
            $0.upstream.mutualTLS = ["ca-clients"]
        }
        return [
            Inquiry(
                .upstreamTLS,
                "\(role.rawValue), verification",
                .upstreamVerification,
                isDeclared: self.definition.declares(.upstreamVerification, in: role),
                [("an upstream of the right CA is reached", right), ("one of another CA gets no data", wrong)]
            ),
            Inquiry(
                .upstreamTLS,
                "\(role.rawValue), certificate",
                .upstreamClientCertificate,
                isDeclared: self.definition.declares(.upstreamClientCertificate, in: role),
                [("an upstream that asks is shown the endpoint's certificate", showing)]
            ),
        ]
    }
}
