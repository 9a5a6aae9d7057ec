import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit
import Reports
import Runner
import ScenarioFiles
import Targets
import Verdicts

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Finds out what an edge can do, and compares it with what its target declares.",
        discussion: """
            EXAMPLES
              shakedown probe haproxy                              everything, in seconds
              shakedown probe haproxy largest-hello hello-deadline
              shakedown probe ../my-edge/target --json
              shakedown probe ./my-edge.yaml --patience 65         an edge that runs already, and that waits long
              shakedown probe --list                               what can be asked

            A declaration that is wrong is an error (exit 1). What is found and not declared is told, and is one with --strict:
            nobody has to promise what he does. Docs/probe.md says how each question is asked.
            """
    )

    @Argument(
        help:
            "The target: a folder of Scenarios/Targets, the path of any folder, or a YAML file about an edge that runs already."
    )
    var target: String?

    @Argument(help: "What to ask. Default: everything; --list tells what there is.") var questions: [String] = []
    @Option(help: "Seconds to wait for an end that may never come. (default: 10, or what the declared deadlines need)")
    var patience: Double?
    @Option(help: "Where our random choices begin. (default: a new one)") var seed: String?
    @Flag(help: "Prints what was found as JSON instead of the table.") var json = false
    @Flag(help: "What is found and not declared is an error too.") var strict = false
    @Flag(help: "Keeps the target's configuration and logs, and says where they are.") var keep = false
    @Flag(help: "Only prints what can be asked.") var list = false

    func validate() throws {
        if self.target == nil, !self.list { throw ValidationError("name the target: shakedown probe haproxy") }
        if let patience, !(0.5...3_600).contains(patience) {
            throw ValidationError("--patience is seconds, from 0.5 to 3600")
        }
        if let seed, Seed(seed) == nil { throw ValidationError("--seed is a number, such as 24301 or 0x5eed") }
    }

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        if self.list {
            try CheckedOutput.standardOutput.write(Self.listing)
            return .success
        }
        let questions = try Self.read(self.questions)
        let resources = try Resources.locate()
        try MachineRoom.require(for: [], jobs: 1)
        let target = try TargetDefinition.load(
            named: self.target ?? "",
            from: resources.targets,
            programDirectory: Resources.executable.deletingLastPathComponent(),
            installDirectory: resources.programs
        )
        for trouble in WorkFolder.sweep() {
            StandardStreams.say("shakedown: keys of a run that is no more could not be removed: \(trouble)\n")
        }
        let run = ProbeRun(
            target: target,
            questions: questions,
            options: self.options(resources, for: target),
            patience: self.patience.map { .seconds($0) },
            isStrict: self.strict
        )
        let scenarios =
            questions.count == ProbeQuestion.allCases.count
            ? try ScenarioLoader().load(paths: [resources.scenarios.path]) : []
        let json = self.json
        return try await Interruption().observe(leave: run.abandon) {
            let report = try await run.run(beside: scenarios)
            if let folder = run.keptFolder { StandardStreams.say("work directory: \(folder)\n") }
            if json {
                try CheckedOutput.standardOutput.write(JSONWriter.renderProbe(report) + [UInt8(ascii: "\n")])
            } else {
                let traits = TerminalTraits.detect(
                    fileDescriptor: STDOUT_FILENO,
                    environment: ProcessInfo.processInfo.environment
                )
                try CheckedOutput.standardOutput.write(ProbeTable.render(report, color: traits.hasColor))
            }
            return ExitStatus(rawValue: report.exitCode)
        }
    }

    /// What was named, or everything. A question that there is none of is refused: an answer to it would be made up.
    private static func read(_ names: [String]) throws(Complaint) -> Set<ProbeQuestion> {
        if names.isEmpty { return Set(ProbeQuestion.allCases) }
        let known = ProbeQuestion.allCases.map(\.rawValue)
        var questions: Set<ProbeQuestion> = []
        for name in names {
            guard let question = ProbeQuestion(rawValue: name) else {
                throw Complaint(
                    "no question is called '\(name)'" + Suggestion.clause(for: name, among: known),
                    hint: "questions: \(known.joined(separator: ", "))",
                    exitStatus: .usage
                )
            }
            questions.insert(question)
        }
        return questions
    }

    private static var listing: String {
        let width = ProbeQuestion.allCases.map(\.rawValue.count).max() ?? 0
        return ProbeQuestion.allCases.map { question in
            question.rawValue.padding(toLength: width + 2, withPad: " ", startingAt: 0) + question.sentence + "\n"
        }.joined()
    }

    private func options(_ resources: Resources, for target: TargetDefinition) -> RunOptions {
        let seed = self.seed.flatMap(Seed.init) ?? .random()
        return RunOptions(
            seed: seed,
            jobs: 16 * ProcessInfo.processInfo.activeProcessorCount,
            command: ShellWords(["shakedown"] + CommandLine.arguments.dropFirst()).text,
            replay: ShellWords(["shakedown", "probe", target.reference, "--seed", "\(seed)"]).text,
            keepsWorkDirectory: self.keep,
            isStrict: false,
            coversCatalogue: false,
            recipesDirectory: resources.recipes,
            version: Version.text
        )
    }
}
