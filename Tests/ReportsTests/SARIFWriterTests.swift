import FolderTesting
import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("SARIF writer")
struct SARIFWriterTests {
    private struct Log: Decodable {
        var version: String
        var runs: [Run]
        struct Run: Decodable {
            var results: [Result]
            var invocations: [Invocation]
        }
        struct Invocation: Decodable { var executionSuccessful: Bool }
        struct Result: Decodable {
            var ruleId: String
            var partialFingerprints: [String: String]
            var suppressions: [[String: String]]?
        }
    }

    @Test("a run with every outcome reads as it did when it was looked at")
    func golden() throws {
        let data = try SARIFWriter.render(SampleRun.everyOutcome())
        try GoldenFile.expect(String(decoding: data, as: UTF8.self), matches: "invariants.sarif")
    }

    @Test("what broke an invariant is a result, waived or not, and nothing else is")
    func results() throws {
        var report = SampleRun.everyOutcome()
        let broken = report.results.filter { $0.verdict.brokenInvariant != nil }
        var log = try JSONDecoder().decode(Log.self, from: SARIFWriter.render(report))
        #expect(log.runs[0].results.count == broken.count)
        #expect(log.runs[0].results[0].suppressions == nil)
        #expect(log.runs[0].results[0].partialFingerprints == ["case/v1": "haproxy \(broken[0].testCase.id)"])

        let index = try #require(report.results.firstIndex { $0.verdict.brokenInvariant != nil })
        report.results[index].verdict.outcome = .expectedFail
        report.results[index].verdict.waiver = Waiver.Citation(cases: "*", reason: "it is known")
        log = try JSONDecoder().decode(Log.self, from: SARIFWriter.render(report))
        #expect(log.runs[0].results[0].suppressions == [["kind": "external", "justification": "it is known"]])

        report.results = []
        log = try JSONDecoder().decode(Log.self, from: SARIFWriter.render(report))
        #expect(log.runs[0].results.isEmpty)
    }

    @Test("OASIS' schema holds", .requiresSchema("sarif-schema-2.1.0.json"))
    func schema() throws {
        try expectJSONSchema("sarif-schema-2.1.0.json", of: SARIFWriter.render(SampleRun.everyOutcome()))
    }
}
