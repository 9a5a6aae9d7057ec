package import ConfigurationFiles
package import Logging
package import ProgramKit

/// Everything a file, the environment or flags can say about the agent. `nil` is unsaid.
package struct AgentSettings: Sendable {
    package var authtoken: Secret?
    /// `host:port` of the edge's agent listener. Default `127.0.0.1:4443`.
    package var serverAddress: String?
    /// A proxy on the way to the edge, with what it asks for; empty for none, whatever the environment says.
    package var proxyURL: Secret?
    /// What counts without ``proxyURL``.
    package var environmentProxy: EnvironmentProxy?
    /// A PEM file, or `host` or `trusted` for the system's roots. Default `host`.
    package var rootCAs: String?
    /// Where the list of what the edge's CA has revoked is fetched, by HTTP. `nil` asks for none.
    package var revocationListURL: String?
    /// Whether ``revocationListURL`` does not count. Default `false`.
    package var ignoresRevocation: Bool?
    /// Whether the agent connects to further addresses that the edge names, and has everything online there too. Default `false`.
    package var hasLegs: Bool?
    /// Default 10 s; 1 s to 1 h.
    package var heartbeatInterval: Duration?
    /// Default 15 s; 1 s to 1 h.
    package var heartbeatTolerance: Duration?
    /// From the dial to the edge's TLS being up. Default 10 s.
    package var connectTimeout: Duration?
    /// For clients, where the agent terminates. Default 60 s.
    package var handshakeTimeout: Duration?
    package var metadata: String?
    /// Whether the edge may stop and restart the agent. Default `true`.
    package var remoteManagement: Bool?
    /// `stdout`, `stderr` or a file's path. Default `stderr`.
    package var log: String?
    /// Where the local API listens. Default: nowhere, since an agent should open no port unasked.
    package var webAddress: WebAddress?
    /// By which names it may be asked for besides this machine's own.
    package var webAllowedHosts: AllowedHosts?
    /// What `shakedown-agent api` shows to the edge's API.
    package var apiKey: Secret?
    /// Default `info`.
    package var logLevel: Logger.Level?
    /// Default `term`.
    package var logFormat: LogFormat?
    /// Default `iftty`: where standard output is a terminal that no log lines go to.
    package var console: ConsoleUse?
    /// Default `black`.
    package var consoleColor: ConsoleColor?
    package var tunnels: [String: TunnelSettings] = [:]
    /// Those of a file of version 3, in its order.
    package var endpoints: [TunnelSettings]?

    package init() {}

    /// Puts `other` on top: what it says wins. Tunnels are a mapping and are merged by name, each of them whole; endpoints are a list
    /// and are replaced.
    package func overridden(by other: AgentSettings) -> AgentSettings {
        var merged = self
        merged.authtoken = other.authtoken ?? self.authtoken
        merged.serverAddress = other.serverAddress ?? self.serverAddress
        merged.proxyURL = other.proxyURL ?? self.proxyURL
        merged.environmentProxy = other.environmentProxy ?? self.environmentProxy
        merged.rootCAs = other.rootCAs ?? self.rootCAs
        merged.revocationListURL = other.revocationListURL ?? self.revocationListURL
        merged.ignoresRevocation = other.ignoresRevocation ?? self.ignoresRevocation
        merged.hasLegs = other.hasLegs ?? self.hasLegs
        merged.heartbeatInterval = other.heartbeatInterval ?? self.heartbeatInterval
        merged.heartbeatTolerance = other.heartbeatTolerance ?? self.heartbeatTolerance
        merged.connectTimeout = other.connectTimeout ?? self.connectTimeout
        merged.handshakeTimeout = other.handshakeTimeout ?? self.handshakeTimeout
        merged.metadata = other.metadata ?? self.metadata
        merged.remoteManagement = other.remoteManagement ?? self.remoteManagement
        merged.webAddress = other.webAddress ?? self.webAddress
        merged.webAllowedHosts = other.webAllowedHosts ?? self.webAllowedHosts
        merged.apiKey = other.apiKey ?? self.apiKey
        merged.log = other.log ?? self.log
        merged.logLevel = other.logLevel ?? self.logLevel
        merged.logFormat = other.logFormat ?? self.logFormat
        merged.console = other.console ?? self.console
        merged.consoleColor = other.consoleColor ?? self.consoleColor
        merged.tunnels.merge(other.tunnels) { $1 }
        merged.endpoints = other.endpoints ?? self.endpoints
        return merged
    }

    /// What counts of all that was said: files lose to the environment, which loses to flags.
    package init(files: AgentSettings, environment: [String: String], flags: AgentSettings) {
        self = files.overridden(by: AgentSettings(environment: environment)).overridden(by: flags)
    }

    /// What the environment says: of proxies, and `SHAKEDOWN_AUTHTOKEN`, or else `NGROK_AUTHTOKEN`, which may be there for another
    /// program; API keys likewise.
    private init(environment: [String: String]) {
        func secret(_ name: String) -> Secret? {
            ["SHAKEDOWN_\(name)", "NGROK_\(name)"].compactMap { environment[$0] }.first { !$0.isEmpty }.map {
                Secret($0)
            }
        }
        self.authtoken = secret("AUTHTOKEN")
        self.apiKey = secret("API_KEY")
        self.environmentProxy = EnvironmentProxy(environment)
    }

    /// Tunnels and endpoints by name. They may come from several files, of which none has a name twice.
    package func namedTunnels() throws(ConfigurationError) -> [String: TunnelSettings] {
        var named = self.tunnels
        for endpoint in self.endpoints ?? [] {
            guard named.updateValue(endpoint, forKey: endpoint.name) == nil else {
                throw ConfigurationError(
                    "'\(endpoint.name)' is an endpoint's name and a tunnel's",
                    at: endpoint.place,
                    hint: "give one of the two another name"
                )
            }
        }
        return named
    }
}
