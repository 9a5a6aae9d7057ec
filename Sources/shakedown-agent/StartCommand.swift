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
              shakedown-agent start --none --config agent.yaml --web-addr 127.0.0.1:4040
            """
    )

    @Argument(help: ArgumentHelp("The tunnels to start.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Start every tunnel of the file.")
    var all = false

    @Flag(help: "Start none: tunnels are started by the local API.")
    var none = false

    @OptionGroup
    var shared: SharedOptions

    func validate() throws {
        guard self.none || !self.shared.edge.config.isEmpty else {
            throw ValidationError("Which file? Give --config agent.yaml.")
        }
        guard [self.all, self.none, !self.names.isEmpty].filter({ $0 }).count == 1 else {
            throw ValidationError("Which tunnels? Give their names, or --all, or --none.")
        }
    }

    func run() async throws {
        let files = self.shared.edge.config.joined(separator: ", ")
        if self.all, try self.shared.settings().namedTunnels().isEmpty {
            throw ConfigurationError("there are no tunnels in \(files)")
        }
        // With --none there are no names.
        let names = self.all ? nil : self.names
        // An agent that runs may be left without a tunnel, until there is one again.
        try await self.shared.run { settings in
            let tunnels = try settings.namedTunnels()
            return try (names ?? tunnels.keys.sorted()).map { name in
                guard let tunnel = tunnels[name] else {
                    throw ConfigurationError(
                        "there is no tunnel '\(name)' in \(files)",
                        hint: "the tunnels are \(tunnels.keys.sorted().joined(separator: ", "))"
                    )
                }
                return tunnel
            }
        }
    }
}
