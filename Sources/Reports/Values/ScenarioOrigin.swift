import ScenarioModel

/// Where a scenario comes from, for those who look for one sort: whose rule it is, and whether a public bug led to it.
enum ScenarioOrigin: Hashable {
    case rule(Rule.Origin)
    case bug

    static let all = Rule.Origin.allCases.map(Self.rule) + [.bug]

    static func all(of scenario: Scenario) -> [ScenarioOrigin] {
        [.rule(scenario.rule.origin)] + (scenario.references.isEmpty ? [] : [.bug])
    }

    /// As the page's script and its addresses have it.
    var name: String {
        switch self {
        case .rule(let origin): origin.rawValue
        case .bug: "bug"
        }
    }

    var label: String {
        switch self {
        case .rule(.rfc): "RFC"
        case .rule(.proxyProtocol): "PROXY protocol"
        case .rule(.features): "declared feature"
        case .rule(.ngrok): "ngrok"
        case .rule(.house): "house"
        case .bug: "CVE or bug"
        }
    }
}

extension Profile {
    /// What a target was held to.
    var meaning: String {
        switch self {
        case .rfc: "RFCs, the PROXY protocol, its declared features"
        case .ngrok: "RFCs, the PROXY protocol, its declared features, ngrok's documentation"
        case .all: "RFCs, the PROXY protocol, its declared features, ngrok's documentation, the house's rules"
        }
    }
}
