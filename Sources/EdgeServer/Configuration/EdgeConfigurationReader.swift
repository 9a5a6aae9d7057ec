import EdgeCore
import Foundation
import Logging
import ProxyProtocol
import Yams

extension EdgeConfiguration {
    /// Reads and checks `edge.yaml`. Relative paths in it are relative to its folder.
    ///
    /// - Throws: ``ConfigurationError`` for the first thing that is wrong.
    package static func read(file: String) throws(ConfigurationError) -> EdgeConfiguration {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(file: file, message: "cannot be read; check that it exists and its permissions")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError(file: file, message: "is not UTF-8 text")
        }
        return try Self.read(
            text,
            name: (file as NSString).lastPathComponent,
            folder: (file as NSString).deletingLastPathComponent
        )
    }

    /// Reads the text of a file called `name` in `folder`.
    package static func read(
        _ text: String,
        name: String,
        folder: String
    ) throws(ConfigurationError) -> EdgeConfiguration {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw error.configurationError(file: name)
        } catch {
            throw ConfigurationError(file: name, message: "\(error)")
        }
        guard let root else {
            throw ConfigurationError(file: name, message: "is empty; it needs at least 'version: 1'")
        }
        let top = try YAMLSection(
            root,
            file: name,
            name: "",
            keys: [
                "version", "listen", "agents", "accounts", "base-domains", "certificates", "deadlines", "limits",
                "events", "metrics", "log", "trusted-proxies",
            ]
        )
        return try EdgeConfigurationReader(top: top, folder: folder).read()
    }
}

private struct EdgeConfigurationReader {
    let top: YAMLSection
    let folder: String

    func read() throws(ConfigurationError) -> EdgeConfiguration {
        guard try self.top.integer("version", in: 1...1) != nil else {
            throw self.top.error("version", "is missing; write 'version: 1'")
        }
        var listen: [ProxyEndpoint] = []
        for text in try self.top.strings("listen") { listen.append(try self.top.endpoint("listen", text)) }
        guard !listen.isEmpty else {
            throw self.top.error("listen", "is missing; write a list such as [\"0.0.0.0:443\", \"[::]:443\"]")
        }
        guard let agents = try self.top.section("agents", keys: ["listen", "certificate", "key"]) else {
            throw self.top.error("agents", "is missing; agents need 'listen', 'certificate' and 'key'")
        }
        var configuration = EdgeConfiguration(
            listen: listen,
            agents: AgentsListener(
                listen: try agents.endpoint("listen", try agents.requiredString("listen")),
                files: try self.files(agents)
            ),
            accounts: try self.accounts(),
            baseDomains: try self.baseDomains(),
            certificates: try self.certificates()
        )
        configuration.deadlines = try self.deadlines()
        configuration.limits = try self.limits()
        configuration.log = try self.log()
        if let events = try self.top.string("events") {
            configuration.events = events == "-" ? .standardOutput : .file(self.path(events))
        }
        if let metrics = try self.top.string("metrics") {
            configuration.metrics = try self.top.endpoint("metrics", metrics)
        }
        for text in try self.top.strings("trusted-proxies") {
            guard let block = CIDRBlock(text) else {
                throw self.top.error("trusted-proxies", "must be CIDR blocks such as 10.0.0.0/8, not '\(text)'")
            }
            configuration.trustedProxies.append(block)
        }
        return configuration
    }

    private typealias AgentsListener = EdgeConfiguration.AgentsListener

    private func path(_ text: String) -> String {
        text.hasPrefix("/") || self.folder.isEmpty ? text : "\(self.folder)/\(text)"
    }

    private func files(
        _ section: YAMLSection,
        names: [DomainName] = []
    ) throws(ConfigurationError) -> EdgeConfiguration.CertificateFiles {
        EdgeConfiguration.CertificateFiles(
            certificate: self.path(try section.requiredString("certificate")),
            key: self.path(try section.requiredString("key")),
            names: names
        )
    }

    private func baseDomains() throws(ConfigurationError) -> [DomainName] {
        let names = try self.top.domains("base-domains")
        if let wildcard = names.first(where: \.isWildcard) {
            throw self.top.error("base-domains", "must be plain names: write '\(wildcard.base)', not '\(wildcard)'")
        }
        return names
    }

    private func certificates() throws(ConfigurationError) -> [EdgeConfiguration.CertificateFiles] {
        var certificates: [EdgeConfiguration.CertificateFiles] = []
        for section in try self.top.sections("certificates", keys: ["certificate", "key", "names"]) {
            certificates.append(try self.files(section, names: try section.domains("names")))
        }
        return certificates
    }

    private func accounts() throws(ConfigurationError) -> [EdgeConfiguration.ConfiguredAccount] {
        var accounts: [EdgeConfiguration.ConfiguredAccount] = []
        let sections = try self.top.sections("accounts", keys: ["id", "name", "plan", "authtokens", "domains"])
        var owners: [DomainName: String] = [:]
        for section in sections {
            let id = try section.string("id") ?? RandomText.identifier(prefix: "ac")
            guard id.hasPrefix("ac_"), !accounts.contains(where: { $0.account.id == id }) else {
                throw section.error("id", "must start with 'ac_' and be given once")
            }
            let account = Account(
                id: id,
                name: try section.requiredString("name"),
                plan: try section.choice("plan", of: Plan.self) ?? .enterprise,
                domains: try section.domains("domains")
            )
            for domain in account.domains {
                if let owner = owners.updateValue(account.name, forKey: domain) {
                    throw section.error("domains", "lists '\(domain)', which account '\(owner)' has already")
                }
            }
            accounts.append(.init(account: account, tokens: try self.tokens(section)))
        }
        return accounts
    }

    private func tokens(_ account: YAMLSection) throws(ConfigurationError) -> [EdgeConfiguration.ConfiguredToken] {
        var tokens: [EdgeConfiguration.ConfiguredToken] = []
        for section in try account.sections("authtokens", keys: ["token", "token-sha256", "acl"]) {
            let digest: TokenDigest
            switch (try section.string("token"), try section.string("token-sha256")) {
            case (let token?, nil):
                digest = TokenDigest(of: token)
            case (nil, let hexadecimal?):
                guard let parsed = TokenDigest(hexadecimal: hexadecimal) else {
                    throw section.error("token-sha256", "must be the 64 hexadecimal digits of a SHA-256")
                }
                digest = parsed
            default:
                throw section.error("token", "must be given, or 'token-sha256', and not both")
            }
            var rules: [BindRule] = []
            for text in try section.strings("acl") {
                guard let rule = BindRule(text) else {
                    throw section.error("acl", "must be rules such as bind:*.example.com, not '\(text)'")
                }
                rules.append(rule)
            }
            tokens.append(.init(digest: digest, rules: rules))
        }
        return tokens
    }

    private func deadlines() throws(ConfigurationError) -> EdgeConfiguration.Deadlines {
        var deadlines = EdgeConfiguration.Deadlines()
        let keys = ["hello", "handshake", "idle", "half-open", "drain"]
        guard let section = try self.top.section("deadlines", keys: keys) else { return deadlines }
        deadlines.hello = try section.duration("hello") ?? deadlines.hello
        deadlines.handshake = try section.duration("handshake") ?? deadlines.handshake
        deadlines.idle = try section.duration("idle") ?? deadlines.idle
        deadlines.halfOpen = try section.duration("half-open") ?? deadlines.halfOpen
        deadlines.drain = try section.duration("drain") ?? deadlines.drain
        return deadlines
    }

    private func limits() throws(ConfigurationError) -> EdgeConfiguration.Limits {
        var limits = EdgeConfiguration.Limits()
        guard let section = try self.top.section("limits", keys: ["hello", "connections"]) else { return limits }
        // The handshake header counts 24 bits; more than 1 MiB of hello is an attack on memory.
        limits.hello = try section.size("hello", in: 512...(1 << 20)) ?? limits.hello
        limits.connections = try section.integer("connections", in: 1...1_000_000) ?? limits.connections
        return limits
    }

    private func log() throws(ConfigurationError) -> EdgeConfiguration.LogSettings {
        var settings = EdgeConfiguration.LogSettings()
        guard let section = try self.top.section("log", keys: ["level", "format", "file"]) else { return settings }
        settings.level = try section.choice("level", of: Logger.Level.self) ?? settings.level
        settings.format = try section.choice("format", of: LogFormat.self) ?? settings.format
        settings.file = try section.string("file").map(self.path)
        return settings
    }
}

extension YamlError {
    fileprivate func configurationError(file: String) -> ConfigurationError {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError(file: file, line: mark.line, column: mark.column, message: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                file: file,
                line: context.mark.line,
                column: context.mark.column,
                message: "key given twice: \(duplicates.map { "'\($0)'" }.joined(separator: ", "))"
            )
        default:
            ConfigurationError(file: file, message: "\(self)")
        }
    }
}
