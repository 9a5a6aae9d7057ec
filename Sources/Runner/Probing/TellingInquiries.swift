import ProgramKit
import ScenarioModel
import Targets
import Verdicts

extension ProbeCases {
    /// Where it listens besides, and what it tells of its connections.
    var tellingInquiries: [Inquiry] {
        guard let role = self.roles.first else { return [] }
        var inquiries: [Inquiry] = []
        inquiries.append(
            Inquiry(
                .ipv6,
                "",
                .ipv6,
                isDeclared: self.definition.declares(.ipv6, in: role),
                [
                    (
                        "an echo from ::1",
                        self.make("ipv6", role, expecting: .served(role)) { _ in
                        } client: {
                            $0.source = .loopback6
                        }
                    )
                ]
            )
        )
        if self.definition.declares(.events) {
            var expectation = Expectation.served(role)
            expectation.event = .one()
            inquiries.append(
                Inquiry(
                    .events,
                    "",
                    .events,
                    isDeclared: true,
                    [("one true event of an echo", self.make("events", role, expecting: expectation))]
                )
            )
        }
        let counters = TargetCounter.allCases.filter { self.definition.declares(.counter($0)) }
        if !counters.isEmpty {
            inquiries.append(Inquiry(.counters, cases: []) { stage in [Self.counted(counters, stage)] })
        }
        return inquiries
    }

    /// Whether every name that the file has is one that the target tells of.
    private static func counted(_ counters: [TargetCounter], _ stage: ProbeStage) -> ProbeFinding {
        let declared = counters.count == 1 ? "1 counter" : "\(counters.count) counters"
        do {
            _ = try stage.stage.target.counters()
            try stage.stage.target.vouch(for: Set(counters))
        } catch {
            return ProbeFinding(
                .counters,
                found: "no",
                declared: declared,
                .contradicts,
                evidence: ErrorWords.complaint(about: error).message
            )
        }
        return ProbeFinding(
            .counters,
            found: "yes",
            declared: declared,
            .agrees,
            evidence: counters.map(\.rawValue).joined(separator: ", ")
        )
    }
}
