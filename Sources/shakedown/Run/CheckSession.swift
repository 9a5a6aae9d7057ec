import ProgramKit
import Reports
import Runner
import Synchronization
import Verdicts

/// One `shakedown check`: what is known of it at any moment, and the writing of its reports, once, where they are asked for.
final class CheckSession: Sendable {
    let run: OutsideRun
    let place: ReportPlace?
    private let junitDialect: JUnitWriter.Dialect
    private let earlier: RunReport?
    /// Held while reports are written: whoever comes second, the check at its end or a signal's thread, finds them written.
    private let isWritten = Mutex(false)

    init(_ run: OutsideRun, place: ReportPlace?, junitDialect: JUnitWriter.Dialect, earlier: RunReport?) {
        self.run = run
        self.place = place
        self.junitDialect = junitDialect
        self.earlier = earlier
    }

    /// A report with what it has to be compared with.
    func compared(_ report: RunReport) -> RunReport {
        var report = report
        report.comparison = self.earlier.map { RunComparison(of: report, with: $0) }
        return report
    }

    /// Writes the reports, unless that was done or nobody asked for any.
    ///
    /// - Throws: what could not be written; the rest is.
    func write(_ report: RunReport) throws {
        guard let place else { return }
        try self.isWritten.withLock { isWritten in
            if isWritten { return }
            isWritten = true
            _ = try place.write { folder throws(ReportDirectory.Unwritten) in
                try ReportDirectory.write(report, to: folder, junitDialect: self.junitDialect)
            }
        }
    }

    /// Writes what is known, for a process that exits when this returns. Nothing was started that would have to be stopped.
    func leave() {
        guard let findings = self.run.findingsSoFar else {
            return StandardStreams.say("shakedown: left at once: the edge had not answered, so there is no report\n")
        }
        do {
            try self.write(self.compared(findings.report))
            let known = findings.report.interruption?.sentence ?? "the check was through"
            let reports = self.place.map { "reports: \($0.page)\n" } ?? "no report: --report FOLDER asks for some\n"
            StandardStreams.say("shakedown: left at once: \(known)\n\(reports)")
        } catch {
            _ = Ending.report(error)
        }
    }
}
