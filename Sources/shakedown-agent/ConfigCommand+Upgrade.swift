import AgentClient
import ArgumentParser
import ConfigurationFiles
import ProgramKit

extension ConfigCommand {
    struct Upgrade: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a file of version 2 anew in version 3, with its comments.",
            discussion: "  shakedown-agent config upgrade --config agent.yaml --dry-run"
        )

        @OptionGroup
        var place: EditedFile

        @Flag(help: "Print what the file would be, and leave it as it is.")
        var dryRun = false

        func run() throws {
            guard let text = try self.place.read() else {
                throw ConfigurationError("there is no file \(self.place.config)")
            }
            guard let upgraded = try text.upgraded() else {
                try CheckedOutput.standardOutput.write("\(self.place.config): is of version 3 already\n")
                return
            }
            guard !self.dryRun else {
                try CheckedOutput.standardOutput.write(upgraded.text)
                return
            }
            try self.place.write(upgraded.text)
            try CheckedOutput.standardOutput.write("\(self.place.config): is of version 3 now\n")
        }
    }
}
