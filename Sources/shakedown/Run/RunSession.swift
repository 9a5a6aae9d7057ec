import Foundation
import ProgramKit
import Reports
import Runner
import Synchronization
import Verdicts

/// One `shakedown run`: its repetitions, what is known of them at any moment, and the writing of it, once.
final class RunSession: Sendable {
    private struct State {
        /// Of the repetitions that are through.
        var report: RunReport?
        var current: SuiteRun?
    }

    private let place: ReportPlace
    private let junitDialect: JUnitWriter.Dialect
    /// What every repetition tells as it goes.
    let journal: RunJournal
    private let state = Mutex(State())
    /// Held while reports are written: whoever comes second, the run at its end or a signal's thread, finds them written.
    private let isWritten = Mutex(false)

    init(place: ReportPlace, junitDialect: JUnitWriter.Dialect) {
        self.place = place
        self.junitDialect = junitDialect
        self.journal = RunJournal(in: place.folder)
    }

    /// Runs as often as asked, each time with a target of its own; cases whose outcomes differ are called flaky.
    func run(
        _ stopping: StoppingOptions,
        observer: any RunObserver,
        makeRun: @Sendable (any RunObserver) -> SuiteRun
    ) async throws -> RunReport {
        var merged: RunReport?
        var played = 0
        while true {
            let report = try await self.runOnce(observer, makeRun, failFast: stopping.failFast)
            played += 1
            if merged == nil { merged = report } else { merged?.merge(repetition: report) }
            let known = merged ?? report
            self.state.withLock { $0 = State(report: known) }
            let isEnough = stopping.limit.map { played >= $0 } ?? false
            let endsByFailure = stopping.untilFailure || stopping.failFast
            let hasFailed = endsByFailure && known.results.contains { !$0.verdict.outcome.isAcceptable }
            if isEnough || hasFailed || known.isInterrupted || Task.isCancelled { return known }
        }
    }

    private func runOnce(
        _ observer: any RunObserver,
        _ makeRun: @Sendable (any RunObserver) -> SuiteRun,
        failFast: Bool
    ) async throws -> RunReport {
        guard failFast else { return try await self.follow(makeRun(observer)) }
        let firstFailure = FirstFailure(telling: observer)
        let run = makeRun(firstFailure)
        let task = Task { try await self.follow(run) }
        firstFailure.whenItComes { task.cancel() }
        var report = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        guard firstFailure.hasFailed, !Task.isCancelled, let interruption = report.interruption else { return report }
        report.interruption?.isByFailure = true
        if interruption.isOfNothing {
            // The failure was the last to get its verdict.
            report.isInterrupted = false
            report.interruption = nil
        }
        return report
    }

    private func follow(_ run: SuiteRun) async throws -> RunReport {
        self.state.withLock { $0.current = run }
        return try await run.run()
    }

    /// Writes the reports, unless that was done.
    ///
    /// - Returns: where something that stood in the place of `latest` was moved.
    func write(_ report: RunReport) throws -> URL? {
        try self.isWritten.withLock { isWritten -> URL? in
            if isWritten { return nil }
            isWritten = true
            return try self.place.write { folder throws(ReportDirectory.Unwritten) in
                try ReportDirectory.write(report, to: folder, junitDialect: self.junitDialect, journal: self.journal)
            }
        }
    }

    /// Takes away what was begun for a run that came to nothing.
    func abandon() {
        if self.state.withLock({ $0.report == nil }) { self.journal.discard() }
        self.place.removeIfEmpty()
    }

    /// What is known now; `nil` where the run has not begun.
    var reportSoFar: RunReport? {
        let (earlier, current) = self.state.withLock { ($0.report, $0.current) }
        guard let sofar = current?.reportSoFar else { return earlier }
        guard var report = earlier else { return sofar }
        report.merge(repetition: sofar)
        return report
    }

    /// Ends programs, removes keys, and writes what is known, for a process that exits when this returns.
    func leave() {
        // First what is known: programs that are killed would look like a target that failed.
        let report = self.reportSoFar
        self.state.withLock { $0.current }?.abandon()
        guard let report else { return self.abandon() }
        do {
            _ = try self.write(report)
            let known = report.interruption?.sentence ?? "the run was through"
            StandardStreams.say("shakedown: left at once: \(known)\nreports: \(self.place.page)\n")
        } catch {
            _ = Ending.report(error)
        }
    }
}
