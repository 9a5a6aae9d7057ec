internal import ScenarioModel

/// The same scenarios against several targets, side by side: a column for each run, a row for each scenario.
package struct TargetMatrix: Hashable, Sendable, Codable {
    package static let schemaVersion = 1
    package var schemaVersion = Self.schemaVersion
    package var tool: RunReport.Tool
    package var columns: [Column]
    package var rows: [Row]

    package struct Column: Hashable, Sendable, Codable {
        package var target: RunReport.TargetIdentity
        package var seed: String
        package var startedAt: String
        package var durationSeconds: Double
        package var command: String
        /// Of all cases, by the outcome's name; those that are not there are none.
        package var counts: [String: Int]
        package var problems: [String]
        package var exitCode: Int32

        package func count(_ outcome: Outcome) -> Int { self.counts[outcome.rawValue] ?? 0 }
    }

    package struct Row: Hashable, Sendable, Codable {
        package var scenario: String
        package var title: String
        /// One for each column; `nil` where the scenario was not asked of the target.
        package var cells: [Cell?]
    }

    /// What one scenario came to against one target.
    package struct Cell: Hashable, Sendable, Codable {
        /// Of the cases that the target could run; `unsupported` where it could run none.
        package var worst: Outcome
        /// How many came out so.
        package var count: Int
        /// How many it could run.
        package var total: Int

        package init(worst: Outcome, count: Int, total: Int) {
            self.worst = worst
            self.count = count
            self.total = total
        }
    }

    /// - Parameter reports: in the order of the columns; at least one.
    package init(_ reports: [RunReport]) {
        self.tool = reports[0].tool
        self.columns = reports.map(Column.init)
        let cells = reports.map { report in
            Dictionary(grouping: report.results, by: \.testCase.scenario).mapValues(Cell.init)
        }
        let titles = Dictionary(reports.flatMap(\.scenarios).map { ($0.id, $0.title) }) { first, _ in first }
        self.rows = Set(cells.flatMap(\.keys)).sorted().map { scenario in
            Row(scenario: scenario, title: titles[scenario] ?? "", cells: cells.map { $0[scenario] })
        }
    }

    /// The gravest of the runs' own.
    package var exitCode: Int32 {
        let codes = self.columns.map(\.exitCode)
        return [70, 1, RunReport.onlyRecommendationsFailed].first { codes.contains($0) } ?? 0
    }
}

extension TargetMatrix.Column {
    init(_ report: RunReport) {
        self.init(
            target: report.target,
            seed: report.seed,
            startedAt: report.startedAt,
            durationSeconds: report.durationSeconds,
            command: report.command,
            counts: Dictionary(
                uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, report.count($0)) }.filter { $0.1 > 0 }
            ),
            problems: report.problems,
            exitCode: report.exitCode
        )
    }
}

extension TargetMatrix.Cell {
    init(_ results: [CaseResult]) {
        let all = results.map(\.verdict.outcome)
        let run = all.filter { $0 != .unsupported }
        let worst = run.min { $0.severity < $1.severity } ?? .unsupported
        self.init(worst: worst, count: all.count { $0 == worst }, total: run.count)
    }
}
