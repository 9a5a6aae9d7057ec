import Addresses
package import ConfigurationFiles
import EdgeControl
import EdgeCore
import EdgeEvents
import Foundation
import Logging
import NIOCore
import ProgramKit

extension EdgeConfiguration {
    /// Reads and checks `edge.yaml`. Relative paths in it are relative to its folder.
    ///
    /// - Throws: ``ConfigurationError`` for the first thing that is wrong.
    package static func read(file: String) throws(ConfigurationError) -> EdgeConfiguration {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return try Self.read(
            try TextFile.read(file, what: "configuration"),
            name: name,
            folder: String(file.dropLast(name.count))
        )
    }

    /// Reads the text of a file called `name` in `folder`.
    package static func read(
        _ text: String,
        name: String,
        folder: String
    ) throws(ConfigurationError) -> EdgeConfiguration {
        let root = try YAMLValue.parse(text, file: name, start: "'version: 1'")
        let top = try root.mapping(
            "version",
            "listen",
            "agents",
            "ssh",
            "accounts",
            "base-domains",
            "certificates",
            "deadlines",
            "limits",
            "events",
            "events-reach",
            "metrics",
            "api",
            "store",
            "acme",
            "log",
            "trusted-proxies",
            "require-proxy-header"
        )
        return try EdgeConfigurationReader(top: top, folder: folder).read()
    }
}

private struct EdgeConfigurationReader {
    let top: YAMLMapping
    let folder: String

    func read() throws(ConfigurationError) -> EdgeConfiguration {
        _ = try self.top.required("version", hint: "write 'version: 1'").integer(in: 1...1)
        let listen = try self.addresses()
        var configuration = EdgeConfiguration(
            listen: listen,
            agents: try self.agents(),
            accounts: try self.accounts(),
            baseDomains: try self.baseDomains(),
            certificates: try self.certificates()
        )
        configuration.ssh = try self.ssh()
        configuration.deadlines = try self.deadlines()
        configuration.limits = try self.limits()
        configuration.log = try self.log()
        if let events = try self.top["events"]?.string() {
            configuration.events = events == "-" ? .standardOutput : .file(path: self.path(events))
        }
        configuration.eventsReach = try self.top["events-reach"]?.choice() ?? configuration.eventsReach
        configuration.metrics = try self.top["metrics"]?.endpoint()
        configuration.api = try self.api()
        configuration.store = try self.store()
        configuration.acme = try self.acme()
        for value in try self.top["trusted-proxies"]?.entriesOrOne() ?? [] {
            configuration.trustedProxies.append(
                // Clients are compared by their IPv4 address, however the block writes it.
                try value.parsed(as: "a CIDR block such as 10.0.0.0/8") { CIDRBlock($0).map { $0.unmapped ?? $0 } }
            )
        }
        configuration.requiresProxyHeader = try self.top["require-proxy-header"]?.boolean() ?? false
        if configuration.requiresProxyHeader, configuration.trustedProxies.isEmpty {
            throw self.top.problem("require-proxy-header", "needs 'trusted-proxies', which say of whom")
        }
        return configuration
    }

    private typealias AgentsListener = EdgeConfiguration.AgentsListener

    private func agents() throws(ConfigurationError) -> AgentsListener {
        let mapping = try self.top.required("agents", hint: "agents need 'listen', 'certificate' and 'key'")
            .mapping("listen", "certificate", "key", "addresses", "banner", "versions")
        var agents = AgentsListener(
            listen: try mapping.required("listen").endpoint(),
            files: try self.files(mapping)
        )
        for value in try mapping["addresses"]?.list() ?? [] {
            let text = try value.string()
            guard let address = HostAndPort(text), address.port > 0 else {
                throw value.problem("'\(text)' is no address that an agent can connect to", hint: "write host:port")
            }
            agents.addresses.append(address)
        }
        agents.banner = try mapping["banner"]?.string() ?? ""
        for value in try mapping["versions"]?.list() ?? [] {
            let rule = try value.mapping("client", "minimum", "next")
            let client = try rule["client"]?.string()
            guard !agents.versions.rules.contains(where: { $0.client == client }) else {
                throw rule.problem("client", "is given twice")
            }
            agents.versions.rules.append(
                AgentVersions.Rule(
                    client: client,
                    minimum: try rule["minimum"]?.version(),
                    next: try self.announcement(rule["next"])
                )
            )
        }
        return agents
    }

    private func announcement(_ value: YAMLValue?) throws(ConfigurationError) -> AgentVersions.Announcement? {
        guard let mapping = try value?.mapping("minimum", "from", "message") else { return nil }
        return AgentVersions.Announcement(
            minimum: try mapping.required("minimum").version(),
            from: try mapping.required("from").parsed(as: "a date such as 2027-03-31") { CalendarDate($0) },
            message: try mapping["message"]?.string() ?? ""
        )
    }

    private func path(_ text: String) -> String {
        if text.hasPrefix("/") || self.folder.isEmpty { return text }
        return self.folder.hasSuffix("/") ? self.folder + text : "\(self.folder)/\(text)"
    }

    private func addresses() throws(ConfigurationError) -> [TransportAddress] {
        let hint = #"write a list such as ["0.0.0.0:443", "[::]:443"]"#
        var addresses: [TransportAddress] = []
        for value in try self.top.required("listen", hint: hint).entriesOrOne() {
            addresses.append(try value.endpoint())
        }
        guard !addresses.isEmpty else { throw self.top.problem("listen", "is empty", hint: hint) }
        return addresses
    }

    private func files(
        _ mapping: YAMLMapping,
        names: [DomainName] = []
    ) throws(ConfigurationError) -> EdgeConfiguration.CertificateFiles {
        EdgeConfiguration.CertificateFiles(
            certificate: self.path(try mapping.required("certificate").string()),
            key: self.path(try mapping.required("key").string()),
            names: names
        )
    }

    private func baseDomains() throws(ConfigurationError) -> [DomainName] {
        let names = try self.top["base-domains"].domains()
        if let wildcard = names.first(where: \.isWildcard) {
            throw self.top.problem("base-domains", "must be plain names: write '\(wildcard.base)', not '\(wildcard)'")
        }
        return names
    }

    private func certificates() throws(ConfigurationError) -> [EdgeConfiguration.CertificateFiles] {
        var certificates: [EdgeConfiguration.CertificateFiles] = []
        for value in try self.top["certificates"]?.list() ?? [] {
            let mapping = try value.mapping("certificate", "key", "names")
            certificates.append(try self.files(mapping, names: try mapping["names"].domains()))
        }
        return certificates
    }

    private func accounts() throws(ConfigurationError) -> [EdgeConfiguration.ConfiguredAccount] {
        var accounts: [EdgeConfiguration.ConfiguredAccount] = []
        var owners: [DomainName: String] = [:]
        for value in try self.top["accounts"]?.list() ?? [] {
            let mapping = try value.mapping(
                "id",
                "name",
                "plan",
                "limits",
                "authtokens",
                "api-keys",
                "ssh-keys",
                "domains"
            )
            let name = try mapping.required("name").string()
            // The same at every start, since the store knows the account by it.
            let id = try mapping["id"]?.string() ?? Seed.id(ControlAccount.self, name)
            guard id.hasPrefix("ac_"), !accounts.contains(where: { $0.account.id == id }) else {
                throw mapping.problem("id", "must start with 'ac_' and be given once")
            }
            let account = Account(
                id: id,
                name: name,
                plan: try mapping["plan"]?.choice(of: Plan.self) ?? .enterprise,
                domains: try mapping["domains"].domains(),
                limits: try self.accountLimits(mapping)
            )
            for domain in account.domains {
                if let owner = owners.updateValue(account.name, forKey: domain) {
                    throw mapping.problem("domains", "lists '\(domain)', which account '\(owner)' has already")
                }
            }
            accounts.append(
                .init(
                    account: account,
                    tokens: try self.tokens(mapping),
                    apiKeys: try self.apiKeys(mapping),
                    sshKeys: try self.sshKeys(mapping, besides: accounts.flatMap(\.sshKeys))
                )
            )
        }
        return accounts
    }

    private func accountLimits(_ account: YAMLMapping) throws(ConfigurationError) -> AccountLimits {
        guard let mapping = try account["limits"]?.mapping("endpoints", "agents", "connections-per-minute") else {
            return AccountLimits()
        }
        let range = 1...1_000_000
        return AccountLimits(
            endpoints: try mapping["endpoints"]?.integer(in: range),
            agents: try mapping["agents"]?.integer(in: range),
            connectionsPerMinute: try mapping["connections-per-minute"]?.integer(in: range)
        )
    }

    private func tokens(_ account: YAMLMapping) throws(ConfigurationError) -> [EdgeConfiguration.ConfiguredToken] {
        var tokens: [EdgeConfiguration.ConfiguredToken] = []
        for value in try account["authtokens"]?.list() ?? [] {
            let mapping = try value.mapping("token", "token-sha256", "acl")
            let digest = try self.digest(mapping)
            tokens.append(.init(digest: digest, rules: try self.rules(of: mapping)))
        }
        return tokens
    }

    /// What an authtoken or an SSH key may bind.
    private func rules(of credential: YAMLMapping) throws(ConfigurationError) -> [BindRule] {
        var rules: [BindRule] = []
        for rule in try credential["acl"]?.entriesOrOne() ?? [] {
            rules.append(try rule.parsed(as: "a rule such as bind:*.example.com") { BindRule($0) })
        }
        return rules
    }

    /// - Parameter known: Those of the accounts before: by its key alone the edge knows whose a client is.
    private func sshKeys(
        _ account: YAMLMapping,
        besides known: [EdgeConfiguration.ConfiguredSSHKey]
    ) throws(ConfigurationError) -> [EdgeConfiguration.ConfiguredSSHKey] {
        var keys: [EdgeConfiguration.ConfiguredSSHKey] = []
        for value in try account["ssh-keys"]?.list() ?? [] {
            let mapping = try value.mapping("public-key", "acl")
            let text = try mapping.required("public-key").string()
            let key: SSHPublicKey
            do throws(SSHPublicKey.Problem) {
                key = try SSHPublicKey(text)
            } catch {
                throw mapping.problem(
                    "public-key",
                    error.description,
                    hint: "write the line of a file such as ~/.ssh/id_ed25519.pub"
                )
            }
            guard !(known + keys).contains(where: { $0.key == key }) else {
                throw mapping.problem("public-key", "is in the file twice")
            }
            keys.append(.init(key: key, rules: try self.rules(of: mapping)))
        }
        return keys
    }

    private func ssh() throws(ConfigurationError) -> EdgeConfiguration.SSHSettings? {
        guard let mapping = try self.top["ssh"]?.mapping("listen", "host-key") else { return nil }
        return EdgeConfiguration.SSHSettings(
            listen: try mapping.required("listen").endpoint(),
            hostKey: self.path(
                try mapping.required("host-key", hint: "name a file: where it is not there it is made").string()
            )
        )
    }

    private func digest(_ mapping: YAMLMapping) throws(ConfigurationError) -> TokenDigest {
        switch (try mapping["token"]?.string(), mapping["token-sha256"]) {
        case (let token?, nil):
            return TokenDigest(of: token)
        case (nil, let hexadecimal?):
            return try hexadecimal.parsed(as: "the 64 hexadecimal digits of a SHA-256") {
                TokenDigest(hexadecimal: $0)
            }
        default:
            throw mapping.problem("token", "must be given, or 'token-sha256', and not both")
        }
    }

    private func apiKeys(_ account: YAMLMapping) throws(ConfigurationError) -> [TokenDigest] {
        var keys: [TokenDigest] = []
        for value in try account["api-keys"]?.list() ?? [] {
            keys.append(try self.digest(try value.mapping("token", "token-sha256")))
        }
        return keys
    }

    private func api() throws(ConfigurationError) -> EdgeConfiguration.APISettings? {
        guard let mapping = try self.top["api"]?.mapping("listen", "public-url", "requests-per-minute") else {
            return nil
        }
        let url = try mapping["public-url"]?.string()
        if let url, !(url.hasPrefix("http://") || url.hasPrefix("https://")) || url.hasSuffix("/") {
            throw mapping.problem(
                "public-url",
                "must be a URL such as https://api.example.com, without a slash at its end"
            )
        }
        var settings = EdgeConfiguration.APISettings(listen: try mapping.required("listen").endpoint(), publicURL: url)
        settings.requestsPerMinute =
            try mapping["requests-per-minute"]?.integer(in: 1...10_000) ?? settings.requestsPerMinute
        return settings
    }

    private func store() throws(ConfigurationError) -> EdgeConfiguration.StoreSettings? {
        guard let mapping = try self.top["store"]?.mapping("path", "sealing-key") else { return nil }
        let path = self.path(try mapping.required("path").string())
        let key = try mapping["sealing-key"].map { value throws(ConfigurationError) in self.path(try value.string()) }
        return EdgeConfiguration.StoreSettings(path: path, sealingKey: key ?? "\(path)-key")
    }

    private func acme() throws(ConfigurationError) -> EdgeConfiguration.ACMESettings? {
        guard let mapping = try self.top["acme"]?.mapping("directory", "terms-agreed", "contact", "ca", "retry") else {
            return nil
        }
        let directory = try mapping.required("directory").string()
        guard directory.hasPrefix("https://"), URL(string: directory)?.host() != nil else {
            throw mapping.problem("directory", "must be a URL such as https://acme-v02.api.letsencrypt.org/directory")
        }
        guard try mapping.required("terms-agreed").boolean() else {
            throw mapping.problem(
                "terms-agreed",
                "must be true: a CA issues nothing to who does not agree to its terms"
            )
        }
        var settings = EdgeConfiguration.ACMESettings(directory: directory)
        for value in try mapping["contact"]?.entriesOrOne() ?? [] {
            settings.contacts.append(
                try value.parsed(as: "a URL such as mailto:admin@example.com") { $0.contains(":") ? $0 : nil }
            )
        }
        settings.authorities = try mapping["ca"].map { value throws(ConfigurationError) in
            self.path(try value.string())
        }
        settings.retry = try mapping["retry"]?.duration(upTo: .seconds(86_400))
        return settings
    }

    private func deadlines() throws(ConfigurationError) -> EdgeConfiguration.Deadlines {
        var deadlines = EdgeConfiguration.Deadlines()
        guard let mapping = try self.top["deadlines"]?.mapping("hello", "handshake", "idle", "half-open", "drain")
        else { return deadlines }
        deadlines.hello = try mapping["hello"]?.deadline() ?? deadlines.hello
        deadlines.handshake = try mapping["handshake"]?.deadline() ?? deadlines.handshake
        deadlines.idle = try mapping["idle"]?.deadline() ?? deadlines.idle
        deadlines.halfOpen = try mapping["half-open"]?.deadline() ?? deadlines.halfOpen
        deadlines.drain = try mapping["drain"]?.deadline() ?? deadlines.drain
        return deadlines
    }

    private func limits() throws(ConfigurationError) -> EdgeConfiguration.Limits {
        var limits = EdgeConfiguration.Limits()
        guard
            let mapping = try self.top["limits"]?.mapping(
                "hello",
                "connections",
                "connections-of-source",
                "connections-of-endpoint",
                "connections-of-account",
                "agents"
            )
        else { return limits }
        // The handshake header counts 24 bits; more than 1 MiB of hello is an attack on memory.
        limits.hello = try mapping["hello"]?.size(in: 512...(1 << 20)) ?? limits.hello
        let connections = 1...1_000_000
        limits.connections = try mapping["connections"]?.integer(in: connections) ?? limits.connections
        limits.connectionsOfSource = try mapping["connections-of-source"]?.integer(in: connections)
        limits.connectionsOfEndpoint = try mapping["connections-of-endpoint"]?.integer(in: connections)
        limits.connectionsOfAccount = try mapping["connections-of-account"]?.integer(in: connections)
        limits.agents = try mapping["agents"]?.integer(in: connections) ?? limits.agents
        return limits
    }

    private func log() throws(ConfigurationError) -> EdgeConfiguration.LogSettings {
        var settings = EdgeConfiguration.LogSettings()
        guard let mapping = try self.top["log"]?.mapping("level", "format", "file") else { return settings }
        settings.level = try mapping["level"]?.choice(of: Logger.Level.self) ?? settings.level
        settings.format = try mapping["format"]?.choice(of: LogFormat.self) ?? settings.format
        settings.file = try mapping["file"].map { value throws(ConfigurationError) in self.path(try value.string()) }
        return settings
    }
}

extension YAMLValue {
    fileprivate func endpoint() throws(ConfigurationError) -> TransportAddress {
        try self.parsed(as: "an address and a port such as 127.0.0.1:8443 or [::1]:8443") { TransportAddress($0) }
    }

    fileprivate func version() throws(ConfigurationError) -> SemanticVersion {
        try self.parsed(as: "a version such as 3.24.0") { SemanticVersion($0) }
    }

    /// A day at most: longer is a slip of the pen.
    fileprivate func deadline() throws(ConfigurationError) -> TimeAmount {
        TimeAmount(try self.duration(upTo: .seconds(86_400)))
    }
}

extension YAMLValue? {
    /// None where the key is absent.
    fileprivate func domains() throws(ConfigurationError) -> [DomainName] {
        var names: [DomainName] = []
        for value in try self?.entriesOrOne() ?? [] {
            names.append(
                try value.parsed(as: "a name such as app.example.com or *.example.com") { try? DomainName($0) }
            )
        }
        return names
    }
}
