import AgentClient
import ArgumentParser
import ProgramKit

/// `shakedown-agent config check --config agent.yaml`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Looks after configuration files.",
        subcommands: [
            Check.self, AddAuthtoken.self, AddAPIKey.self, AddServerAddress.self, Upgrade.self, Edit.self,
        ]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads configuration files and everything they name, and says what is wrong.",
            discussion: "  shakedown-agent config check --config agent.yaml"
        )

        @Option(help: ArgumentHelp("A configuration file; may be repeated.", valueName: "file"))
        var config: [String]

        func run() throws {
            let settings = try AgentFile.read(self.config)
            let tunnels = try settings.namedTunnels()
            for tunnel in tunnels.values.sorted(by: { $0.name < $1.name }) {
                _ = try Tunnel(tunnel)
            }
            let files = self.config.joined(separator: ", ")
            try CheckedOutput.standardOutput.write("\(files): valid, \(tunnels.count) tunnels\n")
        }
    }
}
