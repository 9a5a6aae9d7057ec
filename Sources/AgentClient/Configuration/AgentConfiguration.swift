package import Addresses
package import ConfigurationFiles
import NIOSSL

/// An agent ready to start: every file is read, every default is filled in, every certificate is checked.
package struct AgentConfiguration: Sendable {
    package let edge: EdgeAccess
    /// Whether there are further connections, to the addresses that the edge names.
    let hasLegs: Bool
    package let authtoken: Secret
    /// For clients, where the agent terminates.
    package let handshakeTimeout: Duration
    package let metadata: String
    /// Whether the edge may stop and restart the agent.
    let isRemotelyManaged: Bool
    /// In the order they are bound: by name.
    package let tunnels: [Tunnel]

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
        self.edge = try EdgeAccess(settings)
        self.hasLegs = settings.hasLegs ?? false
        self.metadata = settings.metadata ?? ""
        self.isRemotelyManaged = settings.remoteManagement ?? true
        self.handshakeTimeout = settings.handshakeTimeout ?? .seconds(60)
        var resolved: [Tunnel] = []
        for tunnel in tunnels.sorted(by: { $0.name < $1.name }) {
            resolved.append(try Tunnel(tunnel, handshakeTimeout: self.handshakeTimeout))
        }
        self.tunnels = resolved
    }

    package var server: HostAndPort { self.edge.server }

    /// Whether what an edge has given is still good: it is the same one's, and for the same account.
    func continues(_ other: AgentConfiguration) -> Bool {
        self.server == other.server && self.authtoken == other.authtoken
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
