/// What an account has paid for, and so which modules its endpoints may use.
package enum Plan: String, CaseIterable, Codable, Hashable, Sendable {
    case free
    case payAsYouGo = "payg"
    case pro
    case enterprise

    /// As agents print it.
    package var title: String {
        switch self {
        case .free: "Free"
        case .payAsYouGo: "Pay-as-you-go"
        case .pro: "Pro"
        case .enterprise: "Enterprise"
        }
    }

    /// ngrok's of 2026, where an account's own say nothing. Of the larger plans it names none.
    package var limits: AccountLimits {
        switch self {
        case .free: AccountLimits(endpoints: 3, agents: 3, connectionsPerMinute: 100)
        case .payAsYouGo: AccountLimits(connectionsPerMinute: 600)
        case .pro, .enterprise: AccountLimits()
        }
    }

    package func includes(_ module: Module) -> Bool {
        switch (self, module) {
        case (.free, _): false
        case (_, .tlsEndpoints): true
        case (.payAsYouGo, .tlsTermination), (.pro, .tlsTermination): true
        case (.payAsYouGo, _): false
        case (.pro, .ipRestrictions), (.pro, .proxyProtocol): true
        case (.pro, _): false
        case (.enterprise, _): true
        }
    }

    /// A feature of TLS endpoints that some plans lack.
    package enum Module: CaseIterable, Hashable, Sendable {
        case tlsEndpoints
        /// TLS terminated at the edge.
        case tlsTermination
        /// TLS terminated where the edge has no key: at the agent or the upstream.
        case zeroKnowledge
        case mutualTLS
        case agentMutualTLS
        case ipRestrictions
        case proxyProtocol
        case trafficPolicies
        /// Endpoints that only others of their account forward to.
        case internalEndpoints
    }
}
