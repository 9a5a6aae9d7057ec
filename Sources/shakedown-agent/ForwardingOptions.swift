import AgentClient
import ArgumentParser
import ConfigurationFiles
import ProxyProtocol
import TLSCredentials

/// The flags of every command that starts one tunnel: where its connections go, and what they are shown on both sides.
struct ForwardingOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("8080, host:8080, [::1]:8080, tls://host:8443 or unix:/path.", valueName: "address"))
    var address: String

    @Option(help: ArgumentHelp("The certificate to present, in PEM, leaf first.", valueName: "file"))
    var crt: String?

    @Option(help: ArgumentHelp("The certificate's key, in PEM.", valueName: "file"))
    var key: String?

    @Option(
        name: [.long, .customLong("upstream-proxy-protocol")],
        help: ArgumentHelp("Tell the upstream the client's address: PROXY protocol 1 or 2.", valueName: "version")
    )
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

    /// What these flags say of the tunnel. Its name is the one that ngrok's agent gives to a tunnel of the command line.
    func tunnel() throws(ConfigurationError) -> TunnelSettings {
        var tunnel = TunnelSettings(name: "command_line", upstream: try UpstreamAddress(self.address))
        tunnel.certificate = self.crt.map { .file($0) }
        tunnel.key = self.key.map { .file($0) }
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

    /// Says as wrong use what cannot work of a tunnel that flags describe.
    static func validate(_ tunnel: () throws(ConfigurationError) -> TunnelSettings) throws(ValidationError) {
        do {
            try tunnel().validate()
        } catch {
            throw ValidationError(
                [error.message, error.hint.map { "Hint: \($0)" }].compactMap { $0 }.joined(separator: "\n")
            )
        }
    }
}
