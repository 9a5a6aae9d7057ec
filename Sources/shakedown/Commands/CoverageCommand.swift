import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit
import Reports
import ScenarioFiles
import ScenarioModel
import Verdicts

struct CoverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Says which sentences of the specifications the catalogue checks, and which it does not.",
        discussion: """
            EXAMPLES
              shakedown coverage                            what no scenario checks
              shakedown coverage --document RFC-9846 --all  each sentence of TLS 1.3
              shakedown coverage --run Reports/latest       what a run's target did

            The sentences are in Scenarios/Requirements. The exit code is 64 when
            something is wrong there, such as a scenario that is named and does not
            exist, and 0 otherwise, whatever is covered.
            """
    )

    @Option(
        name: .customLong("document"),
        help: "Only this document: RFC-9846, PROXY-protocol; may be repeated."
    )
    var documents: [String] = []

    @Flag(help: "Prints only the sentences that no scenario checks.") var missing = false
    @Flag(help: "Prints every sentence: what checks it, or why nobody outside can tell.") var all = false
    @Option(name: .customLong("run"), help: "A folder that a run wrote, or its run.json: says what its target did.")
    var runPath: String?
    @Flag(help: "Prints the whole as JSON.") var json = false

    func validate() throws {
        if [self.missing, self.all, self.json].count(where: { $0 }) > 1 {
            throw ValidationError("--missing, --all and --json are three ways to print: choose one")
        }
    }

    func run() async throws {
        try await Ending.of {
            let coverage = try self.coverage(from: Resources.locate())
            if self.json {
                try CheckedOutput.standardOutput.write(Self.jsonText(of: coverage))
            } else if self.missing {
                try CheckedOutput.standardOutput.write(CoverageText.missing(coverage))
            } else {
                try CheckedOutput.standardOutput.write(
                    CoverageText.render(coverage, self.all ? .everything : .shortcomings)
                )
            }
            return .success
        }
    }

    private func coverage(from resources: Resources) throws -> Coverage {
        let scenarios = try ScenarioLoader().load(paths: [resources.scenarios.path])
        let lists = try RequirementLoader(scenarios: scenarios).load(folder: resources.requirements.path)
        let chosen = try Set(self.documents.map { try Self.document($0, among: lists.map(\.document)) })
        let report = try self.runPath.map { try RunFile.read(URL(fileURLWithPath: $0)) }
        let coverage = Coverage(of: lists, scenarios: scenarios, run: report)
        return chosen.isEmpty ? coverage : coverage.only(chosen)
    }

    /// `RFC-9846` as one types it in a shell, or `RFC 9846` as files write it.
    private static func document(_ name: String, among documents: [Rule.Document]) throws -> Rule.Document {
        func plain(_ text: String) -> String { text.lowercased().replacingOccurrences(of: " ", with: "-") }
        if let document = documents.first(where: { plain($0.description) == plain(name) }) { return document }
        let names = documents.map { $0.description.replacingOccurrences(of: " ", with: "-") }
        throw Complaint(
            "there is no list of requirements of '\(name)'" + Suggestion.clause(for: name, among: names),
            hint: "documents: \(names.joined(separator: ", "))",
            exitStatus: .usage
        )
    }

    private static func jsonText(of coverage: Coverage) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(coverage), as: UTF8.self) + "\n"
    }
}
