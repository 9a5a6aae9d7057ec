package import Foundation
package import Verdicts

/// The folder of one run: every report of it, side by side.
package enum ReportDirectory {
    package enum FileName {
        package static let junit = "junit.xml"
        package static let html = "report.html"
        package static let ctrf = "report.json"
        package static let run = "run.json"
        package static let text = "summary.txt"
        package static let markdown = "summary.md"
    }

    /// Writes all reports into `directory`, which is made if need be.
    ///
    /// Each file appears whole or not at all: a reader never sees half a report, and a run that is killed leaves the
    /// earlier ones intact. Throws what the file system or the JSON encoder throws.
    package static func write(
        _ report: RunReport,
        to directory: URL,
        junitDialect: JUnitWriter.Dialect = .jenkins
    ) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // First what everything else can be made from.
        try Self.write(JSONWriter.renderRun(report), FileName.run, in: directory)
        try Self.write(Data(JUnitWriter.render(report, dialect: junitDialect).utf8), FileName.junit, in: directory)
        try Self.write(JSONWriter.renderCTRF(report), FileName.ctrf, in: directory)
        try Self.write(Data(HTMLWriter.render(report).utf8), FileName.html, in: directory)
        let text = TerminalSummary.render(report, color: false, verbose: true)
        try Self.write(Data(text.utf8), FileName.text, in: directory)
        try Self.write(Data(MarkdownSummary.render(report).utf8), FileName.markdown, in: directory)
    }

    private static func write(_ data: Data, _ name: String, in directory: URL) throws {
        // `.atomic` writes a temporary file in the same folder and renames it.
        try data.write(to: directory.appending(path: name), options: .atomic)
    }
}
