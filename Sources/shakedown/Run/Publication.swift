import Foundation
import ProgramKit
import Reports
import Verdicts

/// The end of a run: its reports are written, and its summary printed.
struct Publication {
    let report: RunReport
    let place: ReportPlace
    /// Instead of the summary.
    var json = false
    var verbose = false
    /// Nothing is printed: of several targets it is the matrix.
    var isSilent = false

    /// What could not be written is said, and the rest is written all the same; the harness has failed then.
    ///
    /// - Parameter write: gives where something that stood in the place of `latest` was moved.
    func publish(_ write: () throws -> URL?) throws -> ExitStatus {
        var status = ExitStatus(rawValue: self.report.exitCode)
        var reports = TerminalSummary.WrittenReports.page(path: self.place.page)
        do {
            Self.tellMoved(try write())
        } catch {
            status = Ending.report(error)
            reports = .incomplete(folder: self.place.folder.path)
        }
        do {
            try self.print(reports)
        } catch let error as OutputError where error.isBrokenPipe || error.isHangup {
            // Whoever read the summary has gone, and has the reports: the verdicts decide.
        } catch {
            status = Ending.report(error)
        }
        return status
    }

    static func tellMoved(_ moved: URL?) {
        guard let moved else { return }
        StandardStreams.say(
            "shakedown: \(RunHistory.latest) was a folder; it is \(moved.path) now, and \(RunHistory.latest) a link\n"
        )
    }

    private func print(_ reports: TerminalSummary.WrittenReports) throws {
        if self.isSilent { return }
        if self.json {
            return try CheckedOutput.standardOutput.write(Array(JSONWriter.renderCTRF(self.report)))
        }
        let traits = TerminalTraits.detect(
            fileDescriptor: STDOUT_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        let summary = TerminalSummary.render(
            self.report,
            color: traits.hasColor,
            verbose: self.verbose,
            reports: reports
        )
        try CheckedOutput.standardOutput.write(summary)
    }
}

extension OutputError {
    /// The terminal was closed.
    fileprivate var isHangup: Bool { self.errorNumber == EIO }
}
