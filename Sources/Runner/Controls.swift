import ScenarioModel

/// The exchanges that prove a target alive.
///
/// A dead edge refuses everything, so a "must refuse" case counts only between two controls that came through. They are
/// ordinary cases of a good client at a good endpoint, one for each role the target has, on endpoints of their own.
enum Controls {
    /// Which upstream no client ever asks for: whatever arrives there was misrouted.
    static let decoyKey = "decoy"

    static func cases(for roles: [Role], baseDomain: String) -> [Case] {
        roles.map { role in
            let endpoint = EndpointPlan(key: "control", domain: "control-\(role.rawValue).\(baseDomain)", role: role)
            return Case(
                id: "control[role=\(role.rawValue)]",
                scenario: "control",
                role: role,
                endpoints: [endpoint],
                client: ClientPlan(engine: .openssl, serverName: endpoint.domain),
                exchange: .echo,
                expectation: GradedExpectation(strict: [Self.expectation])
            )
        }
    }

    static func decoy(role: Role, baseDomain: String) -> EndpointPlan {
        EndpointPlan(key: Self.decoyKey, domain: "decoy.\(baseDomain)", role: role)
    }

    private static var expectation: Expectation {
        var expectation = Expectation()
        expectation.route = .endpoint("control")
        expectation.handshake = .completed
        return expectation
    }
}
