import ArgumentParser
import Foundation
import ProgramKit
import Reports
import ScenarioModel
import Verdicts

/// The flags about an earlier run.
struct EarlierRunOptions: ParsableArguments {
    @Option(help: "An earlier run, its folder or run.json: the reports say what is different from it.")
    var compare: String?

    @Option(help: "The same, and what failed in it may fail again in the same way: only what is new fails the run.")
    var baseline: String?

    @Flag(
        help:
            "Only the cases that had no acceptable verdict in the last run of the target, or in the one that is named."
    )
    var failed = false

    func validate() throws {
        if self.compare != nil, self.baseline != nil {
            throw ValidationError("--baseline compares too: leave out --compare")
        }
    }

    var isGiven: Bool { self.compare != nil || self.baseline != nil }

    /// The run that was named.
    func read() throws -> RunReport? {
        try (self.compare ?? self.baseline).map { try RunFile.read(URL(fileURLWithPath: $0)) }
    }

    /// Refuses a run of another target: its failures are no excuse, its cases not those that failed here, and a difference
    /// from it no news.
    ///
    /// - Parameter target: what is run or checked now.
    func refuse(_ named: RunReport?, unlessOf target: RunReport.TargetIdentity) throws(Complaint) {
        guard let named, !named.target.isSame(as: target) else { return }
        let flag = self.baseline == nil ? "--compare" : "--baseline"
        throw Complaint(
            "\(flag) names a run of \(named.target.call), and this one is of \(target.call)",
            hint: "name a run of the same target; `shakedown compare` tells the difference between two runs of any",
            exitStatus: .usage
        )
    }

    /// What failed in the run that was named is known; `nil` where it is only compared with.
    func makeBaseline(of named: RunReport?) -> Baseline? { self.baseline == nil ? nil : named.map(Baseline.init) }

    /// Of the scenarios those cases that are to be run again, when only those are asked for.
    func narrow(
        _ scenarios: [Scenario],
        of target: String,
        named: RunReport?,
        history: RunHistory
    ) throws -> [Scenario] {
        guard self.failed else { return scenarios }
        let last: RunReport
        if let named {
            last = named
        } else if let folder = history.newest(of: target) {
            last = try RunFile.read(folder)
        } else {
            throw Complaint(
                "\(history.root.path) has no run of \(target), so nothing of it has failed",
                hint: "run it without --failed first, or name a run with --compare",
                exitStatus: .usage
            )
        }
        let ids = Set(last.results.lazy.filter { !$0.verdict.outcome.isAcceptable }.map(\.testCase.id))
        return scenarios.compactMap { scenario in
            var scenario = scenario
            scenario.cases.removeAll { !ids.contains($0.id) }
            return scenario.cases.isEmpty ? nil : scenario
        }
    }
}
