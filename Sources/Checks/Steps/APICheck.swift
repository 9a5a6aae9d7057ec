package import ScenarioModel
package import Verdicts

/// What a target's API answered, held to what the step says.
package enum APICheck {
    package static func results(of call: APICall, _ answer: APIAnswer) -> [CheckResult] {
        let words = answer.words.isEmpty ? "" : ": \(answer.words)"
        let status = CheckResult(
            check: "api status",
            expected: "\(call.status)",
            observed: "\(answer.status)\(words)",
            holds: answer.status == call.status
        )
        return [status] + answer.fields.map { self.result(of: $0, check: "api field") }
    }

    static func result(of field: APIAnswer.Field, check: String) -> CheckResult {
        guard let expected = field.expected else {
            return CheckResult(
                check: check,
                expected: "\(field.path)",
                observed: field.found == nil ? "nothing there" : "that",
                holds: field.found != nil
            )
        }
        // What is left out is null to everybody who reads it.
        let found = field.found ?? "null"
        return CheckResult(
            check: check,
            expected: "\(field.path) \(expected)",
            observed: field.found ?? "nothing there",
            holds: found == expected
        )
    }
}
