import ScenarioModel
import Verdicts

/// Cases, results and runs made by hand.
enum Made {
    static func testCase(_ id: String, endpoints: [String] = ["tenant", "other"]) -> Case {
        var expectation = Expectation()
        expectation.route = endpoints.first.map { .endpoint($0) }
        return Case(
            id: id,
            scenario: String(id.prefix { $0 != "[" }),
            role: .edge,
            endpoints: endpoints.map {
                EndpointPlan(key: $0, domain: "\($0)-3fa9c2d1b07e.shakedown.test", role: .edge)
            },
            client: ClientPlan(engine: .openssl, serverName: "tenant-3fa9c2d1b07e.shakedown.test"),
            exchange: .echo,
            expectation: GradedExpectation(strict: [expectation])
        )
    }

    static func result(
        _ id: String,
        _ outcome: Outcome,
        summary: String = "",
        checks: [CheckResult] = [],
        waiver: Waiver.Citation? = nil,
        endpoints: [String] = ["tenant", "other"]
    ) -> CaseResult {
        CaseResult(
            testCase: Self.testCase(id, endpoints: endpoints),
            verdict: Verdict(outcome: outcome, summary: summary, checks: checks, waiver: waiver)
        )
    }

    static func failed(_ check: String, expected: String, observed: String) -> CheckResult {
        CheckResult(check: check, expected: expected, observed: observed, holds: false)
    }

    static func report(_ results: [CaseResult], version: String = "1") -> RunReport {
        RunReport(
            tool: .init(version: "1"),
            target: .init(name: "t", title: "T", version: version),
            seed: "0x1",
            startedAt: "2026-01-01T00:00:00Z",
            command: "shakedown run",
            scenarios: [],
            results: results
        )
    }
}
