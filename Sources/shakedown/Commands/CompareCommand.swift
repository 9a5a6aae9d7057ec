import ArgumentParser
import Foundation
import ProgramKit
import Reports
import Verdicts

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Says what is different between two runs.",
        discussion: """
            EXAMPLES
              shakedown compare Reports/20261123T040000Z-nginx Reports/latest
              shakedown compare before/run.json after/run.json --report difference

            Each is a folder that a run wrote, or its run.json. The exit code is 1 when a case fails now that did not
            before, whatever else changed, 3 when only recommendations (SHOULD) do, and 0 otherwise. `shakedown run
            --compare` does the same at the end of a run.
            """
    )

    @Argument(help: "The earlier run.") var earlier: String
    @Argument(help: "The later run.") var later: String
    @Option(name: .customLong("report"), help: "Where to write the later run's reports, with the difference in them.")
    var reportFolder: String?
    @Flag(help: "Prints the difference as JSON.") var json = false

    func run() async throws {
        try await Ending.of {
            let earlier = try RunFile.read(URL(fileURLWithPath: self.earlier))
            var report = try RunFile.read(URL(fileURLWithPath: self.later))
            let comparison = RunComparison(of: report, with: earlier)
            report.comparison = comparison
            if let reportFolder {
                try ReportDirectory.write(report, to: URL(fileURLWithPath: reportFolder, isDirectory: true))
            }
            if self.json {
                try CheckedOutput.standardOutput.write(Array(JSONWriter.renderComparison(comparison)))
            } else {
                let traits = TerminalTraits.detect(
                    fileDescriptor: STDOUT_FILENO,
                    environment: ProcessInfo.processInfo.environment
                )
                try CheckedOutput.standardOutput.write(ComparisonSummary.render(comparison, color: traits.hasColor))
            }
            return ExitStatus(rawValue: comparison.exitCode)
        }
    }
}
