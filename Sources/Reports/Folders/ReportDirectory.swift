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
        package static let journal = "cases.jsonl"
        package static let text = "summary.txt"
        package static let markdown = "summary.md"
        package static let tap = "results.tap"
        package static let sarif = "invariants.sarif"

        package static let all: Set = [
            Self.junit, Self.html, Self.ctrf, Self.run, Self.journal, Self.text, Self.markdown, Self.tap,
            Self.sarif,
        ]
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
    ///
    /// - Parameter journal: where the run wrote what it does not hold in memory.
    package static func write(
        _ report: RunReport,
        to directory: URL,
        junitDialect: JUnitWriter.Dialect = .jenkins,
        journal: RunJournal? = nil
    ) throws(Unwritten) {
        try Folder.make(directory) { Unwritten(troubles: [$0]) }
        func evidence() -> any EvidenceSource { journal?.reader ?? EvidenceInMemory() }
        // The small ones first: where room or memory ends, it is at the largest, and the others are there.
        let writers: [(name: String, write: (JSONWriter.Put) throws -> Void)] = [
            (FileName.text, { try $0(Array(TerminalSummary.render(report, color: false, verbose: true).utf8)) }),
            (FileName.markdown, { try $0(Array(MarkdownSummary.render(report).utf8)) }),
            (FileName.sarif, { try $0(Array(SARIFWriter.render(report))) }),
            (FileName.tap, { try $0(Array(TAPWriter.render(report).utf8)) }),
            (FileName.junit, { try $0(Array(JUnitWriter.render(report, dialect: junitDialect).utf8)) }),
            (FileName.ctrf, { try JSONWriter.writeCTRF(report, $0) }),
            (FileName.html, { try $0(Array(HTMLWriter.render(report, evidence()).utf8)) }),
            (FileName.run, { try JSONWriter.writeRun(report, evidence(), $0) }),
        ]
        var troubles: [String] = []
        for (name, write) in writers {
            do {
                try WholeFile.write(to: directory.appending(path: name).path, pieces: write)
            } catch {
                troubles.append(Complaint(explaining: error).message)
            }
        }
        if let trouble = journal?.trouble { troubles.append(trouble.message) }
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
