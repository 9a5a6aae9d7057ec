import ScenarioModel
import Verdicts

/// What several writers want to know of a run, counted once.
struct RunDigest {
    let report: RunReport
    let scenarios: [String: Scenario]
    /// In alphabetical order.
    let areas: [String]
    /// The roles that occur, in the order of their declaration.
    let roles: [Role]
    let counts: [Outcome: Int]
    /// The worst outcome first, and of one outcome the largest group.
    let causes: [CauseGroup]
    private let countsByCell: [Cell: [Outcome: Int]]
    private let countsByArea: [String: [Outcome: Int]]

    private struct Cell: Hashable {
        var area: String
        var role: Role
    }

    init(_ report: RunReport) {
        self.report = report
        self.scenarios = Dictionary(report.scenarios.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var cells: [Cell: [Outcome: Int]] = [:]
        var areas: [String: [Outcome: Int]] = [:]
        var counts: [Outcome: Int] = [:]
        for result in report.results {
            let area = result.area
            let outcome = result.verdict.outcome
            cells[Cell(area: area, role: result.testCase.role), default: [:]][outcome, default: 0] += 1
            areas[area, default: [:]][outcome, default: 0] += 1
            counts[outcome, default: 0] += 1
        }
        self.counts = counts
        self.causes = CauseGroup.all(report.results)
        self.countsByCell = cells
        self.countsByArea = areas
        self.areas = areas.keys.sorted()
        self.roles = Role.allCases.filter { role in cells.keys.contains { $0.role == role } }
    }

    /// The outcomes that occur, the worst first.
    var outcomes: [Outcome] { Outcome.bySeverity.filter { self.count($0) > 0 } }

    func count(_ outcome: Outcome) -> Int { self.counts[outcome] ?? 0 }
    func counts(area: String) -> [Outcome: Int] { self.countsByArea[area] ?? [:] }
    func counts(area: String, role: Role) -> [Outcome: Int] { self.countsByCell[Cell(area: area, role: role)] ?? [:] }

    func scenario(of result: CaseResult) -> Scenario? { self.scenarios[result.testCase.scenario] }

    /// The title of the case's scenario, or its id where the run has no such scenario.
    func title(of result: CaseResult) -> String { self.scenario(of: result)?.title ?? result.testCase.scenario }

    /// Cases whose verdict no run may have, the worst first, otherwise in the order of the run.
    var unacceptable: [CaseResult] {
        let failures = self.report.results.filter { !$0.verdict.outcome.isAcceptable }
        return failures.enumerated()
            .sorted {
                ($0.element.verdict.outcome.severity, $0.offset) < ($1.element.verdict.outcome.severity, $1.offset)
            }
            .map(\.element)
    }

    /// The groups of these outcomes.
    func causes(where isWanted: (Outcome) -> Bool) -> [CauseGroup] {
        self.causes.filter { isWanted($0.cause.outcome) }
    }

    func first(of group: CauseGroup) -> CaseResult { self.report.results[group.members[0]] }

    /// Cases that broke a security invariant, whatever a waiver made of them.
    var brokenInvariants: [(invariant: Invariant, results: [CaseResult])] {
        Invariant.all.compactMap { invariant in
            let results = self.report.results.filter { $0.verdict.brokenInvariant == invariant }
            return results.isEmpty ? nil : (invariant, results)
        }
    }

    /// ` (all expected by waivers)` behind a number of cases; empty where no waiver knew of one.
    static func waivedClause(_ results: [CaseResult]) -> String {
        let waived = results.count { $0.verdict.outcome == .expectedFail }
        return waived == 0 ? "" : " (\(waived == results.count ? "all" : String(waived)) expected by waivers)"
    }

    /// How many cases each missing feature kept from being run, the most first.
    var missingFeatures: [(feature: String, count: Int)] {
        var counts: [String: Int] = [:]
        for result in self.report.results where result.verdict.outcome == .unsupported {
            counts[self.missing(result), default: 0] += 1
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (feature: $0.key, count: $0.value) }
    }

    private func missing(_ result: CaseResult) -> String {
        let present = Set(self.report.target.features)
        var wanted = Set(result.testCase.requires)
        wanted.formUnion(self.scenario(of: result)?.requires ?? [])
        wanted.subtract(present)
        if wanted.isEmpty {
            let role = Feature.role(result.testCase.role)
            if !present.contains(role) { wanted.insert(role) }
        }
        if wanted.isEmpty { return result.verdict.summary.isEmpty ? "not said" : result.verdict.summary }
        return wanted.sorted().map(\.rawValue).joined(separator: ", ")
    }

    /// One sentence about the whole run.
    var headline: String {
        let bad = self.unacceptableCount
        let problems = self.report.problems.count
        if self.report.isInterrupted {
            return "The run was interrupted" + (self.report.interruption.map { ": \($0.sentence)" } ?? "")
        }
        if bad == 0 && problems > 0 { return "Every verdict is acceptable, but the run has a problem" }
        if bad == 0 { return "Every verdict is acceptable" }
        let recommendations = self.count(.failShould)
        let share = "\(bad) of \(NumberText.count(self.report.results.count, "verdict")) "
        if bad == recommendations {
            return share + (bad == 1 ? "is a failed SHOULD" : "are failed SHOULDs") + ", and no MUST failed"
        }
        return share + "\(bad == 1 ? "is" : "are") not acceptable"
            + (recommendations == 0 ? "" : ", \(recommendations) of them for a SHOULD alone")
    }

    var unacceptableCount: Int { self.counts.reduce(0) { $0 + ($1.key.isAcceptable ? 0 : $1.value) } }

    /// What the exit code tells a script.
    var exitMeaning: String {
        switch self.report.exitCode {
        case 0: "exit 0: every verdict is acceptable"
        case RunReport.onlyRecommendationsFailed: "exit 3: no MUST failed, and at least one SHOULD did"
        case 70: "exit 70: the harness itself failed, so this run says too little about the target"
        default:
            self.report.isInterrupted && self.report.interruption?.isByFailure != true
                ? "exit 1: the run was interrupted"
                : self.unacceptableCount == 0
                    ? "exit 1: the run itself has a problem" : "exit 1: at least one verdict is not acceptable"
        }
    }
}
