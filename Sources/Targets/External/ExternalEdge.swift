package import Addresses
package import ScenarioModel

/// An edge that somebody else configured and runs: where it is, what it serves, and where it looks for its upstreams.
package struct ExternalEdge: Hashable, Sendable {
    package struct Endpoint: Hashable, Sendable {
        /// `app.example.test`, or a wildcard.
        package var domain: String
        package var role: Role
        /// What it presents, in DER; `nil` where its upstream ends TLS.
        package var leaf: ByteString?
        /// Where the harness's own upstream must listen.
        package var upstream: TransportAddress
        package var proxyProtocol = 0
        package var allowCIDRs: [String] = []
        package var denyCIDRs: [String] = []
        /// The CA recipes whose clients it lets in: some of ``ExternalEdge/authorities``.
        package var mutualTLS: [String] = []
        /// Nobody asks for it: whatever arrives at its upstream was sent there by default.
        package var isDecoy = false
        /// It is kept for the exchanges that prove the edge alive, and no case uses it.
        package var isControl = false
    }

    /// A CA that the edge trusts already, so that the harness issues its clients' certificates with it.
    package struct Authority: Hashable, Sendable {
        /// The recipe in whose place it stands.
        package var recipe: String
        /// In DER.
        package var certificate: ByteString
        /// As PEM files have it in base64.
        package var key: ByteString
        /// Where it was read from, for messages.
        package var file: String
    }

    /// As its user calls it; nobody asks it.
    var version: String
    package var addresses: [TransportAddress]
    package var authorities: [Authority]
    /// In the order of the file.
    package var endpoints: [Endpoint]
}

extension ExternalEdge.Endpoint {
    /// Without a wildcard's star.
    var name: String { self.isWildcard ? String(self.domain.dropFirst(2)) : self.domain }
    var isWildcard: Bool { self.domain.hasPrefix("*.") }

    /// As a scenario would have to describe it.
    private func plan(like plan: EndpointPlan) -> EndpointPlan {
        EndpointPlan(
            key: plan.key,
            domain: plan.domain,
            role: self.role,
            mutualTLS: self.mutualTLS,
            allowCIDRs: self.allowCIDRs,
            denyCIDRs: self.denyCIDRs,
            proxyProtocol: self.proxyProtocol,
            upstream: plan.upstream
        )
    }

    /// Whether it does all that the plan asks for, and nothing more, under whatever name.
    func suits(_ plan: EndpointPlan) -> Bool {
        !self.isControl && !self.isDecoy && plan.upstream.isListening && self.isWildcard == plan.domain.hasPrefix("*.")
            && self.plan(like: plan) == plan
    }

    /// One that asks nobody for anything.
    var isPlain: Bool {
        !self.isWildcard && self.proxyProtocol == 0 && self.allowCIDRs.isEmpty && self.denyCIDRs.isEmpty
            && self.mutualTLS.isEmpty
    }

    /// What an edge must be able to do that has it.
    var features: Set<Feature> {
        var features: Set<Feature> = [.role(self.role)]
        if self.isWildcard { features.insert(.wildcardNames) }
        if !self.mutualTLS.isEmpty { features.insert(.mutualTLS) }
        if self.proxyProtocol == 1 { features.insert(.proxyProtocol1) }
        if self.proxyProtocol == 2 { features.insert(.proxyProtocol2) }
        if !self.allowCIDRs.isEmpty { features.insert(.ipRestrictions) }
        if !self.denyCIDRs.isEmpty { features.insert(.ipDenyRules) }
        return features
    }
}

extension ExternalEdge {
    /// Those that prove the edge alive.
    package var controls: [Endpoint] { self.endpoints.filter(\.isControl) }

    package var decoy: Endpoint? { self.endpoints.first(where: \.isDecoy) }

    package func upstream(of domain: String) -> TransportAddress? {
        self.endpoints.first { $0.domain == domain }?.upstream
    }

    /// What a case's endpoints are called here, by their keys: those that are alike take turns. An endpoint that has no like
    /// here is not in it.
    package func names(forCase id: String, _ plans: [EndpointPlan]) -> [String: String] {
        let turn = Int(id.utf8.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) } % UInt32(self.endpoints.count))
        var free = Array(self.endpoints[turn...] + self.endpoints[..<turn])
        var names: [String: String] = [:]
        for plan in plans {
            guard let index = free.firstIndex(where: { $0.suits(plan) }) else { continue }
            names[plan.key] = free.remove(at: index).name
        }
        return names
    }

    /// What it lacks that a case needs, besides features; `nil` when it can be played.
    func lack(for testCase: Case) -> String? {
        if testCase.hasOwnTarget { return "a start for one case alone" }
        let isHere = self.addresses.allSatisfy(\.ip.isLoopback)
        if !isHere, testCase.clientPlans.contains(where: { $0.source == .otherLoopback || $0.source == .trustedProxy })
        {
            return "a loopback address, which clients of several addresses can connect to"
        }
        return testCase.endpoints.first { plan in
            !self.endpoints.contains { $0.domain == plan.domain && $0.suits(plan) }
        }.map { "a free endpoint of \(Self.words(for: $0))" }
    }

    /// As a person would look for it in the file.
    private static func words(for plan: EndpointPlan) -> String {
        var words = ["role \(plan.role.rawValue)"]
        if plan.domain.hasPrefix("*.") { words.append("wildcard") }
        if let certificate = plan.certificate { words.append("certificate \(certificate)") }
        if !plan.mutualTLS.isEmpty { words.append("mutual TLS by \(plan.mutualTLS.joined(separator: ", "))") }
        if !plan.allowCIDRs.isEmpty { words.append("allow \(plan.allowCIDRs.joined(separator: ", "))") }
        if !plan.denyCIDRs.isEmpty { words.append("deny \(plan.denyCIDRs.joined(separator: ", "))") }
        if plan.proxyProtocol > 0 { words.append("PROXY protocol \(plan.proxyProtocol)") }
        if plan.upstreamVerification != .off { words.append("a verified upstream") }
        if plan.upstreamClientCertificate != nil { words.append("a certificate for its upstream") }
        if !plan.upstream.mutualTLS.isEmpty { words.append("an upstream that demands a certificate") }
        if !plan.upstream.isListening { words.append("an upstream that refuses") }
        return words.joined(separator: ", ")
    }
}

extension IPAddress {
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6: self == .loopback6
        }
    }
}
