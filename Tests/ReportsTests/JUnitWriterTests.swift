import FolderTesting
import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("JUnit writer")
struct JUnitWriterTests {
    @Test("a run with every outcome reads as it did when it was looked at", arguments: JUnitWriter.Dialect.allCases)
    func golden(dialect: JUnitWriter.Dialect) throws {
        let text = JUnitWriter.render(SampleRun.everyOutcome(), dialect: dialect)
        try GoldenFile.expect(text, matches: "junit-\(dialect.rawValue).xml")
    }

    /// The element that tells a reader how a case came out; `nil` is a case without any.
    private static let elements: [(Outcome, String?)] = [
        (.pass, nil), (.passLenient, nil), (.informational, nil), (.fail, "failure"), (.failShould, "failure"),
        (.unexpectedPass, "failure"),
        (.flaky, "failure"), (.error, "error"), (.hang, "error"), (.expectedFail, "skipped"), (.unsupported, "skipped"),
        (.skipped, "skipped"),
    ]

    @Test("every outcome reaches its element in every dialect", arguments: JUnitWriter.Dialect.allCases)
    func mapping(dialect: JUnitWriter.Dialect) {
        #expect(Set(Self.elements.map(\.0)) == Set(Outcome.allCases))
        for (outcome, element) in Self.elements {
            var report = SampleRun.everyOutcome()
            report.results = [SampleRun.result("routing.sni.exact", .edge, outcome, 0.1, summary: "why")]
            let text = JUnitWriter.render(report, dialect: dialect)
            let found = ["failure", "error", "skipped"].filter { text.contains("<\($0)") }
            #expect(found == (element.map { [$0] } ?? []), "\(outcome)")
            #expect(text.contains("failures=\"\(element == "failure" ? 1 : 0)\""), "\(outcome)")
            #expect(text.contains("errors=\"\(element == "error" ? 1 : 0)\""), "\(outcome)")
            #expect(text.contains("skipped=\"\(element == "skipped" ? 1 : 0)\""), "\(outcome)")
        }
    }

    @Test("our own schema holds", .requiresXMLLint, arguments: JUnitWriter.Dialect.allCases)
    func ownSchema(dialect: JUnitWriter.Dialect) throws {
        let schema = TestFolder.sources.appending(path: "Schemas/junit-\(dialect.rawValue).xsd").path
        try self.validate(JUnitWriter.render(SampleRun.everyOutcome(), dialect: dialect), schema)
        try self.validate(JUnitWriter.render(Self.hostile(), dialect: dialect), schema)
    }

    @Test("Jenkins' schema holds", .requiresXMLLint, .requiresSchema("junit-10.xsd"))
    func jenkinsSchema() throws {
        let schema = try #require(foreignSchema("junit-10.xsd"))
        try self.validate(JUnitWriter.render(SampleRun.everyOutcome(), dialect: .jenkins), schema)
        try self.validate(JUnitWriter.render(Self.hostile(), dialect: .jenkins), schema)
    }

    @Test("Ant's schema holds", .requiresXMLLint, .requiresSchema("JUnit.xsd"))
    func antSchema() throws {
        let schema = try #require(foreignSchema("JUnit.xsd"))
        try self.validate(JUnitWriter.render(SampleRun.everyOutcome(), dialect: .ant), schema)
        try self.validate(JUnitWriter.render(Self.hostile(), dialect: .ant), schema)
    }

    @Test("Surefire's schema holds", .requiresXMLLint, .requiresSchema("surefire-test-report-3.0.xsd"))
    func surefireSchema() throws {
        let schema = try #require(foreignSchema("surefire-test-report-3.0.xsd"))
        try self.validate(JUnitWriter.render(SampleRun.everyOutcome(), dialect: .surefire), schema)
        try self.validate(JUnitWriter.render(Self.hostile(), dialect: .surefire), schema)
    }

    private func validate(_ text: String, _ schema: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "junit.xml")
            try Data(text.utf8).write(to: file)
            let result = try #require(Tool("xmllint")).run(["--noout", "--nonet", "--schema", schema, file.path])
            #expect(result.status == 0, "\(result.output.prefix(2_000))")
        }
    }

    /// Everything that a file of ours must survive, in one run.
    private static func hostile() -> RunReport {
        var report = SampleRun.everyOutcome()
        report.target.name = "edge.with.dots"
        report.target.title = "\u{0}\u{8} ]]> & \u{FFFE}"
        report.startedAt = "not a date"
        report.durationSeconds = .nan
        report.isInterrupted = true
        report.problems = ["waiver \"<a>\" matches nothing\nsecond line"]
        let huge = String(repeating: "é\u{1}]]>", count: 200_000)
        report.results = [
            SampleRun.result(
                "routing.sni.exact",
                .edge,
                .fail,
                .nan,
                summary: huge,
                checks: [CheckResult(check: "a\nb", expected: huge, observed: "\u{1B}[0m", holds: false)]
            ),
            SampleRun.result("routing.sni.exact", .edge, .pass, -1),
            SampleRun.result("routing.sni.exact", .edge, .error, .infinity, summary: "\r\n\t<x/>"),
            SampleRun.result("unknown.scenario", .agent, .pass, 1e12),
        ]
        return report
    }

    @Test("a hostile run is bounded, its names are unique, its times are numbers")
    func hostileRun() {
        let text = JUnitWriter.render(Self.hostile())
        #expect(text.utf8.count < 1_000_000)
        #expect(text.contains("name=\"routing.sni.exact[role=edge,engine=openssl]\""))
        #expect(text.contains("name=\"routing.sni.exact[role=edge,engine=openssl] (2)\""))
        #expect(text.contains("name=\"routing.sni.exact[role=edge,engine=openssl] (3)\""))
        #expect(text.contains("classname=\"shakedown.edge-with-dots.routing\""))
        #expect(!text.contains("nan") && !text.contains("inf\"") && !text.contains("time=\"-"))
        #expect(!text.contains("]]>"))
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })
    }

    @Test("what is wrong with the run itself fails a case of its own")
    func problems() {
        var report = SampleRun.everyOutcome()
        #expect(!JUnitWriter.render(report).contains("shakedown.haproxy.run"))
        report.isInterrupted = true
        let text = JUnitWriter.render(report)
        #expect(text.contains("<testcase name=\"the run itself\" classname=\"shakedown.haproxy.run\""))
        #expect(text.contains("<property name=\"interrupted\" value=\"true\"/>"))
    }

    @Test("Jenkins gets no more output of a passing case than it keeps")
    func outputLimit() throws {
        var report = SampleRun.everyOutcome()
        report.results = [
            SampleRun.result("routing.sni.exact", .edge, .passLenient, 0, summary: String(repeating: "x", count: 9_000))
        ]
        let text = JUnitWriter.render(report)
        let output = try #require(text.firstMatch(of: /<system-out>([^<]*)<\/system-out>/)).1
        #expect(output.count < 1_000)
        #expect(output.contains("outcome: pass-lenient"))
    }
}
