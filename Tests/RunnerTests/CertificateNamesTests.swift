import ScenarioModel
import Testing

@testable import Runner

@Suite("The names of an endpoint's certificate")
struct CertificateNamesTests {
    @Test(
        "are its domain, and the clients' names where a wildcard does not reach down to it",
        arguments: [
            ("a.test", "a.test", ["a.test"]),
            ("a.test", "b.test", ["a.test"]),
            ("*.a.test", "x.a.test", ["*.a.test"]),
            ("*.a.test", "X.y.A.test", ["*.a.test", "x.y.a.test"]),
            ("*.a.test", "x.y.b.test", ["*.a.test"]),
            ("*.a.test", "x.ya.test", ["*.a.test"]),
            ("*.a.test", "x..a.test", ["*.a.test"]),
            ("*.a.test", "x.*.a.test", ["*.a.test"]),
            ("*.a.test", nil, ["*.a.test"]),
            ("*.a.test", String(repeating: "x.", count: 130) + "a.test", ["*.a.test"]),
        ] as [(String, String?, [String])]
    )
    func names(domain: String, asked: String?, expected: [String]) {
        let plan = EndpointPlan(key: "tenant", domain: domain, role: .edge)
        #expect(plan.certificateNames(askedFor: asked.map { [$0] } ?? []) == expected)
    }

    @Test("of several clients all that are deep enough")
    func several() {
        let plan = EndpointPlan(key: "tenant", domain: "*.a.test", role: .edge)
        #expect(
            plan.certificateNames(askedFor: ["x.y.a.test", "z.a.test", "x.y.a.test"]) == ["*.a.test", "x.y.a.test"]
        )
    }
}
