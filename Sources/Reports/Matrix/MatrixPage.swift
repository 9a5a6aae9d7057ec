import Foundation
import LibCrypto
package import Verdicts

/// The matrix as one self-contained page, whose columns lead to the reports of the runs beside it.
package enum MatrixPage {
    package static func render(_ matrix: TargetMatrix) -> String {
        let style = String(decoding: PackageResources.report_css, as: UTF8.self) + Self.ownStyle
        let hash = Data(SHA256.digest(of: Array(style.utf8))).base64EncodedString()
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-\(hash)'">
            <title>Compatibility · Shakedown</title>
            <style>\(style)</style>
            </head>
            <body>
            <main class="matrix">
            <h1>Compatibility</h1>
            \(Self.totals(matrix))
            \(Self.scenarios(matrix))
            </main>
            <footer>\(SafeText.html("\(matrix.tool.name) \(matrix.tool.version)"))</footer>
            </body>
            </html>

            """
    }

    private static func totals(_ matrix: TargetMatrix) -> String {
        let outcomes = MatrixText.outcomes(of: matrix)
        let head = outcomes.map { "<th scope=\"col\" class=\"n\">\($0.label)</th>" }.joined()
        let rows = matrix.columns.map { column in
            let cells = outcomes.map { outcome in
                let count = column.count(outcome)
                return "<td class=\"n\(count > 0 ? " \(outcome.rawValue)" : "")\">\(count > 0 ? "\(count)" : "")</td>"
            }
            return "<tr><th scope=\"row\">\(Self.link(column))</th>\(cells.joined())</tr>"
        }
        return "<table><thead><tr><th scope=\"col\">target</th>\(head)</tr></thead>"
            + "<tbody>\(rows.joined(separator: "\n"))</tbody></table>"
    }

    private static func scenarios(_ matrix: TargetMatrix) -> String {
        let head = matrix.columns.map { "<th scope=\"col\">\(SafeText.html($0.target.name))</th>" }.joined()
        let rows = matrix.rows.map { row in
            let cells = row.cells.map { cell in
                "<td\(cell.map { " class=\"\($0.worst.rawValue)\"" } ?? "")>\(SafeText.html(MatrixText.cell(cell)))</td>"
            }
            return "<tr><th scope=\"row\"><code>\(SafeText.html(row.scenario))</code> "
                + "<small>\(SafeText.html(row.title))</small></th>\(cells.joined())</tr>"
        }
        return "<table><thead><tr><th scope=\"col\">scenario, by its worst case</th>\(head)</tr></thead>"
            + "<tbody>\(rows.joined(separator: "\n"))</tbody></table>"
    }

    private static func link(_ column: TargetMatrix.Column) -> String {
        let title = SafeText.html("\(column.target.title) \(column.target.version)")
        return "<a href=\"\(SafeText.html(column.target.name))/\(ReportDirectory.FileName.html)\">\(title)</a>"
    }

    /// Every cell has the colour of its outcome at its left edge, as the bars of a run's page have.
    private static let ownStyle =
        """

        .matrix { padding: 1.5rem; overflow-x: auto; }
        .matrix table { border-collapse: collapse; margin-bottom: 2rem; }
        .matrix th, .matrix td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; }
        .matrix .n { text-align: right; font-variant-numeric: tabular-nums; }
        .matrix small { color: var(--soft); display: block; font-weight: normal; }
        .matrix td { border-left: 4px solid transparent; white-space: nowrap; }

        """
        + Outcome.allCases.map { ".matrix td.\($0.rawValue) { border-left-color: var(--\($0.rawValue)); }\n" }.joined()
}
