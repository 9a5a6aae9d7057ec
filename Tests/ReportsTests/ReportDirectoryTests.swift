import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("Report directory")
struct ReportDirectoryTests {
    private static let names: Set<String> = [
        "junit.xml", "report.html", "report.json", "run.json", "summary.txt", "summary.md",
    ]

    @Test("every report is written, nothing else is left, and writing again replaces them")
    func writes() throws {
        try TestFolder.withTemporary { folder in
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

    @Test("a folder that cannot be made is an error")
    func refuses() throws {
        try TestFolder.withTemporary { folder in
            let file = folder.appending(path: "file")
            try Data().write(to: file)
            #expect(throws: (any Error).self) {
                try ReportDirectory.write(SampleRun.everyOutcome(), to: file.appending(path: "run"))
            }
        }
    }
}
