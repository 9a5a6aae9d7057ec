package import Foundation
package import ProgramKit
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

        package static let all: Set = [Self.junit, Self.html, Self.ctrf, Self.run, Self.text, Self.markdown]
    }

    /// The reports that could not be written; the others are there.
    package struct Unwritten: Error, Hashable, Sendable, CustomStringConvertible {
        package var troubles: [String]
        package var description: String { self.troubles.joined(separator: "\n") }
    }

    /// Writes all reports into `directory`, which is made if need be.
    ///
    /// Each file appears whole or not at all: a reader never sees half a report, and a run that is killed leaves the
    /// earlier ones intact. A report that cannot be written keeps no other from being written.
    package static func write(
        _ report: RunReport,
        to directory: URL,
        junitDialect: JUnitWriter.Dialect = .jenkins
    ) throws(Unwritten) {
        try Folder.make(directory) { Unwritten(troubles: [$0]) }
        // The small ones first: where room or memory ends, it is at the largest, and the others are there.
        let writers: [(name: String, render: () throws -> Data)] = [
            (FileName.text, { Data(TerminalSummary.render(report, color: false, verbose: true).utf8) }),
            (FileName.markdown, { Data(MarkdownSummary.render(report).utf8) }),
            (FileName.junit, { Data(JUnitWriter.render(report, dialect: junitDialect).utf8) }),
            (FileName.ctrf, { try JSONWriter.renderCTRF(report) }),
            (FileName.html, { Data(HTMLWriter.render(report).utf8) }),
            (FileName.run, { try JSONWriter.renderRun(report) }),
        ]
        var troubles: [String] = []
        for (name, render) in writers {
            do {
                try WholeFile.write(Array(render()), to: directory.appending(path: name).path)
            } catch {
                troubles.append(Complaint(explaining: error).message)
            }
        }
        guard troubles.isEmpty else { throw Unwritten(troubles: troubles) }
    }
}

extension ReportDirectory.Unwritten: ExplainedError {
    package var complaint: Complaint {
        Complaint(
            self.description,
            hint: "make room, or write elsewhere with --report; the other reports are written",
            exitStatus: .software
        )
    }
}
