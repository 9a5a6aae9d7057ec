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
              shakedown run --target haproxy --target nginx        one after the other, and a matrix of both
              shakedown run 'routing.exact[role=edge,engine=openssl,version=1.3]'

            The exit code is 0 when every verdict is acceptable; Docs/exit-codes.md has the others. Ctrl-C stops what was
            started and still writes the reports; a second one does so at once.
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Option(
        name: .customLong("target"),
        help: """
            The edge to put to the test: a folder of Scenarios/Targets, the path of any folder, or a YAML file about an edge \
            that runs already. Given more than once, they run after each other, and a matrix shows them side by side. \
            (default: reference)
            """
    )
    var targets: [String] = []

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

    @Option(help: "Cases under way at once, besides those that only wait. (default: 16 for each core)")
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
        if Set(self.targets).count < self.targets.count { throw ValidationError("--target names one of them twice") }
        if self.compare != nil, self.targets.count > 1 {
            throw ValidationError("--compare compares runs of one target: name one")
        }
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
        let names = self.targets.isEmpty ? ["reference"] : self.targets
        // All of them, so that what the last one lacks is said before the first one runs.
        let targets = try names.map { name in
            var target = try Candidate(named: name, from: resources)
            if let external = target.definition.external {
                target.scenarios = try self.selection.load(
                    from: resources,
                    recipes: Set(recipes),
                    naming: { external.names(forCase: $0, $1) }
                )
            }
            return target
        }
        let found = targets.map(\.definition.name)
        if let twice = found.enumerated().first(where: { found[..<$0.offset].contains($0.element) })?.element {
            throw Complaint(
                "two targets are called \(twice)",
                hint: "their reports would be in one folder: run them one by one",
                exitStatus: .usage
            )
        }
        let trial = Trial(
            scenarios: scenarios,
            earlier: try self.compare.map { try RunFile.read(URL(fileURLWithPath: $0)) },
            seed: self.seed.flatMap(Seed.init) ?? .random(),
            recipes: resources.recipes
        )
        let place = try ReportPlace(
            named: self.reportFolder,
            history: RunHistory(root: resources.reports),
            kept: (self.keptRuns ?? .last(RunHistory.usualCount)).count,
            target: targets.count == 1 ? targets[0].definition.name : "matrix"
        )
        for trouble in WorkFolder.sweep() {
            StandardStreams.say("shakedown: keys of a run that is no more could not be removed: \(trouble)\n")
        }
        do {
            if targets.count > 1 { return try await self.runAll(targets, trial, at: place) }
            return try await self.run(targets[0], trial, at: place).status
        } catch {
            place.removeIfEmpty()
            throw error
        }
    }

    /// A target that was found, with its waivers.
    private struct Candidate {
        let definition: TargetDefinition
        let waivers: Waivers
        /// The catalogue under this target's own names, where it has any.
        var scenarios: [Scenario]?

        init(named name: String, from resources: Resources) throws {
            self.definition = try TargetDefinition.load(
                named: name,
                from: resources.targets,
                programDirectory: Resources.executable.deletingLastPathComponent(),
                installDirectory: resources.programs
            )
            self.waivers = try Waivers.load(
                self.definition.waiversFile,
                version: self.definition.identity.version
            )
        }
    }

    /// What every target is asked.
    private struct Trial {
        let scenarios: [Scenario]
        let earlier: RunReport?
        let seed: Seed
        let recipes: URL
    }

    /// Runs it against one target, writes the reports and prints the summary.
    private func run(
        _ target: Candidate,
        _ trial: Trial,
        at place: ReportPlace
    ) async throws -> (report: RunReport, status: ExitStatus) {
        let dialect = self.junitDialect.flatMap(JUnitWriter.Dialect.init(rawValue:)) ?? .jenkins
        let session = RunSession(place: place, junitDialect: dialect)
        let progress = self.makeProgress()
        let options = self.makeOptions(for: target, trial)
        let repetitions = self.repetitions ?? 1
        do {
            return try await Interruption().observe(leave: session.leave) {
                var report = try await progress.ticking {
                    try await session.run(times: repetitions) {
                        SuiteRun(
                            scenarios: target.scenarios ?? trial.scenarios,
                            target: target.definition,
                            waivers: target.waivers,
                            options: options,
                            observer: progress,
                            keeper: session.journal
                        )
                    }
                }
                progress.ended()
                report.comparison = trial.earlier.map { RunComparison(of: report, with: $0) }
                return (report, try self.publish(report, of: session, at: place))
            }
        } catch {
            progress.ended()
            session.abandon()
            throw error
        }
    }

    /// One target after the other, each with the reports of its run in a folder of its own, and the matrix above them. A
    /// target that cannot be run keeps no other from it.
    private func runAll(_ targets: [Candidate], _ trial: Trial, at place: ReportPlace) async throws -> ExitStatus {
        var reports: [RunReport] = []
        var failure: ExitStatus?
        for target in targets where reports.last?.isInterrupted != true {
            let folder = place.folder.appending(path: target.definition.name)
            do {
                let (report, status) = try await self.run(target, trial, at: .named(folder))
                reports.append(report)
                if status.rawValue != report.exitCode { failure = status }
            } catch {
                failure = Ending.report(error)
            }
        }
        guard !reports.isEmpty else { return failure ?? .software }
        let matrix = TargetMatrix(reports)
        do {
            try Self.tellMoved(
                place.write { folder throws(ReportDirectory.Unwritten) in
                    try MatrixDirectory.write(matrix, to: folder)
                }
            )
        } catch {
            failure = Ending.report(error)
        }
        if self.json {
            try CheckedOutput.standardOutput.write(Array(JSONWriter.renderMatrix(matrix)))
        } else {
            let page = place.folder.appending(path: MatrixDirectory.FileName.html).path
            try CheckedOutput.standardOutput.write("\n" + MatrixText.terminal(matrix, page: page))
        }
        return failure ?? ExitStatus(rawValue: matrix.exitCode)
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

    private func makeOptions(for target: Candidate, _ trial: Trial) -> RunOptions {
        RunOptions(
            seed: trial.seed,
            jobs: self.jobs ?? 16 * ProcessInfo.processInfo.activeProcessorCount,
            command: self.commandLine(seed: trial.seed),
            replay: self.replay(of: target, seed: trial.seed),
            keepsWorkDirectory: self.keep,
            isStrict: self.strict,
            profile: self.profile,
            coversCatalogue: self.selection.isEverything,
            evidence: self.evidence ?? .failures,
            recipesDirectory: trial.recipes,
            version: Version.text
        )
    }

    /// The command line that makes this run again: what was asked for, and the seed that was drawn.
    private func commandLine(seed: Seed) -> String {
        var words = ["shakedown"] + CommandLine.arguments.dropFirst()
        if self.seed == nil { words += ["--seed", "\(seed)"] }
        return ShellWords(words).text
    }

    /// The same for one case, whose id follows: what decides its verdict, and where it and the target are found.
    private func replay(of target: Candidate, seed: Seed) -> String {
        var words = ["shakedown", "run", "--target", target.definition.reference]
        if let profile = self.profile { words += ["--profile", profile.rawValue] }
        if self.strict { words.append("--strict") }
        return ShellWords(words + ["--seed", "\(seed)"] + self.selection.files).text
    }
}

extension RunCommand {
    /// Writes the reports and prints the summary. What could not be written is said, and the rest is written all the
    /// same; the harness has failed then.
    private func publish(_ report: RunReport, of session: RunSession, at place: ReportPlace) throws -> ExitStatus {
        var status = ExitStatus(rawValue: report.exitCode)
        var reports = TerminalSummary.WrittenReports.page(path: place.page)
        do {
            Self.tellMoved(try session.write(report))
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

    private static func tellMoved(_ moved: URL?) {
        guard let moved else { return }
        StandardStreams.say(
            "shakedown: \(RunHistory.latest) was a folder; it is \(moved.path) now, and \(RunHistory.latest) a link\n"
        )
    }

    private func print(_ report: RunReport, _ reports: TerminalSummary.WrittenReports) throws {
        // Of several targets the matrix is printed.
        if self.json, self.targets.count > 1 { return }
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
extension RunJournal: ResultKeeper {}

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
