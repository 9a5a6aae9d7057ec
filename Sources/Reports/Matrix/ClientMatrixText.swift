package import Verdicts

/// Clients and targets as a table: what the worst of a client's cases came to, and how many there were.
package enum ClientMatrixText {
    package static func terminal(_ matrix: ClientMatrix) -> String {
        let titles = matrix.columns.map { SafeText.terminal("\($0.title) \($0.version)") }
        let first = max(6, matrix.rows.map(\.client.count).max() ?? 0) + 2
        let rows = matrix.rows.map { row in
            row.cells.map { cell in
                guard let cell else { return "" }
                return cell.total == 0 ? "unsupported" : MatrixText.cell(cell)
            }
        }
        let widths = titles.indices.map { column in
            (rows.map(\.[column].count).max() ?? 0, titles[column].count)
        }.map { max($0.0, $0.1) + 2 }
        func line(_ client: String, _ cells: [String]) -> String {
            let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
            let text = client + String(repeating: " ", count: max(0, first - client.count)) + padded.joined()
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let lines = [line("client", titles)] + zip(matrix.rows, rows).map { line($0.client, $1) }
        return lines.joined(separator: "\n") + "\n"
    }
}
