import ScenarioModel
import Targets

/// The cases that a probe plays: good clients and bad ones at endpoints of their own, with one strict expectation.
struct ProbeCases: Sendable {
    let definition: TargetDefinition
    static let scenario = "probe"

    /// The roles that the target declares.
    var roles: [Role] { Role.allCases.filter { self.definition.declares(.role($0)) } }

    /// One role for each party that can end TLS: what differs between the others is behind it.
    var parties: [Role] {
        var seen: Set<Party> = []
        return self.roles.filter { seen.insert($0.terminatingParty).inserted }
    }

    /// The role in which the edge itself ends TLS; `nil` of one that never does.
    var terminating: Role? { self.roles.first { $0.terminatingParty == .edge } }

    /// - Parameters:
    ///   - name: unique, of letters, digits and hyphens.
    ///   - wildcard: the endpoint is served for all names below its own.
    ///   - endpoint: changes the endpoint that the client asks for.
    ///   - client: changes the client, which asks for the endpoint's own name unless it is told otherwise.
    func make(
        _ name: String,
        _ role: Role,
        wildcard: Bool = false,
        exchange: Exchange = .echo,
        expecting expectation: Expectation,
        never: [Invariant] = [],
        endpoint change: (inout EndpointPlan) -> Void = { _ in },
        client adapt: (inout ClientPlan) -> Void = { _ in }
    ) -> Case {
        let id = "\(Self.scenario).\(name)[role=\(role.rawValue)]"
        var label = "probe-\(name)-\(role.rawValue)"
        if label.count > 60 { label = "probe-" + String(label.suffix(54)) }
        let domain = "\(wildcard ? "*." : "")\(label).\(Stage.baseDomain)"
        var endpoint = EndpointPlan(key: "tenant", domain: domain, role: role)
        change(&endpoint)
        if let external = self.definition.external, let name = external.names(forCase: id, [endpoint])["tenant"] {
            endpoint.domain = wildcard ? "*.\(name)" : name
        }
        var client = ClientPlan(engine: .openssl, serverName: endpoint.domain.replacing("*.", with: ""))
        adapt(&client)
        return Case(
            id: id,
            scenario: Self.scenario,
            role: role,
            endpoints: [endpoint],
            client: client,
            exchange: exchange,
            expectation: GradedExpectation(strict: [expectation], never: never)
        )
    }
}

extension Expectation {
    /// The client gets through to the endpoint, TLS ends where the role says, and nothing is changed on the way.
    static func served(_ role: Role) -> Expectation {
        var expectation = Expectation()
        expectation.route = .endpoint("tenant")
        expectation.handshake = .completed
        expectation.terminatedBy = role.terminatingParty
        expectation.bytes = .identical
        return expectation
    }

    /// The client is kept out, and no upstream gets a byte of it.
    static var keptOut: Expectation {
        var expectation = Expectation()
        expectation.route = Route.none
        expectation.handshake = .refused
        return expectation
    }
}
