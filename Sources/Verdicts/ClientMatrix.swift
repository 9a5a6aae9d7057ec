internal import ScenarioModel

/// Clients that are programs against several targets: a column for each run, a row for each client.
package struct ClientMatrix: Hashable, Sendable {
    package var columns: [RunReport.TargetIdentity]
    package var rows: [Row]

    package struct Row: Hashable, Sendable {
        package var client: String
        /// One for each column; `nil` where the client was not asked for anything.
        package var cells: [TargetMatrix.Cell?]
    }

    /// - Parameter reports: in the order of the columns.
    package init(_ reports: [RunReport]) {
        self.columns = reports.map(\.target)
        let cells = reports.map { report in
            Dictionary(grouping: report.results.filter { $0.testCase.client.program != nil }) {
                $0.testCase.client.program ?? ""
            }
            .mapValues(TargetMatrix.Cell.init)
        }
        self.rows = Set(cells.flatMap(\.keys)).sorted().map { client in
            Row(client: client, cells: cells.map { $0[client] })
        }
    }
}
