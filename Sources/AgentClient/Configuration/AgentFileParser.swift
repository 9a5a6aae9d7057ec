import ConfigurationFiles
import JSONText
import Logging
import ProgramKit
import ProxyProtocol
import TLSCredentials

/// Reads one agent.yaml of either version: what stands in it of the agent itself.
struct AgentFileParser {
    let file: String

    func settings(_ root: YAMLValue) throws(ConfigurationError) -> AgentSettings {
        guard let version = try root.entries().first(where: { $0.key.node.scalar == "version" })?.value else {
            throw root.problem("'version' is missing", hint: "start with version: 2, or version: 3")
        }
        switch try version.text() {
        case "2": return try self.second(root)
        case "3": return try self.third(root)
        case let other:
            throw version.problem("version '\(other)' is not supported", hint: "write version: 2 or version: 3")
        }
    }

    /// What both versions say of the agent itself, under the same names.
    private static let agentKeys = [
        "authtoken", "heartbeat_interval", "heartbeat_tolerance", "connect_timeout", "proxy_url", "crl_url",
        "crl_noverify", "multi_leg", "handshake_timeout", "metadata", "remote_management", "log", "log_level",
        "log_format", "console_ui", "console_ui_color", "web_addr", "web_allow_hosts", "api_key",
    ]

    private func second(_ root: YAMLValue) throws(ConfigurationError) -> AgentSettings {
        let mapping = try root.mapping(["version", "server_addr", "root_cas", "tunnels"] + Self.agentKeys)
        var settings = try self.agent(mapping, server: "server_addr", roots: "root_cas")
        settings.tunnels = try self.tunnels(mapping["tunnels"])
        return settings
    }

    private func third(_ root: YAMLValue) throws(ConfigurationError) -> AgentSettings {
        let mapping = try root.mapping("version", "agent", "endpoints", "tunnels")
        let agent = try mapping["agent"]?.mapping(["connect_url", "connect_cas"] + Self.agentKeys)
        var settings = AgentSettings()
        if let agent { settings = try self.agent(agent, server: "connect_url", roots: "connect_cas") }
        settings.tunnels = try self.tunnels(mapping["tunnels"])
        settings.endpoints = try mapping["endpoints"].map { value throws(ConfigurationError) in
            try self.endpoints(value)
        }
        // Each of the two is asked for by its name alone.
        _ = try settings.namedTunnels()
        return settings
    }

    /// What is said of the agent itself, whose keys the versions put elsewhere, and of which two have other names.
    private func agent(
        _ mapping: YAMLMapping,
        server: String,
        roots: String
    ) throws(ConfigurationError) -> AgentSettings {
        var settings = AgentSettings()
        settings.authtoken = try mapping["authtoken"].map { value throws(ConfigurationError) in Secret(try value.text())
        }
        settings.serverAddress = try mapping[server].map { value throws(ConfigurationError) in
            let text = try value.text()
            _ = try value.placing { () throws(ConfigurationError) in try EdgeAccess.server(text) }
            return text
        }
        settings.rootCAs = try mapping[roots]?.text()
        if let roots = settings.rootCAs, roots != "host", roots != "trusted" {
            settings.rootCAs = TextFile.path(roots, besides: self.file)
        }
        settings.proxyURL = try mapping["proxy_url"].map { value throws(ConfigurationError) in
            let text = Secret(try value.text())
            if !text.revealed.isEmpty {
                _ = try value.placing { () throws(ConfigurationError) in try ProxyAddress(text) }
            }
            return text
        }
        settings.revocationListURL = try mapping["crl_url"].map { value throws(ConfigurationError) in
            let url = try value.text()
            try value.placing { () throws(ConfigurationError) in try RevocationSource.check(url) }
            return url
        }
        settings.ignoresRevocation = try mapping["crl_noverify"]?.boolean()
        settings.hasLegs = try mapping["multi_leg"]?.boolean()
        settings.heartbeatInterval = try self.heartbeat(mapping, "heartbeat_interval")
        settings.heartbeatTolerance = try self.heartbeat(mapping, "heartbeat_tolerance")
        settings.connectTimeout = try mapping["connect_timeout"]?.duration()
        settings.handshakeTimeout = try mapping["handshake_timeout"]?.duration()
        settings.metadata = try mapping["metadata"]?.text()
        settings.remoteManagement = try mapping["remote_management"]?.boolean()
        settings.webAddress = try mapping["web_addr"].map { value throws(ConfigurationError) in
            try value.placing { () throws(ConfigurationError) in try WebAddress(try value.text()) }
        }
        settings.webAllowedHosts = try mapping["web_allow_hosts"].map { value throws(ConfigurationError) in
            try value.placing { () throws(ConfigurationError) in try AllowedHosts(try value.strings()) }
        }
        settings.apiKey = try mapping["api_key"].map { value throws(ConfigurationError) in Secret(try value.text()) }
        settings.log = try mapping["log"]?.text()
        settings.logLevel = try mapping["log_level"]?.choice()
        settings.logFormat = try mapping["log_format"]?.choice()
        settings.console = try mapping["console_ui"]?.choice()
        settings.consoleColor = try mapping["console_ui_color"]?.choice()
        return settings
    }

    private func heartbeat(_ mapping: YAMLMapping, _ key: String) throws(ConfigurationError) -> Duration? {
        try mapping[key].map { value throws(ConfigurationError) in
            let duration = try value.duration()
            return try value.placing { () throws(ConfigurationError) in try EdgeAccess.heartbeat(duration, key)
            }
        }
    }

    func path(_ value: YAMLValue?) throws(ConfigurationError) -> String? {
        guard let value else { return nil }
        return TextFile.path(try value.text(), besides: self.file)
    }

    /// A file's name, or PEM in its place.
    func pem(_ value: YAMLValue?) throws(ConfigurationError) -> PEMSource? {
        guard let value else { return nil }
        switch PEMSource(try value.string()) {
        case .file(let path): return .file(TextFile.path(path, besides: self.file))
        case .text(let text): return .text(text)
        }
    }

    func proxyVersion(_ value: YAMLValue?) throws(ConfigurationError) -> ProxyHeader.Version? {
        guard let value else { return nil }
        switch try value.text() {
        case "": return nil
        case "1": return .one
        case "2": return .two
        case let other: throw value.problem("there is no PROXY protocol version '\(other)'", hint: "choose 1 or 2")
        }
    }

    func binding(_ value: YAMLValue?) throws(ConfigurationError) -> TunnelSettings.Binding? {
        guard let value else { return nil }
        let bindings = try value.entriesOrOne()
        guard bindings.count <= 1 else {
            throw value.problem(
                "an endpoint has one binding, and not \(bindings.count)",
                hint: "choose public or internal"
            )
        }
        return try bindings.first?.choice()
    }

    /// A policy that is written into the file goes on as JSON, and one that is a text as it is.
    func trafficPolicy(_ value: YAMLValue?) throws(ConfigurationError) -> String? {
        guard let value else { return nil }
        return value.isScalar ? try value.string() : String(decoding: try value.json().encoded, as: UTF8.self)
    }
}
