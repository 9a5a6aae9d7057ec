internal import Addresses

/// What the fuzzer runs: reads arbitrary bytes as an expression, a text with expressions in it and a regular expression, and
/// evaluates what could be read.
package enum ExpressionReplay {
    /// Returns for every input, soon; two results of one expression are a bug and trap.
    package static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        precondition(Self.value(text) == Self.value(text), "an expression has two values")
        var budget = Self.budget
        if let template = try? TextTemplate(text, scope: PolicyScope.connection) {
            _ = try? template.text(Self.variables, budget: &budget)
        }
        if let pattern = try? Pattern(text) {
            _ = try? pattern.matches("app.example", budget: &budget)
        }
    }

    /// Less than a connection has, so that the fuzzer gets on.
    private static var budget: EvaluationBudget { EvaluationBudget(steps: 10_000) }

    private static func value(_ text: String) -> String? {
        guard let expression = try? PolicyExpression(text, scope: PolicyScope.connection) else { return nil }
        var budget = Self.budget
        guard let value = try? expression.evaluate(Self.variables, budget: &budget),
            (try? budget.spend(goingThrough: value)) != nil
        else { return nil }
        return value.interpolated
    }

    private static let variables = RunVariables(
        ConnectionVariables(
            client: TransportAddress(ip: .loopback, port: 50_000),
            server: TransportAddress(ip: .loopback6, port: 443),
            region: "eu",
            start: .epoch,
            now: .epoch,
            serverName: "app.example",
            ja4: nil,
            endpoint: EndpointVariables(id: "ep_1", host: "app.example", port: 443)
        )
    )
}
