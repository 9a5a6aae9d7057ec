import FolderTesting
import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("Report directory")
struct ReportDirectoryTests {
    private static let names: Set<String> = [
        "junit.xml", "report.html", "report.json", "run.json", "summary.txt", "summary.md", "results.tap",
        "invariants.sarif",
    ]

    @Test("every report is written, nothing else is left, and writing again replaces them")
    func writes() throws {
        try withTemporaryFolder { folder in
            let target = folder.appending(path: "2026/run-1")
            var report = SampleRun.everyOutcome()
            try ReportDirectory.write(report, to: target)
            report.seed = "0xfeed"
            try ReportDirectory.write(report, to: target)
            let names = try FileManager.default.contentsOfDirectory(atPath: target.path)
            #expect(Set(names) == Self.names)
            #expect(try RunFile.read(target) == report)
            #expect(try RunFile.read(target.appending(path: ReportDirectory.FileName.run)) == report)
        }
    }

    @Test("a folder that cannot be made is an error that names it and says why")
    func refuses() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data().write(to: file)
            let error = try #require(throws: ReportDirectory.Unwritten.self) {
                try ReportDirectory.write(SampleRun.everyOutcome(), to: file.appending(path: "run"))
            }
            #expect(error.description == "cannot make the folder \(file.path)/run: not a directory")
        }
    }

    @Test("a report that cannot be written is named, keeps no other from being written, and leaves no half file")
    func goesOn() throws {
        try withTemporaryFolder { folder in
            // No file can take the place of a folder with something in it.
            let inTheWay = folder.appending(path: "report.html/something")
            try FileManager.default.createDirectory(at: inTheWay, withIntermediateDirectories: true)
            let error = try #require(throws: ReportDirectory.Unwritten.self) {
                try ReportDirectory.write(SampleRun.everyOutcome(), to: folder)
            }
            #expect(error.troubles == ["cannot write \(folder.path)/report.html: is a directory"])
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == Self.names)
        }
    }
}
