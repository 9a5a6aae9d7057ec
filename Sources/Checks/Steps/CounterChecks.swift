import ScenarioModel
import Verdicts

extension Judge {
    /// What the target says that it has counted, held to what happened.
    func judge(
        _ expected: [TargetCounter: CountExpectation],
        _ counted: [TargetCounter: Int],
        of testCase: Case,
        _ clients: [ClientObservation]
    ) -> Verdict {
        var checks: [CheckResult] = []
        for (counter, expectation) in expected.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let wanted =
                switch expectation {
                case .number(let number): number
                case .seen: Self.bytes(counter, of: testCase, clients)
                }
            checks.append(
                CheckResult(
                    check: "counter",
                    expected: "\(counter.rawValue) \(wanted)",
                    observed: counted[counter].map { "\($0)" } ?? "not told",
                    holds: counted[counter] == wanted
                )
            )
        }
        return Verdict(checks)
    }

    /// Plaintext where the edge ends TLS, TLS bytes where it passes them on.
    private static func bytes(_ counter: TargetCounter, of testCase: Case, _ clients: [ClientObservation]) -> Int {
        let isPlain = testCase.role.terminatingParty == .edge
        return clients.map { client in
            switch (counter == .bytesIn, isPlain) {
            case (true, true): client.applicationSent.count
            case (true, false): client.leg.sentCount
            case (false, true): client.applicationReceived.count
            case (false, false): client.leg.receivedCount
            }
        }.reduce(0, +)
    }
}

extension Verdict {
    /// A pass where all of these hold.
    init(_ checks: [CheckResult]) {
        let wrong = checks.filter { !$0.holds }
        self.init(
            outcome: wrong.isEmpty ? .pass : .fail,
            summary: wrong.map { "\($0.check): expected \($0.expected), observed \($0.observed)" }
                .joined(separator: "; "),
            checks: checks
        )
    }
}
