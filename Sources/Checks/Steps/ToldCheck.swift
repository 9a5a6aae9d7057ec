package import ScenarioModel
package import Verdicts

/// What the webhook was sent, held to what the step says.
package enum ToldCheck {
    /// - Parameter seen: of each event that came, in their order, what stands where the step looks; of one that it does not expect,
    ///   its type.
    package static func results(of expected: [ToldEvent], _ seen: [[APIAnswer.Field]]) -> [CheckResult] {
        let rest = seen.dropFirst(expected.count).map { $0.first?.found ?? "an event without a type" }
        let count = CheckResult(
            check: "told",
            expected: "\(expected.count) events",
            observed: "\(seen.count)" + (rest.isEmpty ? "" : ", and so besides: \(rest.joined(separator: ", "))"),
            holds: seen.count == expected.count
        )
        return [count] + seen.prefix(expected.count).joined().map { APICheck.result(of: $0, check: "told field") }
    }
}
