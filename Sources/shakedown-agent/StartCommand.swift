import AgentClient
import ArgumentParser
import ConfigurationFiles

/// `shakedown-agent start --all --config agent.yaml`
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts tunnels of a configuration file.",
        discussion: """
              shakedown-agent start web mail --config agent.yaml
              shakedown-agent start --all --config agent.yaml
            """
    )

    @Argument(help: ArgumentHelp("The tunnels to start.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Start every tunnel of the file.")
    var all = false

    @OptionGroup
    var shared: SharedOptions

    func validate() throws {
        guard !self.shared.config.isEmpty else {
            throw ValidationError("Which file? Give --config agent.yaml.")
        }
        guard self.all != !self.names.isEmpty else {
            throw ValidationError("Which tunnels? Give their names, or --all.")
        }
    }

    func run() async throws {
        let settings = try self.shared.settings()
        let names = self.all ? settings.tunnels.keys.sorted() : self.names
        guard !names.isEmpty else {
            throw ConfigurationError("there are no tunnels in \(self.shared.config.joined(separator: ", "))")
        }
        let tunnels = try names.map { name in
            guard let tunnel = settings.tunnels[name] else {
                throw ConfigurationError(
                    "there is no tunnel '\(name)' in \(self.shared.config.joined(separator: ", "))",
                    hint: "the tunnels are \(settings.tunnels.keys.sorted().joined(separator: ", "))"
                )
            }
            return tunnel
        }
        try await self.shared.run(settings, tunnels: tunnels)
    }
}
