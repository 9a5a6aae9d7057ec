import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit

struct Shakedown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shakedown",
        abstract: "Puts TLS edges to the test.",
        discussion: """
            EXAMPLES
              shakedown run                                    the whole catalogue against our own edge and agent
              shakedown run --target haproxy                   the same against HAProxy
              shakedown run 'framing.*' --level must           what the RFCs demand of a split ClientHello
              shakedown explain routing.exact                  what a scenario checks, and why
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, ProbeCommand.self, ContractCommand.self, CheckCommand.self, CompareCommand.self,
            CompatCommand.self, MergeCommand.self, EvidenceCommand.self, ListCommand.self, ExplainCommand.self,
            CoverageCommand.self, TargetsCommand.self, ClientsCommand.self, CertsCommand.self,
        ]
    )

    /// As `main()`, with a word for a subcommand that does not exist.
    static func start() async {
        let names = self.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        if let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"), !names.contains(word) {
            let complaint = Complaint(
                "there is no command '\(word)'" + Suggestion.clause(for: word, among: names),
                hint: "commands: \(names.joined(separator: ", ")); `shakedown help run` tells of one"
            )
            Foundation.exit(Complaint.report(complaint, program: "shakedown", status: .usage).rawValue)
        }
        await self.main()
    }
}

enum Version {
    static let text = "0.1.0"
}
