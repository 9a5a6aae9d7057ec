import ScenarioModel

enum SampleCase {
    /// - Parameter isRefused: it is right that nothing reaches an upstream.
    static func make(
        _ id: String,
        isRefused: Bool = false,
        exchange: Exchange = .echo,
        endpoints: Int = 0,
        within: ScenarioModel.Expectation.Within? = nil,
        gap: Int = 0
    ) -> Case {
        var expectation = ScenarioModel.Expectation()
        expectation.within = within
        expectation.route = isRefused ? ScenarioModel.Expectation.Route.none : .endpoint("e0")
        var client = ClientPlan(engine: .bytes, serverName: nil)
        client.delivery.gapMilliseconds = gap
        return Case(
            id: id,
            scenario: "s",
            role: .passthrough,
            endpoints: (0..<endpoints).map {
                EndpointPlan(key: "e\($0)", domain: "e\($0).\(id).test", role: .passthrough)
            },
            client: client,
            exchange: exchange,
            expectation: GradedExpectation(strict: [expectation])
        )
    }
}
