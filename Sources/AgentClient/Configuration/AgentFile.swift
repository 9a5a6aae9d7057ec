package import ConfigurationFiles
import JSONText
import Logging
import ProgramKit
import ProxyProtocol

/// An agent.yaml: ngrok's configuration file of version 2, as far as TLS tunnels and labelled tunnels go.
///
/// Unknown keys are refused with their place. Paths are relative to the folder of the file.
package enum AgentFile {
    /// Reads files in order; a later one wins over an earlier one.
    package static func read(_ paths: [String]) throws(ConfigurationError) -> AgentSettings {
        var settings = AgentSettings()
        for path in paths {
            settings = settings.overridden(
                by: try Self.parse(try TextFile.read(path, what: "configuration"), file: path)
            )
        }
        return settings
    }

    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> AgentSettings {
        try AgentFileParser(file: file).settings(
            try YAMLValue.parse(text, file: file, start: "'version: 2'")
        )
    }
}

private struct AgentFileParser {
    let file: String

    func settings(_ root: YAMLValue) throws(ConfigurationError) -> AgentSettings {
        let mapping = try root.mapping(
            "version",
            "authtoken",
            "server_addr",
            "root_cas",
            "heartbeat_interval",
            "heartbeat_tolerance",
            "connect_timeout",
            "handshake_timeout",
            "metadata",
            "remote_management",
            "log",
            "log_level",
            "log_format",
            "tunnels"
        )
        let version = try mapping.required("version", hint: "start with version: 2")
        guard try version.text() == "2" else {
            throw version.problem("version '\(try version.text())' is not supported", hint: "write version: 2")
        }
        var settings = AgentSettings()
        settings.authtoken = try mapping["authtoken"].map { value throws(ConfigurationError) in Secret(try value.text())
        }
        settings.serverAddress = try mapping["server_addr"]?.text()
        settings.rootCAs = try mapping["root_cas"]?.text()
        if let roots = settings.rootCAs, roots != "host", roots != "trusted" {
            settings.rootCAs = TextFile.path(roots, besides: self.file)
        }
        settings.heartbeatInterval = try mapping["heartbeat_interval"]?.duration()
        settings.heartbeatTolerance = try mapping["heartbeat_tolerance"]?.duration()
        settings.connectTimeout = try mapping["connect_timeout"]?.duration()
        settings.handshakeTimeout = try mapping["handshake_timeout"]?.duration()
        settings.metadata = try mapping["metadata"]?.text()
        settings.remoteManagement = try mapping["remote_management"]?.boolean()
        settings.log = try mapping["log"]?.text()
        settings.logLevel = try mapping["log_level"]?.choice()
        settings.logFormat = try mapping["log_format"]?.choice()
        for (key, value) in try mapping["tunnels"]?.entries() ?? [] {
            let name = try key.string()
            settings.tunnels[name] = try self.tunnel(value, name: name)
        }
        return settings
    }

    private func tunnel(_ value: YAMLValue, name: String) throws(ConfigurationError) -> TunnelSettings {
        let mapping = try value.mapping(
            "proto",
            "labels",
            "addr",
            "url",
            "domain",
            "hostname",
            "subdomain",
            "terminate_at",
            "crt",
            "key",
            "mutual_tls_cas",
            "ip_restriction",
            "proxy_proto",
            "metadata",
            "name",
            "description",
            "bindings",
            "pooling_enabled",
            "traffic_policy",
            "traffic_policy_file",
            "upstream_tls_verify",
            "upstream_tls_verify_cas",
            "upstream_tls_crt",
            "upstream_tls_key"
        )
        let labels = try self.labels(mapping, name: name)
        let address = try mapping.required("addr", hint: "add addr: 8080, or addr: host:8080")
        var tunnel = TunnelSettings(
            name: name,
            upstream: try address.placing { () throws(ConfigurationError) in try UpstreamAddress(try address.text()) }
        )
        tunnel.labels = labels
        tunnel.url = try mapping["url"]?.text() ?? ""
        tunnel.domain = try mapping["domain"]?.text() ?? ""
        tunnel.hostname = try mapping["hostname"]?.text() ?? ""
        tunnel.subdomain = try mapping["subdomain"]?.text() ?? ""
        tunnel.terminateAt = try mapping["terminate_at"]?.choice()
        tunnel.certificate = try self.path(mapping["crt"])
        tunnel.key = try self.path(mapping["key"])
        tunnel.mutualTLSCAs = try self.path(mapping["mutual_tls_cas"])
        if let rules = try mapping["ip_restriction"]?.mapping("allow_cidrs", "deny_cidrs") {
            tunnel.allowCIDRs = try rules["allow_cidrs"]?.strings() ?? []
            tunnel.denyCIDRs = try rules["deny_cidrs"]?.strings() ?? []
        }
        tunnel.proxyVersion = try self.proxyVersion(mapping["proxy_proto"])
        tunnel.metadata = try mapping["metadata"]?.text() ?? ""
        tunnel.endpointName = try mapping["name"]?.string()
        tunnel.description = try mapping["description"]?.text() ?? ""
        tunnel.binding = try self.binding(mapping["bindings"])
        tunnel.isPooled = try mapping["pooling_enabled"]?.boolean() ?? false
        tunnel.trafficPolicy = try self.trafficPolicy(mapping["traffic_policy"])
        tunnel.trafficPolicyFile = try self.path(mapping["traffic_policy_file"])
        tunnel.verifiesUpstream = try mapping["upstream_tls_verify"]?.boolean() ?? false
        tunnel.upstreamCAs = try self.path(mapping["upstream_tls_verify_cas"])
        tunnel.upstreamCertificate = try self.path(mapping["upstream_tls_crt"])
        tunnel.upstreamKey = try self.path(mapping["upstream_tls_key"])
        try value.placing { () throws(ConfigurationError) in try tunnel.validate() }
        return tunnel
    }

    /// What an endpoint is asked for, and what a TLS edge decides for the tunnels that it gives its connections to.
    private static let endpointKeys = [
        "proto", "url", "domain", "hostname", "subdomain", "terminate_at", "mutual_tls_cas", "ip_restriction",
        "name", "description", "bindings", "pooling_enabled", "traffic_policy", "traffic_policy_file",
    ]

    /// None for a tunnel that has a proto instead.
    private func labels(_ mapping: YAMLMapping, name: String) throws(ConfigurationError) -> TunnelLabels {
        var labels = TunnelLabels()
        guard let value = mapping["labels"] else {
            let proto = try mapping.required("proto", hint: "add proto: tls, or labels: [key=value]")
            guard try proto.text() == "tls" else {
                throw proto.problem("tunnel '\(name)' has the proto '\(try proto.text())'", hint: "write proto: tls")
            }
            return labels
        }
        for key in Self.endpointKeys where mapping[key] != nil {
            throw mapping.problem(
                key,
                "means nothing beside 'labels'",
                hint:
                    "leave it out: the TLS edge whose connections the tunnel gets has it; or write proto: tls for an endpoint"
            )
        }
        for label in try value.list() {
            try label.placing { () throws(ConfigurationError) in try labels.add(try label.text()) }
        }
        guard !labels.isEmpty else {
            throw mapping.problem("labels", "must not be empty", hint: "write key=value, such as [team=web]")
        }
        return labels
    }

    private func proxyVersion(_ value: YAMLValue?) throws(ConfigurationError) -> ProxyHeader.Version? {
        guard let value else { return nil }
        switch try value.text() {
        case "": return nil
        case "1": return .one
        case "2": return .two
        case let other: throw value.problem("there is no PROXY protocol version '\(other)'", hint: "choose 1 or 2")
        }
    }

    private func binding(_ value: YAMLValue?) throws(ConfigurationError) -> TunnelSettings.Binding? {
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
    private func trafficPolicy(_ value: YAMLValue?) throws(ConfigurationError) -> String? {
        guard let value else { return nil }
        return value.isScalar ? try value.string() : String(decoding: try value.json().encoded, as: UTF8.self)
    }

    private func path(_ value: YAMLValue?) throws(ConfigurationError) -> String? {
        guard let value else { return nil }
        return TextFile.path(try value.text(), besides: self.file)
    }
}
