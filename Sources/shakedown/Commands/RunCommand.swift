import ArgumentParser
import CertificateRecipes
import Foundation
import Reports
import Runner
import ScenarioModel
import Targets
import Verdicts

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs scenarios against a target and writes reports.",
        discussion: """
            EXAMPLES
              shakedown run                                        everything, against our own edge and agent
              shakedown run --target nginx --level must            what the specifications demand of nginx
              shakedown run 'framing.*' --seed 0x5eed              with the seed of an earlier run
              shakedown run --target nginx --compare Reports/latest   and what is different from the last time
              shakedown run 'routing.exact[role=edge,engine=openssl,version=1.3]'

            The exit code is 0 when every verdict is acceptable; Docs/exit-codes.md has the others. Ctrl-C stops what was
            started and still writes the reports.
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Option(help: "The edge to put to the test: a folder of Scenarios/Targets. (default: reference)")
    var target: String?

    @Option(
        help: """
            Where our random choices begin: the byte client sends the same bytes for the same seed, and payloads are the \
            same. OpenSSL and BoringSSL draw randoms and key shares of their own. (default: a new one)
            """
    )
    var seed: String?

    @Option(help: "Cases under way at once, besides those that only wait. (default: 8 for each core)")
    var jobs: Int?

    @Option(name: .customLong("report"), help: "Where to write. (default: Reports/<time>-<target>, and Reports/latest)")
    var reportFolder: String?

    @Option(
        name: .customLong("repeat"),
        help: "Runs it all so often; a case whose outcome changes is flaky. (default: 1)"
    )
    var repetitions: Int?

    @Option(
        help:
            "The JUnit dialect: \(JUnitWriter.Dialect.allCases.map(\.rawValue).joined(separator: ", ")). (default: jenkins)"
    )
    var junitDialect: String?

    @Option(help: "An earlier run, its folder or run.json: the reports say what is different from it.")
    var compare: String?

    @Flag(help: "Prints the report as JSON (CTRF) instead of the summary.") var json = false
    @Flag(help: "Lenient answers fail, as they always do on the reference edge.") var strict = false
    @Flag(name: .shortAndLong, help: "No progress, only the summary.") var quiet = false
    @Flag(name: .shortAndLong, help: "Also lists lenient passes.") var verbose = false
    @Flag(help: "Keeps the target's configuration and logs, and says where they are.") var keep = false

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if let repetitions, repetitions < 1 { throw ValidationError("--repeat must be at least 1") }
        if let seed, Seed(seed) == nil { throw ValidationError("--seed is a number, such as 24301 or 0x5eed") }
        if let junitDialect, JUnitWriter.Dialect(rawValue: junitDialect) == nil {
            throw ValidationError("--junit-dialect does not know '\(junitDialect)'")
        }
    }

    func run() async throws {
        let resources: Resources
        let scenarios: [Scenario]
        let earlier: RunReport?
        do {
            resources = try Resources.locate()
            let recipes = try RecipeBook(directory: resources.recipes).names
            scenarios = try self.selection.load(from: resources, recipes: Set(recipes))
            earlier = try self.compare.map { try RunFile.read(URL(fileURLWithPath: $0)) }
        } catch {
            throw ExitStatus.report(error, as: ExitStatus.usage)
        }
        let report: RunReport
        do {
            report = try await self.perform(scenarios, comparedWith: earlier, resources: resources)
        } catch {
            throw ExitStatus.report(error)
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func perform(
        _ scenarios: [Scenario],
        comparedWith earlier: RunReport?,
        resources: Resources
    ) async throws -> RunReport {
        let target = try TargetDefinition.load(
            named: self.target ?? "reference",
            from: resources.targets,
            programDirectory: Resources.executable.deletingLastPathComponent()
        )
        let waivers = try Waivers.load(target.waiversFile, version: target.identity.version)
        try self.prepareReportFolder(resources)
        let environment = ProcessInfo.processInfo.environment
        let traits = TerminalTraits.detect(fileDescriptor: STDERR_FILENO, environment: environment)
        let progress = ProgressDisplay(
            output: { FileHandle.standardError.write(Data($0.utf8)) },
            isTerminal: traits.isTerminal,
            width: traits.width,
            color: traits.hasColor,
            quiet: self.quiet
        )
        let seed = self.seed.flatMap(Seed.init) ?? .random()
        let options = RunOptions(
            seed: seed,
            jobs: self.jobs ?? 8 * ProcessInfo.processInfo.activeProcessorCount,
            command: self.commandLine(seed: seed),
            keepsWorkDirectory: self.keep,
            isStrict: self.strict,
            coversCatalogue: self.selection.isEverything,
            recipesDirectory: resources.recipes,
            version: Version.text
        )
        var report = try await Interruption.observed {
            try await self.repeated {
                let run = SuiteRun(
                    scenarios: scenarios,
                    target: target,
                    waivers: waivers,
                    options: options,
                    observer: progress
                )
                return try await run.run()
            }
        }
        progress.ended()
        report.comparison = earlier.map { RunComparison(of: report, with: $0) }
        try self.publish(report, resources: resources, traits: traits)
        return report
    }

    /// The command line that makes this run again: what was asked for, and the seed that was drawn.
    private func commandLine(seed: Seed) -> String {
        var words = ["shakedown"] + CommandLine.arguments.dropFirst()
        if self.seed == nil { words += ["--seed", "\(seed)"] }
        return words.map { $0.contains { " *?[]'\"$".contains($0) } ? "'\($0)'" : $0 }.joined(separator: " ")
    }
}

extension RunCommand {
    /// Runs as often as asked, each time with a target of its own, and calls cases flaky whose outcomes differ.
    private func repeated(_ run: () async throws -> RunReport) async throws -> RunReport {
        var merged = try await run()
        for _ in 1..<(self.repetitions ?? 1) where !Task.isCancelled {
            merged.merge(repetition: try await run())
        }
        return merged
    }

    /// Makes the folder for the reports, or the one that holds it, so that no run is lost for want of a place to write.
    private func prepareReportFolder(_ resources: Resources) throws {
        let folder = self.reportFolder.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? resources.reports
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw Complaint("the folder \(folder.path) cannot be made", hint: "choose another with --report")
        }
        guard FileManager.default.isWritableFile(atPath: folder.path) else {
            throw Complaint("the folder \(folder.path) cannot be written to", hint: "choose another with --report")
        }
    }

    private func publish(_ report: RunReport, resources: Resources, traits: TerminalTraits) throws {
        let folder: URL
        if let reportFolder {
            folder = URL(fileURLWithPath: reportFolder, isDirectory: true)
        } else {
            let time = report.startedAt.filter { $0 != ":" && $0 != "-" }
            folder = resources.reports.appending(path: "\(time)-\(report.target.name)", directoryHint: .isDirectory)
        }
        let dialect = self.junitDialect.flatMap(JUnitWriter.Dialect.init(rawValue:)) ?? .jenkins
        try ReportDirectory.write(report, to: folder, junitDialect: dialect)
        if self.reportFolder == nil {
            try Self.link(resources.reports.appending(path: "latest"), to: folder.lastPathComponent)
        }
        if self.json {
            FileHandle.standardOutput.write(try JSONWriter.renderCTRF(report))
        } else {
            let out = TerminalTraits.detect(
                fileDescriptor: STDOUT_FILENO,
                environment: ProcessInfo.processInfo.environment
            )
            let summary = TerminalSummary.render(
                report,
                color: out.hasColor,
                verbose: self.verbose,
                reportPath: folder.appending(path: ReportDirectory.FileName.html).path
            )
            print(summary, terminator: "")
        }
    }

    /// Points `latest` at the newest run.
    private static func link(_ link: URL, to name: String) throws {
        let files = FileManager.default
        if (try? files.destinationOfSymbolicLink(atPath: link.path)) != nil { try files.removeItem(at: link) }
        do {
            try files.createSymbolicLink(atPath: link.path, withDestinationPath: name)
        } catch {
            throw Complaint("cannot point \(link.path) at the new report", hint: "move away what is there")
        }
    }
}

extension ProgressDisplay: RunObserver {}
