import Foundation
import JSONText
import ProgramKit
import Reports
import Runner
import Verdicts

/// What `shakedown check` prints: what the edge showed, the verdicts, and what could not be asked.
struct OutsideSummary {
    let report: RunReport
    let facts: [OutsideFact]
    let notAsked: [BeyondClients: Int]

    func text(page: String?) -> String {
        let traits = TerminalTraits.detect(
            fileDescriptor: STDOUT_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        return TerminalSummary.render(
            self.report,
            color: traits.hasColor,
            reports: page.map { .page(path: $0) },
            preface: [
                .init("What it shows", self.facts.map { "\($0.name): \($0.value)" }),
                .init("Not to be judged from outside", self.limits.map { "\($0.count) cases: \($0.reason)" }),
            ]
        )
    }

    private var limits: [(count: Int, reason: String)] {
        BeyondClients.allCases.compactMap { obstacle in
            self.notAsked[obstacle].map { (count: $0, reason: obstacle.sentence) }
        }
    }

    /// The report as the Common Test Report Format, in an object with the rest.
    var json: String {
        get throws {
            let facts = JSONValue.object(self.facts.map { .init($0.name, .string($0.value)) })
            let limits = JSONValue.object(self.limits.map { .init($0.reason, .number(Double($0.count))) })
            func text(_ value: JSONValue) -> String { String(decoding: value.encoded, as: UTF8.self) }
            let report = String(decoding: try JSONWriter.renderCTRF(self.report), as: UTF8.self)
            return "{\"facts\": \(text(facts)), \"notAsked\": \(text(limits)), \"report\": \(report)}\n"
        }
    }
}
