import ScenarioModel
import Testing

@testable import Targets

@Suite("What a target lacks for a case")
struct MissingFeaturesTests {
    struct Question: Sendable, CustomTestStringConvertible {
        let target: String
        let endpoint: EndpointPlan
        var requires: [Feature] = []
        var source = ClientPlan.Source.loopback
        let missing: [String]
        var testDescription: String { "\(self.target): \(self.missing)" }
    }

    @Test(
        "is found in its endpoints and its client, said or unsaid",
        arguments: [
            Question(target: "reference", endpoint: Fixture.plan("a.t", .agentReEncrypt), missing: []),
            Question(target: "haproxy", endpoint: Fixture.plan("a.t", .edge, proxyProtocol: 2), missing: []),
            Question(target: "haproxy", endpoint: Fixture.plan("a.t", .agent), missing: ["role.agent"]),
            Question(target: "haproxy", endpoint: Fixture.plan("a.t", .edge, isOnline: false), missing: ["agents"]),
            Question(target: "haproxy", endpoint: Fixture.plan("a.t", .edge, hasOwnAgent: true), missing: ["agents"]),
            Question(target: "haproxy", endpoint: Fixture.plan("a.t"), requires: [.events], missing: ["events"]),
            Question(
                target: "haproxy",
                endpoint: Fixture.plan("*.a.t"),
                requires: [Feature("wildcard-names.any-depth")],
                missing: []
            ),
            Question(
                target: "haproxy",
                endpoint: Fixture.plan("*.a.t", .edge),
                requires: [Feature("wildcard-names.any-depth")],
                missing: ["wildcard-names.any-depth"]
            ),
            Question(target: "nginx", endpoint: Fixture.plan("a.t", proxyProtocol: 1), missing: []),
            Question(
                target: "nginx",
                endpoint: Fixture.plan("a.t", proxyProtocol: 2),
                missing: ["proxy-protocol.2"]
            ),
            Question(
                target: "nginx",
                endpoint: Fixture.plan("a.t", .edge, proxyProtocol: 1),
                missing: ["proxy-protocol.1"]
            ),
            Question(
                target: "nginx",
                endpoint: Fixture.plan("a.t"),
                requires: [Feature("telepathy")],
                missing: ["telepathy"]
            ),
        ]
    )
    func missing(_ question: Question) throws {
        let testCase = Case(
            id: "a.b[role=\(question.endpoint.role.rawValue)]",
            scenario: "a.b",
            role: question.endpoint.role,
            requires: question.requires,
            endpoints: [question.endpoint],
            client: ClientPlan(engine: .openssl, serverName: "a.t", source: question.source),
            exchange: .echo,
            expectation: GradedExpectation(strict: [])
        )
        let definition = try Fixture.definition(of: question.target)
        #expect(definition.missing(for: testCase).map(\.rawValue) == question.missing)
    }

    @Test(
        "and in the limits that it asks for",
        arguments: [("haproxy", ["limit.account"]), ("stunnel", ["limit.account", "limit.source"])]
    )
    func limits(target: String, missing: [String]) throws {
        var testCase = Case(
            id: "a.b",
            scenario: "a.b",
            role: .edge,
            endpoints: [Fixture.plan("a.t", .edge)],
            client: ClientPlan(engine: .openssl, serverName: "a.t"),
            exchange: .echo,
            expectation: GradedExpectation(strict: [])
        )
        testCase.limits = [.source: 1, .account: 1]
        #expect(try Fixture.definition(of: target).missing(for: testCase).map(\.rawValue) == missing)
    }

    @Test("a machine without IPv6 takes the feature from every target")
    func withoutIPv6() throws {
        let definition = try Fixture.definition(of: "haproxy", hasIPv6: false)
        let testCase = Case(
            id: "a.b",
            scenario: "a.b",
            role: .passthrough,
            endpoints: [Fixture.plan("a.t")],
            client: ClientPlan(engine: .openssl, serverName: "a.t", source: .loopback6),
            exchange: .echo,
            expectation: GradedExpectation(strict: [])
        )
        #expect(definition.missing(for: testCase) == [.ipv6])
        #expect(!definition.features.contains(.ipv6))
    }
}
