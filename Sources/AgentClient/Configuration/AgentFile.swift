import Logging
import ProxyProtocol
import Yams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An agent.yaml: ngrok's configuration file of version 2, as far as TLS tunnels go.
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
        let parser = AgentFileParser(reader: YAMLReader(file: file))
        return try parser.settings(try parser.reader.document(text))
    }
}

private struct AgentFileParser {
    let reader: YAMLReader

    private static let rootKeys = [
        "version", "authtoken", "server_addr", "root_cas", "heartbeat_interval", "heartbeat_tolerance",
        "connect_timeout", "handshake_timeout", "metadata", "log", "log_level", "log_format", "tunnels",
    ]
    private static let tunnelKeys = [
        "proto", "addr", "url", "domain", "hostname", "subdomain", "terminate_at", "crt", "key", "mutual_tls_cas",
        "ip_restriction", "proxy_proto", "metadata", "upstream_tls_verify", "upstream_tls_verify_cas",
    ]

    func settings(_ root: Node) throws(ConfigurationError) -> AgentSettings {
        let values = try self.reader.mapping(root, "the configuration", keys: Self.rootKeys)
        guard let version = values["version"] else {
            throw self.reader.error(root, "the key 'version' is missing", hint: "start with version: 2")
        }
        guard version.scalar?.string == "2" else {
            throw self.reader.error(
                version,
                "version '\(version.scalar?.string ?? "?")' is not supported",
                hint: "write version: 2"
            )
        }
        var settings = AgentSettings()
        settings.authtoken = try self.text(values, "authtoken").map { Secret($0) }
        settings.serverAddress = try self.text(values, "server_addr")
        settings.rootCAs = try self.text(values, "root_cas")
        if let roots = settings.rootCAs, roots != "host", roots != "trusted" {
            settings.rootCAs = self.path(roots)
        }
        settings.heartbeatInterval = try self.duration(values, "heartbeat_interval")
        settings.heartbeatTolerance = try self.duration(values, "heartbeat_tolerance")
        settings.connectTimeout = try self.duration(values, "connect_timeout")
        settings.handshakeTimeout = try self.duration(values, "handshake_timeout")
        settings.metadata = try self.text(values, "metadata")
        settings.log = try self.text(values, "log")
        if let node = values["log_level"] {
            settings.logLevel = try self.reader.choice(node, "log_level", as: Logger.Level.self)
        }
        if let node = values["log_format"] {
            settings.logFormat = try self.reader.choice(node, "log_format", as: LogFormat.self)
        }
        if let tunnels = values["tunnels"] {
            for (key, value) in try self.reader.entries(tunnels, "'tunnels'") {
                let name = try self.reader.string(key, "tunnels")
                settings.tunnels[name] = try self.tunnel(value, name: name)
            }
        }
        return settings
    }

    private func tunnel(_ node: Node, name: String) throws(ConfigurationError) -> TunnelSettings {
        let place = "tunnel '\(name)'"
        let values = try self.reader.mapping(node, place, keys: Self.tunnelKeys)
        guard let proto = values["proto"] else {
            throw self.reader.error(node, "\(place) has no proto", hint: "add proto: tls")
        }
        guard proto.scalar?.string == "tls" else {
            throw self.reader.error(
                proto,
                "\(place) has the proto '\(proto.scalar?.string ?? "?")'",
                hint: "write proto: tls"
            )
        }
        guard let address = values["addr"] else {
            throw self.reader.error(node, "\(place) has no addr", hint: "add addr: 8080, or addr: host:8080")
        }
        var tunnel = TunnelSettings(name: name, upstream: try self.upstream(address))
        tunnel.url = try self.text(values, "url") ?? ""
        tunnel.domain = try self.text(values, "domain") ?? ""
        tunnel.hostname = try self.text(values, "hostname") ?? ""
        tunnel.subdomain = try self.text(values, "subdomain") ?? ""
        if let node = values["terminate_at"] {
            tunnel.terminateAt = try self.reader.choice(
                node,
                "terminate_at",
                as: TunnelSettings.TerminationPoint.self
            )
        }
        tunnel.certificate = try self.text(values, "crt").map { self.path($0) }
        tunnel.key = try self.text(values, "key").map { self.path($0) }
        tunnel.mutualTLSCAs = try self.text(values, "mutual_tls_cas").map { self.path($0) }
        if let node = values["ip_restriction"] {
            let rules = try self.reader.mapping(
                node,
                "ip_restriction of \(place)",
                keys: ["allow_cidrs", "deny_cidrs"]
            )
            if let list = rules["allow_cidrs"] { tunnel.allowCIDRs = try self.reader.strings(list, "allow_cidrs") }
            if let list = rules["deny_cidrs"] { tunnel.denyCIDRs = try self.reader.strings(list, "deny_cidrs") }
        }
        tunnel.proxyVersion = try self.proxyVersion(values["proxy_proto"])
        tunnel.metadata = try self.text(values, "metadata") ?? ""
        if let node = values["upstream_tls_verify"] {
            tunnel.verifiesUpstream = try self.reader.bool(node, "upstream_tls_verify")
        }
        tunnel.upstreamCAs = try self.text(values, "upstream_tls_verify_cas").map { self.path($0) }
        do {
            try tunnel.validate()
        } catch {
            throw self.reader.error(node, error.message, hint: error.hint)
        }
        return tunnel
    }

    private func upstream(_ node: Node) throws(ConfigurationError) -> UpstreamAddress {
        do {
            return try UpstreamAddress(try self.reader.string(node, "addr"))
        } catch {
            throw self.reader.error(node, error.message, hint: error.hint)
        }
    }

    private func proxyVersion(_ node: Node?) throws(ConfigurationError) -> ProxyHeader.Version? {
        guard let node else { return nil }
        switch node.scalar?.string {
        case "": return nil
        case "1": return .one
        case "2": return .two
        default:
            throw self.reader.error(
                node,
                "there is no PROXY protocol version '\(node.scalar?.string ?? "?")'",
                hint: "choose 1 or 2"
            )
        }
    }

    private func text(_ values: [String: Node], _ key: String) throws(ConfigurationError) -> String? {
        guard let node = values[key] else { return nil }
        return try self.reader.string(node, key)
    }

    private func duration(_ values: [String: Node], _ key: String) throws(ConfigurationError) -> Duration? {
        guard let node = values[key] else { return nil }
        return try self.reader.duration(node, key)
    }

    private func path(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = self.reader.file.lastIndex(of: "/") else { return path }
        return self.reader.file[...slash] + path
    }
}

/// Reads small text files, with errors for people.
enum TextFile {
    /// 4 MiB: far above any configuration or CA bundle, far below what would hurt.
    private static let maximumSize = 4 << 20

    static func bytes(_ path: String, what: String) throws(ConfigurationError) -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ConfigurationError(
                "cannot read the \(what) \(path): \(Self.reason(error))",
                hint: "check the path, and that this user may read the file"
            )
        }
        guard data.count <= Self.maximumSize else {
            throw ConfigurationError("the \(what) \(path) is larger than 4 MiB")
        }
        return Array(data)
    }

    static func read(_ path: String, what: String) throws(ConfigurationError) -> String {
        guard let text = String(validating: try Self.bytes(path, what: what), as: UTF8.self) else {
            throw ConfigurationError("the \(what) \(path) is no UTF-8 text")
        }
        return text
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "permission denied"
        default: "\(error)"
        }
    }
}
