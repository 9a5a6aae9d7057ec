import ScenarioModel

/// Where a scenario comes from, for those who look for one sort of rule.
enum RuleOrigin: String, CaseIterable {
    case rfc, bug, ngrok
    case proxyProtocol = "proxy"
    case other

    var label: String {
        switch self {
        case .rfc: "RFC"
        case .bug: "CVE or bug"
        case .ngrok: "ngrok"
        case .proxyProtocol: "PROXY protocol"
        case .other: "other"
        }
    }

    /// The document of the rule is one origin, and a bug that the scenario would have caught is another.
    static func all(of scenario: Scenario) -> [RuleOrigin] {
        let document = scenario.rule.document
        let first: RuleOrigin =
            if document.hasPrefix("RFC ") {
                .rfc
            } else if document.hasPrefix("PROXY protocol") {
                .proxyProtocol
            } else if document.lowercased().contains("ngrok") {
                .ngrok
            } else {
                .other
            }
        return scenario.references.isEmpty ? [first] : [first, .bug]
    }
}
