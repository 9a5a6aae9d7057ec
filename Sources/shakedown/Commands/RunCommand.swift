import ArgumentParser
import CertificateRecipes
import Foundation
import ProgramKit
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
            started and still writes the reports; a second one does so at once.
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Option(
        help:
            "The edge to put to the test: a folder of Scenarios/Targets, or the path of any folder. (default: reference)"
    )
    var target: String?

    @Option(
        help: """
            Whose rules the target is held to: rfc (RFCs, PROXY protocol, the features it declares), ngrok (ngrok's too) or \
            all (the house's too). What it is not held to is noted. (default: what the target promises)
            """
    )
    var profile: Profile?

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
        help:
            "Of which cases the reports keep the bytes: all, or failures, which is all but plain passes. (default: failures)"
    )
    var evidence: KeptEvidence?

    @Option(
        name: .customLong("keep-runs"),
        help: "How many runs Reports/ keeps, or 'all'; older ones are removed. (default: \(RunHistory.usualCount))"
    )
    var keptRuns: KeptRuns?

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

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        let resources = try Resources.locate()
        let recipes = try RecipeBook(directory: resources.recipes).names
        let scenarios = try self.selection.load(from: resources, recipes: Set(recipes))
        let earlier = try self.compare.map { try RunFile.read(URL(fileURLWithPath: $0)) }
        let target = try TargetDefinition.load(
            named: self.target ?? "reference",
            from: resources.targets,
            programDirectory: Resources.executable.deletingLastPathComponent(),
            installDirectory: resources.programs
        )
        let waivers = try Waivers.load(target.waiversFile, version: target.identity.version)
        let place = try ReportPlace(
            named: self.reportFolder,
            history: RunHistory(root: resources.reports),
            kept: (self.keptRuns ?? .last(RunHistory.usualCount)).count,
            target: target.name
        )
        for trouble in WorkFolder.sweep() {
            StandardStreams.say("shakedown: keys of a run that is no more could not be removed: \(trouble)\n")
        }
        let dialect = self.junitDialect.flatMap(JUnitWriter.Dialect.init(rawValue:)) ?? .jenkins
        let session = RunSession(place: place, junitDialect: dialect)
        let progress = self.makeProgress()
        let options = self.makeOptions(resources)
        do {
            return try await Interruption().observe(leave: session.leave) {
                var report = try await progress.ticking {
                    try await session.run(times: self.repetitions ?? 1) {
                        SuiteRun(
                            scenarios: scenarios,
                            target: target,
                            waivers: waivers,
                            options: options,
                            observer: progress
                        )
                    }
                }
                progress.ended()
                report.comparison = earlier.map { RunComparison(of: report, with: $0) }
                return try self.publish(report, of: session, at: place)
            }
        } catch {
            progress.ended()
            place.removeIfEmpty()
            throw error
        }
    }

    private func makeProgress() -> ProgressDisplay {
        let traits = TerminalTraits.detect(
            fileDescriptor: STDERR_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        return ProgressDisplay(
            output: StandardStreams.say,
            isTerminal: traits.isTerminal,
            width: traits.width,
            color: traits.hasColor,
            quiet: self.quiet
        )
    }

    private func makeOptions(_ resources: Resources) -> RunOptions {
        let seed = self.seed.flatMap(Seed.init) ?? .random()
        return RunOptions(
            seed: seed,
            jobs: self.jobs ?? 8 * ProcessInfo.processInfo.activeProcessorCount,
            command: self.commandLine(seed: seed),
            keepsWorkDirectory: self.keep,
            isStrict: self.strict,
            profile: self.profile,
            coversCatalogue: self.selection.isEverything,
            evidence: self.evidence ?? .failures,
            recipesDirectory: resources.recipes,
            version: Version.text
        )
    }

    /// The command line that makes this run again: what was asked for, and the seed that was drawn.
    private func commandLine(seed: Seed) -> String {
        var words = ["shakedown"] + CommandLine.arguments.dropFirst()
        if self.seed == nil { words += ["--seed", "\(seed)"] }
        return words.map { $0.contains { " *?[]'\"$".contains($0) } ? "'\($0)'" : $0 }.joined(separator: " ")
    }
}

extension RunCommand {
    /// Writes the reports and prints the summary. What could not be written is said, and the rest is written all the
    /// same; the harness has failed then.
    private func publish(_ report: RunReport, of session: RunSession, at place: ReportPlace) throws -> ExitStatus {
        var status = ExitStatus(rawValue: report.exitCode)
        var reports = TerminalSummary.WrittenReports.page(path: place.page)
        do {
            if let moved = try session.write(report) {
                StandardStreams.say(
                    "shakedown: \(RunHistory.latest) was a folder; it is \(moved.path) now, and \(RunHistory.latest) a link\n"
                )
            }
        } catch {
            status = Ending.report(error)
            reports = .incomplete(folder: place.folder.path)
        }
        do {
            try self.print(report, reports)
        } catch let error as OutputError where error.isBrokenPipe || error.isHangup {
            // Whoever read the summary has gone, and has the reports: the verdicts decide.
        } catch {
            status = Ending.report(error)
        }
        return status
    }

    private func print(_ report: RunReport, _ reports: TerminalSummary.WrittenReports) throws {
        if self.json { return try CheckedOutput.standardOutput.write(Array(JSONWriter.renderCTRF(report))) }
        let traits = TerminalTraits.detect(
            fileDescriptor: STDOUT_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        let summary = TerminalSummary.render(report, color: traits.hasColor, verbose: self.verbose, reports: reports)
        try CheckedOutput.standardOutput.write(summary)
    }
}

extension Profile: ExpressibleByArgument {}

/// How many runs `Reports/` keeps.
enum KeptRuns: Hashable, Sendable, ExpressibleByArgument {
    case all
    case last(Int)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let count = Int(argument), count >= 1 {
            self = .last(count)
        } else {
            return nil
        }
    }

    /// `nil` for all.
    var count: Int? {
        switch self {
        case .all: nil
        case .last(let count): count
        }
    }
}

extension KeptEvidence: ExpressibleByArgument {}

extension OutputError {
    /// The terminal was closed.
    fileprivate var isHangup: Bool { self.errorNumber == EIO }
}

extension ProgressDisplay: RunObserver {}

extension ProgressDisplay {
    /// Draws again and again while the body runs, so that the clock moves also when nothing ends.
    fileprivate func ticking<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(250))
                self.tick()
            }
        }
        defer { ticker.cancel() }
        return try await body()
    }
}
