import ArgumentParser
import Foundation
import ProgramKit
import Reports
import Verdicts

struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Puts runs of one target together, such as the parts of several machines.",
        discussion: """
            EXAMPLES
              shakedown merge part-1 part-2 part-3 --report whole
              shakedown merge part-*/run.json --min 2500

            Each is a folder that a run wrote, or its run.json: parts of one selection (`shakedown run --shard 2/5`), or runs of
            different scenarios. A case that is in several was repeated, and is flaky where its outcome differs. A part that is
            missing fails the whole. The exit code is that of a run of all of it.
            """
    )

    @Argument(help: "The runs.") var runs: [String]
    @Option(name: .customLong("report"), help: "Where to write. (default: Reports/<time>-<target>, and Reports/latest)")
    var reportFolder: String?
    @OptionGroup var minimum: MinimumOptions
    @OptionGroup var junit: JUnitOptions
    @Flag(help: "Prints the report as JSON (CTRF) instead of the summary.") var json = false

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() throws -> ExitStatus {
        let reports = try self.runs.map { try RunFile.read(URL(fileURLWithPath: $0)) }
        var report: RunReport
        do {
            report = try RunReport.merging(reports)
        } catch {
            throw Complaint(
                "these runs cannot be put together: \(error)",
                hint: "`shakedown compare` tells the difference between two runs",
                exitStatus: .usage
            )
        }
        if let shortfall = self.minimum.shortfall(of: report) { report.problems.append(shortfall) }
        report.command = ShellWords(["shakedown"] + CommandLine.arguments.dropFirst()).text
        let place = try ReportPlace(
            named: self.reportFolder,
            history: RunHistory(root: Resources.locate().reports),
            kept: RunHistory.usualCount,
            target: report.target.name
        )
        let dialect = self.junit.dialect
        let publication = Publication(report: report, place: place, json: self.json)
        return try publication.publish {
            try place.write { folder throws(ReportDirectory.Unwritten) in
                try ReportDirectory.write(report, to: folder, junitDialect: dialect)
            }
        }
    }
}
