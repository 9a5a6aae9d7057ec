import AgentClient
import ArgumentParser
import ConfigurationFiles

/// `shakedown-agent tunnel 8080 --label team=web`
struct TunnelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tunnel",
        abstract: "Starts one tunnel for the TLS edges that ask for its labels.",
        discussion: """
            A service that gets the connections of every TLS edge whose backend asks for team=web:

              shakedown-agent tunnel 8080 --label team=web --label region=eu

            Where the TLS edge does not end TLS, the agent does with a certificate:

              shakedown-agent tunnel 8080 --label team=web --crt app.pem --key app.key
            """
    )

    @Option(help: ArgumentHelp("A label of the tunnel; may be repeated.", valueName: "key=value"))
    var label: [String] = []

    @OptionGroup
    var forwarding: ForwardingOptions

    @OptionGroup
    var shared: SharedOptions

    func validate() throws {
        guard !self.label.isEmpty else {
            throw ValidationError("Which labels? Give --label team=web, those that the TLS edge's backend asks for.")
        }
        try ForwardingOptions.validate { () throws(ConfigurationError) in try self.tunnel() }
    }

    private func tunnel() throws(ConfigurationError) -> TunnelSettings {
        var tunnel = try self.forwarding.tunnel()
        for label in self.label { try tunnel.labels.add(label) }
        return tunnel
    }

    func run() async throws {
        let tunnel = try self.tunnel()
        try await self.shared.run { _ in [tunnel] }
    }
}
