import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import Reports
@testable import Verdicts

@Suite("Run journal")
struct RunJournalTests {
    private static func journaled(_ report: RunReport, in folder: URL) -> (report: RunReport, journal: RunJournal) {
        let journal = RunJournal(in: folder)
        journal.begin(report)
        var small = report
        small.results = report.results.map(journal.keep)
        return (small, journal)
    }

    private static func lines(in folder: URL) throws -> [Data] {
        try Data(contentsOf: folder.appending(path: "cases.jsonl")).split(separator: UInt8(ascii: "\n"))
    }

    @Test("a run that is killed leaves which run it was, and a line for each case that is known")
    func lines() throws {
        try withTemporaryFolder { folder in
            let report = SampleRun.everyOutcome()
            let (_, journal) = Self.journaled(report, in: folder)
            journal.begin(report)
            let lines = try Self.lines(in: folder)
            #expect(lines.count == report.results.count + 1, "a repetition does not begin again")
            var outline = report
            outline.results = []
            #expect(try RunFile.decode(lines[0], name: "") == outline)
            #expect(try lines.dropFirst().map { try JSONDecoder().decode(CaseResult.self, from: $0) } == report.results)
        }
    }

    @Test("the reports are the same as of results that hold all they saw")
    func sameReports() throws {
        try withTemporaryFolder { folder in
            let report = SampleRun.everyOutcome()
            let (small, journal) = Self.journaled(report, in: folder)
            #expect(small.results.allSatisfy { $0.observation == nil })
            #expect(small.results.map(\.endings) == report.results.map(\.endings))
            #expect(small.results.map(\.behaviours) == report.results.map(\.behaviours))
            let (own, other) = (folder.appending(path: "a"), folder.appending(path: "b"))
            try ReportDirectory.write(small, to: own, journal: journal)
            try ReportDirectory.write(report, to: other)
            for name in ["junit.xml", "report.html", "report.json", "run.json", "summary.txt", "summary.md"] {
                #expect(
                    try Data(contentsOf: own.appending(path: name)) == Data(contentsOf: other.appending(path: name)),
                    "\(name)"
                )
            }
            #expect(try RunFile.read(own) == report)
        }
    }

    @Test("a case that came to something else when it was repeated has what was seen, and its last verdict")
    func flaky() throws {
        try withTemporaryFolder { folder in
            let report = SampleRun.everyOutcome()
            let journal = RunJournal(in: folder)
            var merged = report
            merged.results = report.results.map(journal.keep)
            var again = report
            let failing = try #require(report.results.firstIndex { $0.verdict.outcome == .fail })
            again.results[failing].verdict.outcome = .pass
            again.results = again.results.map(journal.keep)
            merged.merge(repetition: again)
            try ReportDirectory.write(merged, to: folder, journal: journal)
            let result = try RunFile.read(folder).results[failing]
            #expect(result.verdict.outcome == .flaky)
            #expect(result.observation == report.results[failing].observation)
        }
    }

    @Test("where it cannot be written, the run holds everything itself, and the other reports are written")
    func unwritable() throws {
        try withTemporaryFolder { folder in
            let report = SampleRun.everyOutcome()
            let file = folder.appending(path: "file")
            try Data().write(to: file)
            let (same, journal) = Self.journaled(report, in: file.appending(path: "run"))
            #expect(same == report)
            let error = try #require(throws: ReportDirectory.Unwritten.self) {
                try ReportDirectory.write(same, to: folder, journal: journal)
            }
            #expect(error.troubles == ["cannot make the folder \(file.path)/run: not a directory"])
            #expect(try RunFile.read(folder) == report)
        }
    }
}
