import ScenarioModel

/// What a case needs of its target: what its file declares, and what its own parts imply.
enum Needs {
    static func features(of testCase: Case, declared: [Feature]) -> [Feature] {
        var features = Set(declared)
        for endpoint in testCase.endpointPlans {
            if endpoint.role != testCase.role { features.insert(.role(endpoint.role)) }
            if endpoint.domain.hasPrefix("*.") { features.insert(.wildcardNames) }
            if !endpoint.mutualTLS.isEmpty { features.insert(.mutualTLS) }
            if !endpoint.allowCIDRs.isEmpty || !endpoint.denyCIDRs.isEmpty { features.insert(.ipRestrictions) }
            if !endpoint.denyCIDRs.isEmpty { features.insert(.ipDenyRules) }
            if endpoint.proxyProtocol == 1 { features.insert(.proxyProtocol1) }
            if endpoint.proxyProtocol == 2 { features.insert(.proxyProtocol2) }
            if endpoint.upstreamVerification != .off { features.insert(.upstreamVerification) }
            if endpoint.upstreamClientCertificate != nil { features.insert(.upstreamClientCertificate) }
            if !endpoint.isOnline || endpoint.hasOwnAgent { features.insert(.agents) }
            if endpoint.isLabelled { features.formUnion([.agents, .agentLabels]) }
            if endpoint.policy != nil { features.insert(.trafficPolicy) }
            if endpoint.isInternal { features.formUnion([.agents, .internalEndpoints]) }
            if endpoint.isPooled { features.formUnion([.agents, .agentPools]) }
            if endpoint.isOfOtherAccount { features.insert(.agentAccounts) }
            if endpoint.hasRelayedAgent { features.insert(.agentReconnects) }
        }
        features.formUnion(testCase.limits.keys.map { Feature.limit($0) })
        if testCase.clientPlans.contains(where: { $0.source == .loopback6 }) { features.insert(.ipv6) }
        if testCase.clientPlans.contains(where: { $0.source == .trustedProxy }) { features.insert(.proxyProtocolIn) }
        let actions = testCase.play?.moments.joined().map(\.action) ?? []
        for step in actions {
            switch step {
            case .target(.reload), .target(.reloadBroken): features.insert(.reload)
            case .target(.stop): features.insert(.drain)
            case .target(.count(let counts)): features.formUnion(counts.keys.map { Feature.counter($0) })
            case .agent(_, .bind), .agent(_, .unbind): features.insert(.agentBinds)
            case .api(let call):
                features.insert(.api)
                if call.isOfOtherAccount { features.insert(.apiAccounts) }
            case .told: features.formUnion([.api, .apiEvents])
            case .target(.restart) where features.contains(.api): features.insert(.apiStore)
            case .connect, .open, .say, .hear, .end, .reset, .wait, .agent, .target(.restart): break
            }
        }
        for expectation in testCase.expectation.alternatives {
            if expectation.event != nil { features.insert(.events) }
            for case .deadline(let deadline) in expectation.times { features.insert(.deadline(deadline)) }
        }
        return features.sorted()
    }
}
