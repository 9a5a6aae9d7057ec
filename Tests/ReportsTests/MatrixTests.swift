import FolderTesting
import Foundation
import Reports
import Testing
import Verdicts

@Suite("The matrix of several targets")
struct MatrixTests {
    /// Two runs of which one is better; a title that is not to be trusted.
    private static func matrix() -> TargetMatrix {
        var other = SampleRun.everyOutcome()
        other.target.name = "other"
        other.target.title = "Other <b>|edge|</b>"
        other.results.removeAll { !$0.verdict.outcome.isAcceptable }
        return TargetMatrix([SampleRun.everyOutcome(), other])
    }

    @Test("a table has a line for each target")
    func terminal() throws {
        let lines = MatrixText.terminal(Self.matrix(), page: "/r/matrix.html").split(separator: "\n")
        #expect(lines.first?.hasPrefix("target ") == true)
        #expect(lines.contains { $0.hasPrefix("Other <b>|edge|</b> ") })
        #expect(lines.last == "matrix: /r/matrix.html")
        let widths = Set(lines.prefix(3).map(\.count))
        #expect(widths.count == 1, "the columns stand below each other")
    }

    @Test("Markdown shows the scenarios that failed somewhere, and no title breaks its tables")
    func markdown() {
        let matrix = Self.matrix()
        let text = MatrixText.markdown(matrix)
        let bad = matrix.rows.filter { $0.cells.contains { $0?.worst.isAcceptable == false } }
        #expect(!bad.isEmpty && bad.count < matrix.rows.count)
        for row in matrix.rows { #expect(text.contains("<code>\(row.scenario)</code>") == bad.contains(row)) }
        #expect(!text.contains("<b>|"))
    }

    @Test("the page has a cell for each scenario and target, leads to their pages, and runs nothing")
    func page() throws {
        let matrix = Self.matrix()
        let page = MatrixPage.render(matrix)
        #expect(page.components(separatedBy: "<tr><th scope=\"row\"><code>").count - 1 == matrix.rows.count)
        #expect(page.contains("href=\"other/report.html\""))
        #expect(page.contains("Other &lt;b&gt;"))
        #expect(!page.contains("<script"))
        #expect(page.contains("default-src 'none'; style-src 'sha256-"))
    }

    @Test("its JSON is the value, and is read back")
    func json() throws {
        let matrix = Self.matrix()
        let data = try JSONWriter.renderMatrix(matrix)
        #expect(try JSONDecoder().decode(TargetMatrix.self, from: data) == matrix)
    }

    @Test("all of it is written, and an old matrix goes with the runs below it, unless something else is there")
    func folder() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            let start = Date(timeIntervalSince1970: 1_764_000_000)
            for (age, extra) in [(0.0, false), (60, false), (120, true)] {
                let run = try history.begin(target: "matrix", at: start.addingTimeInterval(-age))
                try MatrixDirectory.write(Self.matrix(), to: run.url)
                #expect(try FileManager.default.contentsOfDirectory(atPath: run.url.path).count == 4)
                let inner = run.url.appending(path: "other")
                try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
                try Data().write(to: inner.appending(path: extra ? "notes.txt" : "run.json"))
            }
            history.prune(keeping: 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.path).count == 2)
        }
    }
}
