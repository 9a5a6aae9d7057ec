import ConfigurationFiles
import ScenarioModel

/// `endpoints:` of one case.
struct EndpointReader {
    let reading: Reading
    /// The certificates that a policy can be given; `nil` knows none and takes every name.
    let recipes: Set<String>?

    /// Words that an endpoint may not be called, because an expectation or the harness uses them.
    static let reservedKeys = [
        "none", "decoy", "domain", "unknown", "saved", "webhook", "conn", "actions", "endpoint", "vars",
    ]

    func endpoint(_ node: YAMLNode, key: String, name: String, role: Role) -> EndpointPlan? {
        guard let object = ObjectReader(node, Grammar.endpoint, self.reading) else { return nil }
        var plan = EndpointPlan(key: key, domain: name, role: object.word("role", as: Role.self) ?? role)
        if object.bool("wildcard") == true { plan.domain = "*." + name }
        if let domain = object.text("domain") {
            if object.node("wildcard") != nil {
                self.reading.report("an endpoint has either a domain of its own or wildcard", at: node)
            }
            plan.domain = domain
        }
        plan.isOnline = object.bool("online") ?? true
        plan.hasOwnAgent = object.bool("own-agent") ?? false
        if let node = object.node("agent-of") { self.share(&plan, agentOf: node, object) }
        if let node = object.node("rival-of") { self.makeRival(&plan, of: node, object) }
        if let node = object.node("pool-of") { self.join(&plan, poolOf: node, object) }
        if let node = object.node("labels") { self.label(&plan, node, object) }
        if let node = object.node("account") {
            plan.isOfOtherAccount = self.reading.word(node, "account", as: Account.self) != nil
            if !plan.hasOwnAgent {
                self.reading.report(
                    "another account has agents of its own; it needs 'own-agent: true' or 'rival-of'",
                    at: node
                )
            }
        }
        self.readPolicy(&plan, object)
        if object.bool("internal") == true { self.makeInternal(&plan, name, object) }
        plan.certificate = object.text("certificate")
        plan.mutualTLS = object.texts("mutual-tls")
        if !plan.mutualTLS.isEmpty && plan.role == .passthrough {
            self.reading.report("mutual TLS needs an endpoint that terminates TLS; its role is passthrough", at: node)
        }
        plan.allowCIDRs = object.texts("allow")
        plan.denyCIDRs = object.texts("deny")
        if !plan.denyCIDRs.isEmpty && plan.allowCIDRs.isEmpty {
            self.reading.report("deny without allow admits nobody, and edges refuse to start it", at: node)
        }
        plan.proxyProtocol = object.integer("proxy-protocol", in: 0...2) ?? 0
        if let verify = object.text("verify-upstream"), verify != "none" {
            plan.upstreamVerification = .against(ca: verify)
            if !plan.role.isReEncrypted {
                self.reading.report(
                    "only a connection that goes on encrypted can be verified; its role is \(plan.role.rawValue)",
                    at: object.node("verify-upstream")
                )
            }
        }
        if let certificate = object.text("upstream-client-certificate"), certificate != "none" {
            plan.upstreamClientCertificate = certificate
            if !plan.role.isReEncrypted {
                self.reading.report(
                    "only to a connection that goes on encrypted a certificate can be shown; its role is \(plan.role.rawValue)",
                    at: object.node("upstream-client-certificate")
                )
            }
        }
        if let node = object.node("upstream") { plan.upstream = self.upstream(node) }
        return plan
    }

    private func readPolicy(_ plan: inout EndpointPlan, _ object: ObjectReader) {
        if let node = object.node("policy") {
            var reading = self.reading.knowing(recipes: self.recipes)
            reading.scope.takesPolicyVariables = true
            plan.policy = JSONReader(reading: reading).json(node)
        }
        plan.isTerminatedByPolicy = object.bool("terminated-by-policy") ?? false
        guard plan.isTerminatedByPolicy else { return }
        let node = object.node("terminated-by-policy")
        if plan.role != .edge {
            self.reading.report("a policy ends TLS at the edge; its role is \(plan.role.rawValue)", at: node)
        }
        if plan.policy?.contains(#""terminate-tls""#) != true {
            self.reading.report("a policy that ends TLS has the action terminate-tls", at: node)
        }
        for key in ["certificate", "mutual-tls"] {
            guard let node = object.node(key) else { continue }
            self.reading.report("an endpoint that is bound as one whose TLS passes through has no '\(key)'", at: node)
        }
    }

    /// ``EndpointNames`` calls it the same.
    private func makeInternal(_ plan: inout EndpointPlan, _ name: String, _ object: ObjectReader) {
        for key in ["domain", "wildcard", "rival-of", "pool-of", "labels"] {
            guard let node = object.node(key) else { continue }
            self.reading.report("an internal endpoint has a name of its own below .internal: no '\(key)'", at: node)
        }
        plan.isInternal = true
        plan.domain = EndpointNames.internalName(name)
    }

    enum Account: String, CaseIterable { case other }

    private func share(_ plan: inout EndpointPlan, agentOf node: YAMLNode, _ object: ObjectReader) {
        for key in ["online", "own-agent", "rival-of"] {
            guard let node = object.node(key) else { continue }
            self.reading.report("it is served by the agent of another endpoint: no '\(key)'", at: node)
        }
        guard let name = self.name(ofOther: node, than: plan) else { return }
        plan.servedWith = name
        plan.hasOwnAgent = true
    }

    private func makeRival(_ plan: inout EndpointPlan, of node: YAMLNode, _ object: ObjectReader) {
        for key in ["domain", "wildcard", "online", "own-agent"] {
            guard let node = object.node(key) else { continue }
            self.reading.report(
                "a rival has the name of the other, and an agent that a step starts: no '\(key)'",
                at: node
            )
        }
        guard let name = self.name(ofOther: node, than: plan) else { return }
        plan.rivalOf = self.reading.text(node)
        plan.domain = name
        plan.hasOwnAgent = true
    }

    private func join(_ plan: inout EndpointPlan, poolOf node: YAMLNode, _ object: ObjectReader) {
        for key in ["domain", "wildcard", "online", "agent-of", "rival-of", "labels"] {
            guard let node = object.node(key) else { continue }
            self.reading.report("it serves the name of another, by an agent of its own: no '\(key)'", at: node)
        }
        guard let name = self.name(ofOther: node, than: plan) else { return }
        plan.poolOf = self.reading.text(node)
        plan.domain = name
        plan.isPooled = true
        plan.hasOwnAgent = true
    }

    private func label(_ plan: inout EndpointPlan, _ node: YAMLNode, _ object: ObjectReader) {
        for key in ["wildcard", "policy", "mutual-tls", "allow", "deny", "proxy-protocol", "rival-of"] {
            guard let node = object.node(key) else { continue }
            self.reading.report(
                "a labelled tunnel has no name, and what goes with one is its edge's: no '\(key)'",
                at: node
            )
        }
        guard let labels = ObjectReader(node, named: "labels", keys: nil, self.reading) else { return }
        for entry in labels.entries { plan.labels[entry.name] = self.reading.text(entry.value) }
        if labels.entries.isEmpty {
            self.reading.report("'labels' says what TLS edges choose the tunnel by: { team: web }", at: node)
        }
    }

    private func name(ofOther node: YAMLNode, than plan: EndpointPlan) -> String? {
        guard let key = self.reading.text(node) else { return nil }
        let names = self.reading.scope.endpointNames
        if let name = names[key], key != plan.key { return name }
        let hint = Suggestion.clause(for: key, among: names.keys.filter { $0 != plan.key }.sorted())
        self.reading.report("no other endpoint is called '\(key)'\(hint)", at: node)
        return nil
    }

    private func upstream(_ node: YAMLNode) -> UpstreamPlan {
        var plan = UpstreamPlan()
        guard let object = ObjectReader(node, Grammar.upstream, self.reading) else { return plan }
        plan.isListening = object.bool("listening") ?? true
        if let certificate = object.text("certificate") { plan.certificate = certificate }
        if let version = object.word("min-version", as: TLSVersion.self) { plan.minimumVersion = version }
        if let version = object.word("max-version", as: TLSVersion.self) { plan.maximumVersion = version }
        if plan.minimumVersion > plan.maximumVersion {
            self.reading.report("the upstream's smallest version is above its largest", at: node)
        }
        plan.alpn = object.texts("alpn")
        plan.mutualTLS = object.texts("mutual-tls")
        plan.takesEarlyData = object.bool("early-data") ?? false
        return plan
    }
}
