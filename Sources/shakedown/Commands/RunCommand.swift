import ArgumentParser
import CertificateRecipes
import ClientPrograms
import Foundation
import ProgramKit
import Reports
import Runner
import ScenarioFiles
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
              shakedown run --clients all --target haproxy         every client stack that is here, against HAProxy
              shakedown run --clients 'curl,openssl-*'             some of them, against our own edge
              shakedown run --target haproxy --update-waivers      and its waivers follow what it does now
              shakedown run --failed                               what had no acceptable verdict the last time
              shakedown run --shard 2/5 --report part-2            one of five machines' share; then `shakedown merge`
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
            Runs the scenarios whose clients are other people's programs, and no others: all, a kind (library, tool, browser), \
            names or globs of `shakedown clients`, with commas between; '-' in front leaves some out.
            """
    )
    var clients: String?

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

    @Option(
        help: "Cases under way at once, besides those that only wait. (default: 16 for each core, with --clients 3)"
    )
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

    @OptionGroup var stopping: StoppingOptions
    @OptionGroup var minimum: MinimumOptions
    @OptionGroup var earlierRun: EarlierRunOptions
    @OptionGroup var waiverOptions: WaiverOptions

    @OptionGroup var junit: JUnitOptions
    @Flag(help: "Prints the report as JSON (CTRF) instead of the summary.") var json = false
    @Flag(help: "Lenient answers fail, as they always do on the reference edge.") var strict = false
    @Flag(name: .shortAndLong, help: "No progress, only the summary.") var quiet = false
    @Flag(name: .shortAndLong, help: "Also lists lenient passes.") var verbose = false
    @Flag(help: "Keeps the target's configuration and logs, and says where they are.") var keep = false

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if Set(self.targets).count < self.targets.count { throw ValidationError("--target names one of them twice") }
        if self.earlierRun.isGiven, self.targets.count > 1 {
            throw ValidationError("--compare and --baseline are about runs of one target: name one")
        }
        if self.waiverOptions.update {
            if self.targets.count > 1 { throw ValidationError("--update-waivers is for one target: name one") }
            if self.earlierRun.baseline != nil {
                throw ValidationError("--baseline excuses what --update-waivers is to find: leave one out")
            }
            if self.stopping.failFast {
                throw ValidationError("--update-waivers needs a whole run: leave out --fail-fast")
            }
        }
        if let seed, Seed(seed) == nil { throw ValidationError("--seed is a number, such as 24301 or 0x5eed") }
    }

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        let resources = try Resources.locate()
        let recipes = try RecipeBook(directory: resources.recipes).names
        let clients = try self.clients.map { try Clients(chosenBy: $0, resources) }
        let scenarios = try self.scenarios(of: clients, from: resources, recipes: Set(recipes))
        let names = self.targets.isEmpty ? ["reference"] : self.targets
        let history = RunHistory(root: resources.reports)
        let earlier = try self.earlierRun.read()
        try MachineRoom.require(for: scenarios.flatMap(\.cases), jobs: self.concurrency)
        // All of them, so that what the last one lacks is said before the first one runs.
        let candidates = try names.map { name in
            var target = try Candidate(named: name, scenarios, from: resources)
            if let external = target.definition.external {
                target.scenarios = try self.scenarios(
                    of: clients,
                    from: resources,
                    recipes: Set(recipes),
                    naming: { external.names(forCase: $0, $1) }
                )
            }
            let name = target.definition.name
            try self.earlierRun.refuse(earlier, unlessOf: target.definition.identity)
            target.baseline = self.earlierRun.makeBaseline(of: earlier)
            target.scenarios = try self.earlierRun.narrow(target.scenarios, of: name, named: earlier, history: history)
            return target
        }
        let targets = candidates.filter { !$0.scenarios.isEmpty }
        for target in candidates where target.scenarios.isEmpty {
            StandardStreams.say(
                "shakedown: nothing of what is selected failed in the last run of \(target.definition.name)\n"
            )
        }
        if targets.isEmpty { return .success }
        let found = targets.map(\.definition.name)
        if let twice = found.enumerated().first(where: { found[..<$0.offset].contains($0.element) })?.element {
            throw Complaint(
                "two targets are called \(twice)",
                hint: "their reports would be in one folder: run them one by one",
                exitStatus: .usage
            )
        }
        let trial = Trial(
            earlier: earlier,
            seed: self.seed.flatMap(Seed.init) ?? .random(),
            recipes: resources.recipes,
            clients: clients?.programs ?? []
        )
        let place = try ReportPlace(
            named: self.reportFolder,
            history: history,
            kept: (self.keptRuns ?? .last(RunHistory.usualCount)).count,
            target: targets.count == 1 ? targets[0].definition.name : RunHistory.matrix
        )
        for trouble in WorkFolder.sweep() {
            StandardStreams.say("shakedown: keys of a run that is no more could not be removed: \(trouble)\n")
        }
        do {
            if targets.count > 1 { return try await self.runAll(targets, trial, at: place) }
            let (report, status) = try await self.run(targets[0], trial, at: place)
            try self.printClients(of: [report])
            return status
        } catch {
            place.removeIfEmpty()
            throw error
        }
    }

    /// What is the same for every target.
    private struct Trial {
        let earlier: RunReport?
        let seed: Seed
        let recipes: URL
        /// Those that are programs.
        let clients: [ClientProgram]
    }

    /// Programs that were chosen to be clients.
    private struct Clients {
        let names: [String]
        let programs: [ClientProgram]

        init(chosenBy selection: String, _ resources: Resources) throws {
            let roster = try ClientRoster(directory: resources.clients)
            let chosen = try roster.select(selection)
            self.names = roster.names.filter(chosen.contains)
            self.programs = roster.find(chosen, installDirectory: resources.programs)
        }
    }

    /// What is selected of the catalogue: of clients that are programs, or of all others.
    private func scenarios(
        of clients: Clients?,
        from resources: Resources,
        recipes: Set<String>,
        naming: ScenarioLoader.Naming? = nil
    ) throws -> [Scenario] {
        var scenarios = try self.selection.load(
            from: resources,
            recipes: recipes,
            naming: naming,
            programs: clients?.names ?? []
        )
        guard clients != nil else { return scenarios }
        for index in scenarios.indices { scenarios[index].cases.removeAll { $0.client.engine != .program } }
        scenarios.removeAll(where: \.cases.isEmpty)
        guard !scenarios.isEmpty else {
            throw Complaint(
                "nothing that is selected has clients that are programs",
                hint: "leave --clients out, or name scenarios of `shakedown list 'stacks.*'`",
                exitStatus: .usage
            )
        }
        return scenarios
    }

    /// Runs it against one target, writes the reports and prints the summary.
    private func run(
        _ target: Candidate,
        _ trial: Trial,
        at place: ReportPlace
    ) async throws -> (report: RunReport, status: ExitStatus) {
        let session = RunSession(place: place, junitDialect: self.junit.dialect)
        let progress = ProgressDisplay.onStandardError(quiet: self.quiet)
        let options = self.makeOptions(for: target, trial)
        let (stopping, minimum, waiverOptions) = (self.stopping, self.minimum, self.waiverOptions)
        let resources = try Resources.locate()
        // Of several targets the matrix is printed as JSON, and nothing else.
        let (json, verbose, isOneOfSeveral) = (self.json, self.verbose, self.json && self.targets.count > 1)
        do {
            return try await Interruption().observe(leave: session.leave) {
                var report = try await progress.ticking {
                    try await session.run(stopping, observer: progress) { observer in
                        SuiteRun(
                            scenarios: target.scenarios,
                            target: target.definition,
                            waivers: target.waivers,
                            options: options,
                            observer: observer,
                            keeper: session.journal
                        )
                    }
                }
                progress.ended()
                if let shortfall = minimum.shortfall(of: report) { report.problems.append(shortfall) }
                report.comparison = trial.earlier.map { RunComparison(of: report, with: $0) }
                let publication = Publication(
                    report: report,
                    place: place,
                    json: json,
                    verbose: verbose,
                    isSilent: isOneOfSeveral
                )
                let status = try publication.publish { [report] in try session.write(report) }
                try waiverOptions.update(after: report, target.waivers, of: target.definition, resources)
                return (report, status)
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
            try Publication.tellMoved(
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
            try self.printClients(of: reports)
        }
        return failure ?? ExitStatus(rawValue: matrix.exitCode)
    }

    /// What each client that is a program came to.
    private func printClients(of reports: [RunReport]) throws {
        guard self.clients != nil, !self.json else { return }
        try CheckedOutput.standardOutput.write("\n" + ClientMatrixText.terminal(ClientMatrix(reports)))
    }

    private var concurrency: Int {
        self.jobs ?? (self.clients == nil ? 16 : 3) * ProcessInfo.processInfo.activeProcessorCount
    }

    private func makeOptions(for target: Candidate, _ trial: Trial) -> RunOptions {
        RunOptions(
            seed: trial.seed,
            jobs: self.concurrency,
            command: self.commandLine(seed: trial.seed),
            replay: self.replay(of: target, seed: trial.seed),
            keepsWorkDirectory: self.keep,
            isStrict: self.strict,
            profile: self.profile,
            coversCatalogue: self.selection.isEverything && !self.earlierRun.failed && self.clients == nil,
            evidence: self.evidence ?? .failures,
            shard: self.selection.shard,
            baseline: target.baseline,
            recipesDirectory: trial.recipes,
            version: Version.text,
            clients: trial.clients
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
        if let clients = self.clients { words += ["--clients", clients] }
        return ShellWords(words + ["--seed", "\(seed)"] + self.selection.files).text
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
