import AgentClient
import ArgumentParser
import ConfigurationFiles
import TLSCredentials

/// `shakedown-agent tls 8443 --domain app.example.com`
struct TLSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls",
        abstract: "Starts one TLS tunnel.",
        discussion: """
            The service on 8443 has the certificate, and nobody in between can read along:

              shakedown-agent tls 8443 --domain app.example.com

            The agent has the certificate and forwards plain text:

              shakedown-agent tls 8080 --domain app.example.com --terminate-at agent \\
                --crt app.pem --key app.key
            """
    )

    @Option(help: ArgumentHelp("The name to serve; a random one without it.", valueName: "name"))
    var domain: String?

    @Option(help: ArgumentHelp("The name to serve, as tls://name.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The old spelling of --domain.", valueName: "name"))
    var hostname: String?

    @Option(help: ArgumentHelp("The name to serve, below the edge's own domain.", valueName: "label"))
    var subdomain: String?

    @Option(help: "Where TLS ends: edge, agent or upstream (default; edge when a certificate is given).")
    var terminateAt: TunnelSettings.TerminationPoint?

    @Option(help: ArgumentHelp("The CAs whose clients are let in, in PEM.", valueName: "file"))
    var mutualTlsCas: String?

    @Option(help: ArgumentHelp("Let only clients from here in; may be repeated.", valueName: "cidr"))
    var cidrAllow: [String] = []

    @Option(help: ArgumentHelp("Keep clients from here out; may be repeated.", valueName: "cidr"))
    var cidrDeny: [String] = []

    @Option(help: ArgumentHelp("What the edge calls the endpoint (default: command_line).", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("What the endpoint is for, up to 255 bytes.", valueName: "text"))
    var description: String?

    @Option(help: "Who can come to the endpoint: public or internal (default: the edge's, public).")
    var binding: TunnelSettings.Binding?

    @Flag(help: "Let other agents of the account serve the same name beside this one.")
    var poolingEnabled = false

    @Option(help: ArgumentHelp("What the edge does with connections, in YAML or JSON.", valueName: "text"))
    var trafficPolicy: String?

    @Option(
        name: [.long, .customLong("policy-file")],
        help: ArgumentHelp("The file of that policy; --policy-file is the old spelling.", valueName: "file")
    )
    var trafficPolicyFile: String?

    @OptionGroup
    var forwarding: ForwardingOptions

    @OptionGroup
    var shared: SharedOptions

    func validate() throws {
        try ForwardingOptions.validate { () throws(ConfigurationError) in try self.tunnel() }
    }

    private func tunnel() throws(ConfigurationError) -> TunnelSettings {
        var tunnel = try self.forwarding.tunnel()
        tunnel.domain = self.domain ?? ""
        tunnel.url = self.url ?? ""
        tunnel.hostname = self.hostname ?? ""
        tunnel.subdomain = self.subdomain ?? ""
        tunnel.terminateAt = self.terminateAt
        tunnel.mutualTLSCAs = self.mutualTlsCas.map { [PEMSource.file($0)] } ?? []
        tunnel.allowCIDRs = self.cidrAllow
        tunnel.denyCIDRs = self.cidrDeny
        tunnel.endpointName = self.name
        tunnel.description = self.description ?? ""
        tunnel.binding = self.binding
        tunnel.isPooled = self.poolingEnabled
        tunnel.trafficPolicy = self.trafficPolicy
        tunnel.trafficPolicyFile = self.trafficPolicyFile
        return tunnel
    }

    func run() async throws {
        let tunnel = try self.tunnel()
        try await self.shared.run { _ in [tunnel] }
    }
}

extension TunnelSettings.TerminationPoint: ExpressibleByArgument {}
extension TunnelSettings.Binding: ExpressibleByArgument {}
