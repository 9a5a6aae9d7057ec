package import Addresses
package import ConfigurationFiles
import NIOCore
import NIOSSL
import TLSCredentials

/// An agent ready to start: every file is read, every default is filled in, every certificate is checked.
package struct AgentConfiguration: Sendable {
    package let server: HostAndPort
    /// `nil` where the edge is dialled directly.
    package let proxy: ProxyAddress?
    package let authtoken: Secret
    package let heartbeatInterval: Duration
    package let heartbeatTolerance: Duration
    package let connectTimeout: Duration
    package let metadata: String
    /// Whether the edge may stop and restart the agent.
    let isRemotelyManaged: Bool
    /// In the order they are bound: by name.
    package let tunnels: [Tunnel]
    let edgeContext: NIOSSLContext
    /// The file of the CAs that ``edgeContext`` trusts; `nil` for the system's.
    let rootCAs: String?

    package init(_ settings: AgentSettings, tunnels: [TunnelSettings]) throws(ConfigurationError) {
        guard let authtoken = settings.authtoken, !authtoken.revealed.isEmpty else {
            throw ConfigurationError(
                "there is no authtoken",
                hint:
                    "pass --authtoken, set SHAKEDOWN_AUTHTOKEN or NGROK_AUTHTOKEN, or add authtoken to the configuration file; "
                    + "an edge's tokens are the authtokens of its accounts"
            )
        }
        self.authtoken = authtoken
        self.server = try Self.server(settings.serverAddress ?? "127.0.0.1:4443")
        if let text = settings.proxyURL {
            self.proxy = text.revealed.isEmpty ? nil : try ProxyAddress(text)
        } else {
            self.proxy = try settings.environmentProxy?.address(for: self.server)
        }
        self.heartbeatInterval = try Self.heartbeat(settings.heartbeatInterval ?? .seconds(10), "heartbeat_interval")
        self.heartbeatTolerance = try Self.heartbeat(settings.heartbeatTolerance ?? .seconds(15), "heartbeat_tolerance")
        self.connectTimeout = settings.connectTimeout ?? .seconds(10)
        self.metadata = settings.metadata ?? ""
        self.isRemotelyManaged = settings.remoteManagement ?? true
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // The session has said GOAWAY before TLS is closed: there is nothing to wait for but a courtesy.
        configuration.shutdownTimeout = .milliseconds(500)
        let roots = settings.rootCAs.flatMap { $0 == "host" || $0 == "trusted" ? nil : $0 }
        self.rootCAs = roots
        configuration.trustRoots = try CertificateBundle.roots(roots, what: "root CAs")
        self.edgeContext = try NIOSSLContext.made(configuration, for: "the connection to the edge")
        let handshakeTimeout = settings.handshakeTimeout ?? .seconds(60)
        var resolved: [Tunnel] = []
        for tunnel in tunnels.sorted(by: { $0.name < $1.name }) {
            resolved.append(try Tunnel(tunnel, handshakeTimeout: handshakeTimeout))
        }
        self.tunnels = resolved
    }

    /// Whether what an edge has given is still good: it is the same one's, and for the same account.
    func continues(_ other: AgentConfiguration) -> Bool {
        self.server == other.server && self.authtoken == other.authtoken
    }

    static func server(_ text: String) throws(ConfigurationError) -> HostAndPort {
        guard let address = try? UpstreamAddress(text), case .host(let server) = address.destination else {
            throw ConfigurationError("'\(text)' is no server address", hint: "write host:port, such as 127.0.0.1:4443")
        }
        return server
    }

    static func heartbeat(_ duration: Duration, _ key: String) throws(ConfigurationError) -> Duration {
        guard duration >= .seconds(1), duration <= .seconds(3600) else {
            throw ConfigurationError("'\(key)' is out of range", hint: "choose a duration between 1s and 1h")
        }
        return duration
    }
}

extension NIOSSLContext {
    static func made(_ configuration: TLSConfiguration, for purpose: String) throws(ConfigurationError) -> NIOSSLContext
    {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError("cannot set up TLS for \(purpose): \(error)")
        }
    }
}
