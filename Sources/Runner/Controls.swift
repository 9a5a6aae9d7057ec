import ScenarioModel
import Targets
import Verdicts

/// The exchanges that prove a target alive.
///
/// A dead edge refuses everything, so a "must refuse" case counts only before a control that came through. They are
/// ordinary cases of a good client at a good endpoint, one for each role the target has, on endpoints of their own.
enum Controls {
    static let scenario = "control"
    static let decoyKey = Behaviour.decoy
    /// The decoy's endpoint in the fleet.
    static let decoyID = "decoy/\(Self.decoyKey)"

    /// - Parameter external: an edge that runs already, whose own endpoints must do.
    static func cases(for roles: [Role], baseDomain: String, external: ExternalEdge? = nil) -> [Case] {
        let given = external?.controls.map { (role: $0.role, domain: $0.domain) }
        let places = given ?? roles.map { (role: $0, domain: "control-\($0.rawValue).\(baseDomain)") }
        return places.map { role, domain in
            Self.echo(
                id: given == nil ? "control[role=\(role.rawValue)]" : "control[\(domain)]",
                endpoint: EndpointPlan(key: "control", domain: domain, role: role)
            )
        }
    }

    /// The endpoint whose name no client ever asks for: whatever arrives at its upstream was misrouted. It is the first
    /// in every configuration, where a target that falls back to "the first one" would send strangers.
    static func decoyCase(role: Role, domain: String) -> Case {
        Self.echo(id: "decoy", endpoint: EndpointPlan(key: Self.decoyKey, domain: domain, role: role))
    }

    /// - Parameter external: an edge that runs already; `nil` where it has no endpoint for that.
    static func decoyCase(for roles: [Role], baseDomain: String, external: ExternalEdge? = nil) -> Case? {
        if let external {
            return external.decoy.map { Self.decoyCase(role: $0.role, domain: $0.domain) }
        }
        return Self.decoyCase(role: roles.first ?? .passthrough, domain: Self.decoyDomain(baseDomain))
    }

    static func decoyDomain(_ baseDomain: String, external: ExternalEdge? = nil) -> String {
        external?.decoy?.domain ?? "decoy.\(baseDomain)"
    }

    /// An echo at an endpoint that a target serves since its configuration was read for the so-manieth time: who gets
    /// through speaks to the new one. Of a case all of them have one upstream.
    static func probeCase(of testCase: Case, generation: Int) -> Case {
        let domain = testCase.endpoints.first?.domain.replacing("*.", with: "") ?? testCase.id
        return Self.echo(
            id: "\(testCase.id)#probe",
            endpoint: EndpointPlan(key: "probe", domain: "probe-\(generation)-\(domain)", role: testCase.role)
        )
    }

    private static func echo(id: String, endpoint: EndpointPlan) -> Case {
        var expectation = Expectation()
        expectation.route = .endpoint(endpoint.key)
        expectation.handshake = .completed
        return Case(
            id: id,
            scenario: Self.scenario,
            role: endpoint.role,
            endpoints: [endpoint],
            client: ClientPlan(engine: .openssl, serverName: endpoint.domain),
            exchange: .echo,
            expectation: GradedExpectation(strict: [expectation])
        )
    }
}
