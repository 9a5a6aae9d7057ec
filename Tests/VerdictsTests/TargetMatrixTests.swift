import ScenarioModel
import Testing
import Verdicts

@Suite("The matrix of several targets")
struct TargetMatrixTests {
    @Test("has a row for each scenario and tells its worst case, of those that the target could run")
    func cells() {
        let first = Made.report([
            Made.result("b.two[x]", .pass), Made.result("b.two[y]", .fail), Made.result("b.two[z]", .unsupported),
            Made.result("a.one[x]", .unsupported),
        ])
        let second = Made.report([Made.result("b.two[x]", .pass), Made.result("b.two[y]", .pass)])
        let matrix = TargetMatrix([first, second])
        #expect(matrix.rows.map(\.scenario) == ["a.one", "b.two"])
        #expect(matrix.rows[0].cells == [TargetMatrix.Cell(worst: .unsupported, count: 1, total: 0), nil])
        #expect(
            matrix.rows[1].cells == [
                TargetMatrix.Cell(worst: .fail, count: 1, total: 2),
                TargetMatrix.Cell(worst: .pass, count: 2, total: 2),
            ]
        )
        #expect(matrix.columns[0].counts == ["pass": 1, "fail": 1, "unsupported": 2])
        #expect(matrix.columns[1].count(.fail) == 0)
    }

    @Test(
        "ends as the gravest of its runs",
        arguments: [
            ([Outcome.pass], Outcome.pass, Int32(0)), ([.failShould], .pass, 3), ([.failShould], .fail, 1),
            ([.fail], .error, 70),
        ]
    )
    func exitCode(first: [Outcome], second: Outcome, code: Int32) {
        let matrix = TargetMatrix([
            Made.report(first.map { Made.result("a.b[x]", $0) }), Made.report([Made.result("a.b[x]", second)]),
        ])
        #expect(matrix.exitCode == code)
    }
}
