import FolderTesting
import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("the whole run comes back as it went")
    func roundTrip() throws {
        let report = SampleRun.everyOutcome()
        #expect(try RunFile.decode(JSONWriter.renderRun(report), name: "run.json") == report)
    }

    @Test("a time that is no number does not lose the run")
    func notANumber() throws {
        var report = SampleRun.everyOutcome()
        report.durationSeconds = .infinity
        report.results[0].durationSeconds = .nan
        let again = try RunFile.decode(JSONWriter.renderRun(report), name: "run.json")
        #expect(again.durationSeconds == .infinity)
        #expect(again.results[0].durationSeconds.isNaN)
        #expect(again.results.count == report.results.count)
    }

    @Test("the same run gives the same bytes")
    func deterministic() throws {
        let report = SampleRun.everyOutcome()
        #expect(try JSONWriter.renderCTRF(report) == JSONWriter.renderCTRF(report))
        #expect(try JSONWriter.renderRun(report) == JSONWriter.renderRun(report))
    }

    private struct Document: Decodable {
        var results: Results
        struct Results: Decodable {
            var summary: [String: Value]
            var tests: [Test]
        }
        struct Test: Decodable {
            var name: String
            var status: String
            var rawStatus: String
            var extra: Extra
        }
        struct Extra: Decodable {
            var replay: String
            var ruleURL: String?
            var brokenInvariant: String?
            var endings: [String]
        }
        enum Value: Decodable {
            case number(Int)
            case others
            init(from decoder: any Decoder) throws {
                let number = try? decoder.singleValueContainer().decode(Int.self)
                self = number.map { .number($0) } ?? .others
            }
            var number: Int? { if case .number(let value) = self { value } else { nil } }
        }
    }

    @Test(
        "every outcome has one of CTRF's words",
        arguments: [
            (Outcome.pass, "passed"), (.passLenient, "passed"), (.informational, "other"), (.fail, "failed"),
            (.expectedFail, "other"), (.unexpectedPass, "failed"), (.unsupported, "skipped"), (.skipped, "skipped"),
            (.error, "failed"), (.hang, "failed"), (.flaky, "failed"), (.failShould, "failed"),
        ]
    )
    func statuses(outcome: Outcome, status: String) throws {
        var report = SampleRun.everyOutcome()
        report.results = [SampleRun.result("routing.sni.exact", .edge, outcome, 0.1)]
        let document = try JSONDecoder().decode(Document.self, from: JSONWriter.renderCTRF(report))
        let test = try #require(document.results.tests.first)
        #expect(test.status == status)
        #expect(test.rawStatus == outcome.rawValue)
        #expect(document.results.summary[status]?.number == 1)
    }

    @Test("a run's file begins with what a script wants to know, and is read back without it")
    func counts() throws {
        struct Head: Decodable {
            var counts: [String: Int]
            var exitCode: Int
        }
        let report = SampleRun.everyOutcome()
        let data = try JSONWriter.renderRun(report)
        let head = try JSONDecoder().decode(Head.self, from: data)
        #expect(
            head.counts == Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, report.count($0)) })
        )
        #expect(head.counts["fail"] == 1 && head.counts["fail-should"] == 1 && head.exitCode == 70)
        #expect(try RunFile.decode(data, name: "run.json") == report)
    }

    @Test("a failure carries its rule, ending, invariant and replay")
    func evidence() throws {
        let document = try JSONDecoder().decode(Document.self, from: JSONWriter.renderCTRF(SampleRun.everyOutcome()))
        let failure = try #require(document.results.tests.first { $0.rawStatus == "fail" })
        #expect(failure.extra.ruleURL == "https://www.rfc-editor.org/rfc/rfc9846#section-5.1")
        #expect(failure.extra.brokenInvariant == "other-contacted")
        #expect(failure.extra.endings == ["RST after 412 ms; 1311 bytes came back"])
        #expect(failure.extra.replay.hasPrefix("shakedown run"))
        #expect(document.results.summary["stop"]?.number == 1_795_406_412_340)
    }

    @Test("the schema of CTRF holds", .requiresSchema("ctrf.schema.json"))
    func schema() throws {
        try expectJSONSchema("ctrf.schema.json", of: JSONWriter.renderCTRF(SampleRun.everyOutcome()))
    }
}
