package import AgentProtocol
package import ConfigurationFiles

/// A traffic policy of a TLS endpoint: rules that a connection goes through when it arrives.
package struct PolicyDocument: Sendable {
    /// In the order they are tried.
    package let rules: [PolicyRule]

    init(rules: [PolicyRule]) {
        self.rules = rules
    }
}

/// Actions, and the conditions that must all hold for them.
package struct PolicyRule: Sendable {
    package let name: String?
    /// None: the rule is for every connection.
    package let conditions: [PolicyExpression]
    package let actions: [PolicyAction]
    package let place: Place
}

/// Something that is done with a connection.
package struct PolicyAction: Sendable {
    package enum Kind: Sendable {
        case restrictIPs(IPRestrictionConfiguration)
        case deny
        case closeConnection
        case log([(name: String, value: ValueTemplate)])
        case terminateTLS(TerminationConfiguration)
        case forwardInternal(ForwardingConfiguration)
        case setVariables([(name: String, value: ValueTemplate)])
    }

    package let kind: Kind
    package let place: Place
}

extension PolicyAction.Kind {
    /// As documents call it.
    package var name: String {
        switch self {
        case .restrictIPs: PolicyActionType.restrictIPs.rawValue
        case .deny: PolicyActionType.deny.rawValue
        case .closeConnection: PolicyActionType.closeConnection.rawValue
        case .log: PolicyActionType.log.rawValue
        case .terminateTLS: PolicyActionType.terminateTLS.rawValue
        case .forwardInternal: PolicyActionType.forwardInternal.rawValue
        case .setVariables: PolicyActionType.setVariables.rawValue
        }
    }

    /// Whether nothing comes after it.
    var isTerminating: Bool {
        switch self {
        case .deny, .closeConnection: true
        case .forwardInternal(let configuration): configuration.onError == .halt
        case .restrictIPs, .log, .terminateTLS, .setVariables: false
        }
    }
}

/// The actions of TLS endpoints.
enum PolicyActionType: String, CaseIterable {
    case closeConnection = "close-connection"
    case deny
    case forwardInternal = "forward-internal"
    case log
    case restrictIPs = "restrict-ips"
    case setVariables = "set-vars"
    case terminateTLS = "terminate-tls"

    /// What HTTP endpoints have besides.
    static let ofHTTP: Set = [
        "add-headers", "ai-gateway", "basic-auth", "circuit-breaker", "compress-response", "custom-response",
        "http-request", "jwt-validation", "oauth", "oidc", "openid-connect", "owasp-crs-request", "owasp-crs-response",
        "rate-limit", "redirect", "remove-headers", "request-body-find-replace", "response-body-find-replace", "saml",
        "sse-find-replace", "url-rewrite", "verify-webhook", "webhook-verification",
    ]
}

extension PolicyDocument {
    /// Whether every connection meets an action that ends its rules: one in a rule without conditions. What evaluation
    /// finds out is not asked, so a rule for `true` does not count.
    package var hasEnd: Bool {
        self.rules.contains { rule in
            rule.conditions.isEmpty && rule.actions.contains { $0.kind.isTerminating }
        }
    }

    /// Cloud endpoints have no upstream, so their policies must end somewhere.
    ///
    /// - Throws: ERR_NGROK_2235.
    package func requireEnd() throws(NgrokError) {
        guard self.hasEnd else { throw .policyWithoutEnd }
    }

    /// `ipp_…` ids that the document names, each once, for somebody who knows whether they exist.
    package var ipPolicies: [String] {
        var ids: [String] = []
        for case .restrictIPs(let configuration) in self.rules.flatMap(\.actions).map(\.kind) {
            for id in configuration.policies where !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// How TLS may end, as far as that is known before there is a connection, for somebody who reads the certificates.
    package var terminations: [TLSTermination] {
        var terminations: [TLSTermination] = []
        for case .terminateTLS(let configuration) in self.rules.flatMap(\.actions).map(\.kind) {
            guard let termination = configuration.constant, !terminations.contains(termination) else { continue }
            terminations.append(termination)
        }
        return terminations
    }

    /// Whether TLS may end at the edge at all.
    package var endsTLS: Bool {
        self.rules.contains { rule in
            rule.actions.contains { if case .terminateTLS = $0.kind { true } else { false } }
        }
    }
}
