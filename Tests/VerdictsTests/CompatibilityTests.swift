import Foundation
import ScenarioModel
import Testing

@testable import Verdicts

@Suite("Compatibility")
struct CompatibilityTests {
    private static func row(
        _ marks: [Outcome?],
        _ document: Rule.Document = .rfc(9846),
        _ level: Rule.Level = .must,
        breaking: Bool = false
    ) -> Compatibility.Row {
        Compatibility.Row(
            scenario: "a.b",
            title: "One",
            rule: Rule(document: document, section: "5.1", level: level),
            cases: marks.indices.map { "[\($0)]" },
            cells: [.init(marks: marks.map { $0.map { CaseMark(outcome: $0, breaksInvariant: breaking) } })]
        )
    }

    struct Counted: Sendable, CustomTestStringConvertible {
        let name: String
        let row: Compatibility.Row
        let score: MustScore
        var testDescription: String { self.name }
    }

    private static let held = MustScore(held: 1, supported: 1)
    private static let notHeld = MustScore(held: 0, supported: 1)
    private static let neither = MustScore()
    private static let undecided = MustScore(undecided: 1)

    private static let counted: [Counted] = [
        .init(name: "a pass", row: Self.row([.pass, .pass]), score: Self.held),
        .init(name: "a lenient pass", row: Self.row([.passLenient]), score: Self.held),
        .init(name: "a pass that a waiver did not foretell", row: Self.row([.unexpectedPass]), score: Self.held),
        .init(name: "one failure among passes", row: Self.row([.pass, .fail, .pass]), score: Self.notHeld),
        .init(name: "a failure that was waived", row: Self.row([.pass, .expectedFail]), score: Self.notHeld),
        .init(name: "a connection that was held open", row: Self.row([.hang]), score: Self.notHeld),
        .init(name: "now this, now that", row: Self.row([.flaky, .pass]), score: Self.notHeld),
        .init(name: "left free alone", row: Self.row([.informational]), score: Self.neither),
        .init(name: "left free beside a pass", row: Self.row([.informational, .pass]), score: Self.held),
        .init(name: "not supported alone", row: Self.row([.unsupported]), score: Self.neither),
        .init(name: "not supported beside a pass", row: Self.row([.unsupported, .pass]), score: Self.held),
        .init(name: "not asked", row: Self.row([nil]), score: Self.neither),
        .init(name: "the harness's error beside a pass", row: Self.row([.error, .pass]), score: Self.undecided),
        .init(name: "the harness's error beside a failure", row: Self.row([.error, .fail]), score: Self.notHeld),
        .init(name: "the harness's error alone", row: Self.row([.error]), score: Self.undecided),
        .init(name: "cut short", row: Self.row([.pass, .skipped]), score: Self.undecided),
        .init(
            name: "a broken invariant that was waived",
            row: Self.row([.expectedFail], breaking: true),
            score: Self.notHeld
        ),
        .init(name: "a SHOULD", row: Self.row([.failShould], .rfc(9846), .should), score: Self.neither),
        .init(name: "a MAY", row: Self.row([.pass], .rfc(9846), .may), score: Self.neither),
        .init(name: "another document's MUST", row: Self.row([.pass], .proxyProtocol), score: Self.neither),
        .init(name: "ngrok's MUST", row: Self.row([.fail], .ngrokTLSEndpoints), score: Self.neither),
    ]

    @Test("the score of MUSTs counts scenarios of RFCs that told, and what failed as failed", arguments: Self.counted)
    func score(_ counted: Counted) {
        #expect(MustScore([counted.row], column: 0) == counted.score)
    }

    @Test("a scenario counts once, however many cases it has")
    func scoreOfSeveral() {
        let rows = [Self.row(Array(repeating: .fail, count: 40)), Self.row([.pass]), Self.row([.informational])]
        #expect(MustScore(rows, column: 0) == MustScore(held: 1, supported: 2))
    }

    @Test("of features those count that there are")
    func features() {
        let score = FeatureScore([.mutualTLS, .ipv6, Feature("no-such-feature")])
        #expect(score == FeatureScore(declared: 2, known: Feature.all.count))
    }

    @Test(
        "a failure is as grave as its rule, whether a waiver foretold it or not",
        arguments: [
            (Outcome.fail, Rule.Level.must, CompatibilityGrade.failed), (.expectedFail, .must, .failed),
            (.expectedFail, .may, .failed), (.hang, .must, .failed), (.failShould, .should, .failedShould),
            (.expectedFail, .should, .failedShould), (.flaky, .must, .unsteady), (.error, .must, .undecided),
            (.skipped, .must, .undecided), (.informational, .must, .free), (.passLenient, .must, .lenient),
            (.pass, .should, .held), (.unexpectedPass, .must, .held), (.unsupported, .must, .unsupported),
        ]
    )
    func grades(outcome: Outcome, level: Rule.Level, grade: CompatibilityGrade) {
        #expect(CompatibilityGrade(CaseMark(outcome: outcome), level: level) == grade)
    }

    @Test("a broken invariant is the gravest, whatever a waiver and the rule's level say")
    func brokenInvariant() {
        let mark = CaseMark(outcome: .expectedFail, breaksInvariant: true)
        #expect(CompatibilityGrade(mark, level: .should) == .broken)
        #expect(CompatibilityGrade.allCases.first == .broken)
    }

    @Test("the worst of a cell is that of the cases that the target supports")
    func worst() {
        #expect(Self.row([.unsupported, .pass, .passLenient]).counts(0).worst == .lenient)
        #expect(Self.row([.unsupported]).counts(0).worst == .unsupported)
        #expect(Self.row([nil]).counts(0).worst == nil)
        let counts = Self.row([.fail, .pass, .unsupported, nil]).counts(0)
        #expect((counts.asked, counts.supported, counts.count(.failed)) == (3, 2, 1))
    }

    @Test("every mark has a letter of its own, which is read back")
    func letters() {
        var seen: Set<Character> = [CaseMark.notAsked]
        for outcome in Outcome.allCases {
            for breaks in [false, true] {
                let mark = CaseMark(outcome: outcome, breaksInvariant: breaks)
                #expect(seen.insert(mark.letter).inserted, "\(outcome)")
                #expect(CaseMark(letter: mark.letter) == mark)
            }
        }
        #expect(CaseMark(letter: CaseMark.notAsked) == nil)
    }

    // MARK: Changes

    private static func compatibility(
        _ rows: [Compatibility.Row],
        version: String = "1",
        name: String = "haproxy"
    )
        -> Compatibility
    {
        let report = RunReport(
            tool: .init(version: "0.1.0"),
            target: .init(name: name, title: name, version: version),
            seed: "0x1",
            startedAt: "2026-11-28T00:00:00Z",
            command: "",
            scenarios: []
        )
        return Compatibility(
            tool: .init(version: "0.1.0"),
            madeAt: "2026-11-28T00:00:00Z",
            columns: [.init(id: name, report)],
            rows: rows
        )
    }

    @Test("what is different is told by grades: a waiver makes no failure better, and a lost case is told")
    func changes() throws {
        let before = Self.compatibility([Self.row([.pass, .fail, .fail, .passLenient, .pass, .error, nil, .pass])])
        let after = Self.compatibility(
            [Self.row([.expectedFail, .expectedFail, .pass, .pass, .pass, .pass, .pass, nil])],
            version: "2"
        )
        let changes = try #require(CompatibilityChanges(of: after, since: before).columns.first)
        #expect(changes.earlierVersion == "1")
        #expect(
            changes.changes.map { "\($0.caseID) \($0.kind.rawValue)" } == [
                "a.b[0] now-fails", "a.b[2] now-sound", "a.b[3] otherwise", "a.b[5] otherwise", "a.b[6] new",
                "a.b[7] gone",
            ]
        )
        #expect(changes.unchangedCount == 2)
    }

    @Test("a target that was not there before has no changes, and the same is no change")
    func sameAndNew() {
        let one = Self.compatibility([Self.row([.pass, .fail])])
        #expect(CompatibilityChanges(of: one, since: one).columns.first?.changes.isEmpty == true)
        let other = Self.compatibility([Self.row([.pass])], name: "nginx")
        #expect(CompatibilityChanges(of: other, since: one).columns.isEmpty)
    }

    @Test("as JSON it is read back, and a letter that nobody knows is an error")
    func coding() throws {
        var whole = Self.compatibility([Self.row([.pass, nil, .unsupported]), Self.row([.hang], breaking: true)])
        whole.absent = [.init(name: "x", title: "X", state: .notHere, reason: "no program 'x'")]
        whole.changes = CompatibilityChanges(of: whole, since: whole)
        let data = try JSONEncoder().encode(whole)
        #expect(try JSONDecoder().decode(Compatibility.self, from: data) == whole)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"p.u\""))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Compatibility.self, from: Data(text.replacing("p.u", with: "p?u").utf8))
        }
    }

    @Test("rows are together by whose rule it is, and below that by area")
    func areas() {
        func row(_ id: String, _ document: Rule.Document) -> Compatibility.Row {
            var row = Self.row([.pass], document)
            row.scenario = id
            return row
        }
        var whole = Self.compatibility([])
        whole.rows = [
            row("b.one", .house), row("a.two", .rfc(9846)), row("b.two", .rfc(6066)), row("a.three", .rfc(9846)),
        ]
        whole.rows.append(row("c.one", .house))
        whole.rows[4].rule = nil
        #expect(
            whole.areas.map { "\($0.origin?.rawValue ?? "-") \($0.name) \($0.rows.count)" } == [
                "rfc a 2", "rfc b 1", "house b 1", "- c 1",
            ]
        )
    }
}
