import ArgumentParser
import CertificateRecipes
import Foundation
import ProgramKit
import Reports
import Runner
import ScenarioModel
import Targets
import Verdicts

struct ContractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Writes down everything an edge was observed to do, and later names every difference.",
        discussion: """
            EXAMPLES
              shakedown contract record --target haproxy --out haproxy.contract
              shakedown contract check haproxy.contract            after the upgrade

            A contract says what an edge did, and not whether that was right: it is what an upgrade is measured by.
            Docs/contracts.md tells what stands in it.
            """,
        subcommands: [RecordCommand.self, CheckContractCommand.self]
    )
}

/// What both commands need: a target, the selected cases, a place to work.
private struct ContractStage {
    let target: TargetDefinition
    let waivers: Waivers
    let scenarios: [Scenario]
    let options: RunOptions

    static func set(
        for name: String,
        _ selection: SelectionOptions,
        seed: Seed,
        jobs: Int?
    ) throws -> ContractStage {
        let resources = try Resources.locate()
        let recipes = Set(try RecipeBook(directory: resources.recipes).names)
        let jobs = jobs ?? 16 * ProcessInfo.processInfo.activeProcessorCount
        var scenarios = try selection.load(from: resources, recipes: recipes)
        try MachineRoom.require(for: scenarios.flatMap(\.cases), jobs: jobs)
        let target = try TargetDefinition.load(
            named: name,
            from: resources.targets,
            programDirectory: Resources.executable.deletingLastPathComponent(),
            installDirectory: resources.programs
        )
        if let external = target.external {
            scenarios = try selection.load(
                from: resources,
                recipes: recipes,
                naming: { external.names(forCase: $0, $1) }
            )
        }
        for trouble in WorkFolder.sweep() {
            StandardStreams.say("shakedown: keys of a run that is no more could not be removed: \(trouble)\n")
        }
        let options = RunOptions(
            seed: seed,
            jobs: jobs,
            command: ShellWords(["shakedown"] + CommandLine.arguments.dropFirst()).text,
            replay: ShellWords(
                ["shakedown", "run", "--target", target.reference, "--seed", "\(seed)"] + selection.files
            ).text,
            keepsWorkDirectory: false,
            isStrict: false,
            coversCatalogue: false,
            recipesDirectory: resources.recipes,
            version: Version.text
        )
        let waivers = try Waivers.load(target.waiversFile, version: target.identity.version)
        return ContractStage(target: target, waivers: waivers, scenarios: scenarios, options: options)
    }

    func run(hasProbe: Bool, _ progress: ProgressDisplay) -> ContractRun {
        ContractRun(
            scenarios: self.scenarios,
            target: self.target,
            waivers: self.waivers,
            options: self.options,
            hasProbe: hasProbe,
            observer: WithoutVerdicts(telling: progress)
        )
    }
}

/// A contract knows no verdicts: that something failed is no news while it is written down.
private struct WithoutVerdicts: RunObserver {
    let base: any RunObserver
    init(telling base: any RunObserver) { self.base = base }

    func finished(_ result: CaseResult) {
        var plain = result
        switch result.verdict.outcome {
        case .unsupported, .skipped, .error: break
        case .pass, .passLenient, .informational, .fail, .failShould, .expectedFail, .unexpectedPass, .hang, .flaky:
            plain.verdict = Verdict(outcome: .pass)
        }
        self.base.finished(plain)
    }

    func started(total: Int) { self.base.started(total: total) }
    func began(_ testCase: Case) { self.base.began(testCase) }
    func ended(_ testCase: Case) { self.base.ended(testCase) }
    func note(_ text: String) { self.base.note(text) }
}

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Writes down everything an edge does.",
        discussion: """
            EXAMPLES
              shakedown contract record --target haproxy --out haproxy.contract
              shakedown contract record --target ../my-edge/target 'framing.*' 'routing.*' --out framing.contract

            Everything is asked twice, and what came out otherwise more often: such a line has all that was seen.
            """
    )

    @Option(
        help:
            "The edge: a folder of Scenarios/Targets, the path of any folder, or a YAML file about one that runs already."
    )
    var target = "reference"
    @OptionGroup var selection: SelectionOptions
    @Option(name: .customLong("out"), help: "The file to write; it is replaced. (default: standard output)") var file:
        String?
    @Option(help: "How often everything is asked.") var times = 2
    @Option(help: "Cases under way at once, besides those that only wait. (default: 16 for each core)") var jobs: Int?
    @Option(help: "Where our random choices begin.") var seed = "0x5eed"
    @Flag(
        inversion: .prefixedNo,
        help: "The questions of `shakedown probe` too. (default: where no cases are selected)"
    )
    var probe: Bool?
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        if !(1...20).contains(self.times) { throw ValidationError("--times must be from 1 to 20") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if Seed(self.seed) == nil { throw ValidationError("--seed is a number, such as 24301 or 0x5eed") }
        if self.selection.shard != nil { throw ValidationError("a contract is whole: leave out --shard") }
    }

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        let seed = Seed(self.seed) ?? Seed(value: 0x5eed)
        let stage = try ContractStage.set(for: self.target, self.selection, seed: seed, jobs: self.jobs)
        let hasProbe = self.probe ?? self.selection.isEverything
        let progress = ProgressDisplay.onStandardError(quiet: self.quiet)
        let run = stage.run(hasProbe: hasProbe, progress)
        let (times, words, file) = (self.times, self.selection.words, self.file)
        return try await Interruption().observe(leave: run.abandon) {
            let seen = try await progress.ticking { try await run.watch(times: times) }
            progress.ended()
            var contract = Contract(
                target: stage.target.reference,
                title: stage.target.identity.title,
                version: stage.target.identity.version,
                tool: Version.text,
                seed: "\(seed)",
                selection: words,
                hasProbe: hasProbe
            )
            contract.observations = seen.observations.mapValues { Contract.line(of: Set($0)) }
            contract.missing = seen.untold.count
            let bytes = Array(contract.text.utf8)
            if let file {
                do {
                    try WholeFile.write(bytes, to: file)
                } catch {
                    throw Complaint(Reason.text(of: error), hint: "name another file with --out", exitStatus: .usage)
                }
            } else {
                try CheckedOutput.standardOutput.write(bytes)
            }
            let several = seen.observations.count { Set($0.value).count > 1 }
            StandardStreams.say(
                "shakedown: \(contract.observations.count) lines"
                    + (several > 0 ? ", \(several) of them with more than one thing that was seen" : "")
                    + (file.map { ": \($0)" } ?? "") + "\n"
            )
            if seen.isInterrupted {
                StandardStreams.say("shakedown: interrupted: \(seen.untold.count) things are missing in it\n")
                return .failure
            }
            for (id, reason) in seen.untold.sorted(by: { $0.key < $1.key }) {
                StandardStreams.say("shakedown: not told: \(id): \(reason)\n")
            }
            return seen.untold.isEmpty ? .success : .software
        }
    }
}

struct CheckContractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Names everything that an edge does otherwise than its contract says.",
        discussion: """
            EXAMPLES
              shakedown contract check haproxy.contract
              shakedown contract check haproxy.contract --target ../haproxy-next/target --json

            What is otherwise is asked three times more. The exit code is 1 when the edge does not do what the contract says.
            """
    )

    @Argument(help: "The file that `shakedown contract record` wrote.") var file: String
    @Option(help: "Another edge than the contract names.") var target: String?
    @Option(help: "Cases under way at once, besides those that only wait. (default: 16 for each core)") var jobs: Int?
    @Flag(help: "Prints the differences as JSON.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    }

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        let contract = try self.read()
        let selection: SelectionOptions
        do {
            selection = try SelectionOptions.parse(contract.selection)
        } catch {
            throw Complaint(
                "\(self.file): its 'select' lines are no selection: \(SelectionOptions.message(for: error))",
                exitStatus: .usage
            )
        }
        guard let seed = Seed(contract.seed) else {
            throw Complaint("\(self.file): its 'seed' is no number: \(contract.seed)", exitStatus: .usage)
        }
        let stage = try ContractStage.set(for: self.target ?? contract.target, selection, seed: seed, jobs: self.jobs)
        let progress = ProgressDisplay.onStandardError(quiet: self.quiet)
        let run = stage.run(hasProbe: contract.hasProbe, progress)
        let json = self.json
        return try await Interruption().observe(leave: run.abandon) {
            let seen = try await progress.ticking { try await run.watch(beside: contract) }
            progress.ended()
            let summary = ContractSummary(
                contract: contract,
                now: "\(stage.target.identity.title) \(stage.target.identity.version)",
                differences: contract.differences(
                    from: seen.observations,
                    untold: Set(seen.untold.keys),
                    replay: run.replay
                ),
                isInterrupted: seen.isInterrupted
            )
            if json {
                try CheckedOutput.standardOutput.write(JSONWriter.renderContract(summary))
            } else {
                let traits = TerminalTraits.detect(
                    fileDescriptor: STDOUT_FILENO,
                    environment: ProcessInfo.processInfo.environment
                )
                try CheckedOutput.standardOutput.write(summary.text(color: traits.hasColor))
            }
            return ExitStatus(rawValue: summary.exitCode)
        }
    }

    private func read() throws(Complaint) -> Contract {
        let text: String
        do {
            text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: self.file)), as: UTF8.self)
        } catch {
            throw Complaint("cannot read \(self.file): \(Reason.text(of: error))", exitStatus: .usage)
        }
        do {
            return try Contract(reading: text)
        } catch {
            throw Complaint(
                "\(self.file), \(error.description)",
                hint: "`shakedown contract record --out \(self.file)` writes one",
                exitStatus: .usage
            )
        }
    }
}
