import AgentClient
import ArgumentParser
import ConfigurationFiles
import ProxyProtocol

/// `shakedown-agent tls 8443 --domain app.example.com`
struct TLSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls",
        abstract: "Starts one TLS tunnel.",
        discussion: """
            The service on 8443 has the certificate, and nobody in between can read along:

              shakedown-agent tls 8443 --domain app.example.com

            The agent has the certificate and forwards plain text:

              shakedown-agent tls 8080 --domain app.example.com --terminate-at agent --crt app.pem --key app.key
            """
    )

    @Argument(help: ArgumentHelp("8080, host:8080, [::1]:8080, tls://host:8443 or unix:/path.", valueName: "address"))
    var address: String

    @Option(help: ArgumentHelp("The name to serve; a random one without it.", valueName: "name"))
    var domain: String?

    @Option(help: ArgumentHelp("The name to serve, as tls://name.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The old spelling of --domain.", valueName: "name"))
    var hostname: String?

    @Option(help: "Where TLS ends: edge, agent or upstream (default; edge when a certificate is given).")
    var terminateAt: TunnelSettings.TerminationPoint?

    @Option(help: ArgumentHelp("The certificate to present, in PEM, leaf first.", valueName: "file"))
    var crt: String?

    @Option(help: ArgumentHelp("The certificate's key, in PEM.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("The CAs whose clients are let in, in PEM.", valueName: "file"))
    var mutualTlsCas: String?

    @Option(help: ArgumentHelp("Let only clients from here in; may be repeated.", valueName: "cidr"))
    var cidrAllow: [String] = []

    @Option(help: ArgumentHelp("Keep clients from here out; may be repeated.", valueName: "cidr"))
    var cidrDeny: [String] = []

    @Option(help: ArgumentHelp("Tell the upstream the client's address: PROXY protocol 1 or 2.", valueName: "version"))
    var proxyProto: Int?

    @Flag(help: "Verify the certificate of a tls:// upstream.")
    var upstreamTlsVerify = false

    @Option(help: ArgumentHelp("The CAs of the upstream, in PEM (default: the system's).", valueName: "file"))
    var upstreamTlsVerifyCas: String?

    @Option(
        help: ArgumentHelp("What a tls:// upstream is shown that asks for a certificate, in PEM.", valueName: "file")
    )
    var upstreamTlsCrt: String?

    @Option(help: ArgumentHelp("That certificate's key, in PEM.", valueName: "file"))
    var upstreamTlsKey: String?

    @Option(help: ArgumentHelp("Text that the edge keeps with the tunnel.", valueName: "text"))
    var metadata: String?

    @OptionGroup
    var shared: SharedOptions

    func validate() throws {
        do {
            try self.tunnel().validate()
        } catch let error as ConfigurationError {
            throw ValidationError(
                [error.message, error.hint.map { "Hint: \($0)" }].compactMap { $0 }.joined(separator: "\n")
            )
        }
    }

    /// The tunnel's name is the one ngrok's agent gives to a tunnel of the command line.
    private func tunnel() throws -> TunnelSettings {
        var tunnel = TunnelSettings(name: "command_line", upstream: try UpstreamAddress(self.address))
        tunnel.domain = self.domain ?? ""
        tunnel.url = self.url ?? ""
        tunnel.hostname = self.hostname ?? ""
        tunnel.terminateAt = self.terminateAt
        tunnel.certificate = self.crt
        tunnel.key = self.key
        tunnel.mutualTLSCAs = self.mutualTlsCas
        tunnel.allowCIDRs = self.cidrAllow
        tunnel.denyCIDRs = self.cidrDeny
        if let number = self.proxyProto {
            guard let version = ProxyHeader.Version(rawValue: number) else {
                throw ConfigurationError("there is no PROXY protocol version '\(number)'", hint: "choose 1 or 2")
            }
            tunnel.proxyVersion = version
        }
        tunnel.verifiesUpstream = self.upstreamTlsVerify
        tunnel.upstreamCAs = self.upstreamTlsVerifyCas
        tunnel.upstreamCertificate = self.upstreamTlsCrt
        tunnel.upstreamKey = self.upstreamTlsKey
        tunnel.metadata = self.metadata ?? ""
        return tunnel
    }

    func run() async throws {
        let tunnel = try self.tunnel()
        try await self.shared.run { _ in [tunnel] }
    }
}

extension TunnelSettings.TerminationPoint: ExpressibleByArgument {}
