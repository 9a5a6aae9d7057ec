package import AgentProtocol

/// What an SSH client gives as its command: `tls`, and flags as ngrok's agent has them (ngrok's documentation, "SSH Reverse
/// Tunnel", command syntax).
package enum SSHTunnelCommand: Hashable, Sendable {
    /// `tls --help`
    case help
    case tls(SSHTunnelFlags)

    /// - Parameter text: `nil` where a shell was asked for, as ssh does without a command.
    /// - Throws: ERR_NGROK_1107 to 1110 and 1120.
    package init(_ text: String?) throws(NgrokError) {
        guard let text else { throw .sshTypeMissing }
        guard let words = SSHCommandWords.split(text) else { throw .sshCommandInvalid("a quote is not closed") }
        guard let type = words.first else { throw .sshTypeMissing }
        if ["help", "--help", "-h"].contains(type) {
            self = .help
            return
        }
        guard type == "tls" else { throw .sshTypeUnknown(type) }
        let rest = words.dropFirst()
        self = rest.contains { ["--help", "-help", "-h"].contains($0) } ? .help : .tls(try SSHTunnelFlags(Array(rest)))
    }

    /// What `--help` prints.
    package static let helpText = """
        ssh -p PORT -R app.example.com:443:localhost:9443 v2@HOST tls [flags]

        Puts a name online whose TLS connections come to localhost:9443 as they are. Without a
        name, -R 443:localhost:9443, the edge chooses one. TLS ends at localhost:9443.

          --cidr-allow CIDR      only clients of these addresses; may be repeated
          --cidr-deny CIDR       no clients of these addresses; may be repeated
          --domain NAME          the name, in the place of the one in -R; also --hostname,
                                 --url tls://NAME and --subdomain LABEL
          --binding public|internal
                                 who can reach it
          --pooling-enabled      share the name with others of the account that say so too
          --description TEXT     what people are told of it
          --metadata TEXT        what programs are told of it

        """
}

/// The flags of `tls`.
package struct SSHTunnelFlags: Hashable, Sendable {
    package private(set) var allowed: [String] = []
    package private(set) var denied: [String] = []
    package private(set) var bindings: [String] = []
    package private(set) var isPooled = false
    /// Those that take one value, by their names: name, description, metadata, and where TLS ends.
    private var single: [String: String] = [:]

    private static let lists: Set = ["cidr-allow", "cidr-deny", "binding", "bindings"]
    private static let switches: Set = ["pooling-enabled"]
    private static let names = ["url", "domain", "hostname", "subdomain"]
    private static let singles = Set(Self.names + ["description", "metadata", "terminate-at"])
    /// Flags of ngrok's agent that it could carry out and an SSH client cannot.
    private static let unsupported = [
        "crt": "TLS ends at the upstream, which has the certificate",
        "key": "TLS ends at the upstream, which has the key",
        "mutual-tls-cas": "the upstream, where TLS ends, asks for client certificates",
        "mutual-tls-at": "the upstream, where TLS ends, asks for client certificates",
        "proxy-proto": "there is nothing in front of a connection's bytes",
        "upstream-proto": "ssh passes bytes on and encrypts nothing again",
        "upstream-tls-verify": "ssh passes bytes on and encrypts nothing again",
        "upstream-tls-verify-cas": "ssh passes bytes on and encrypts nothing again",
        "traffic-policy-file": "the file is at your end. A TLS edge of the API can have the policy",
        "traffic-policy-url": "the edge fetches nothing. A TLS edge of the API can have the policy",
        "policy-file": "the file is at your end. A TLS edge of the API can have the policy",
        "edge": "labelled tunnels need an agent",
        "label": "labelled tunnels need an agent",
        "remote-addr": "it is for TCP tunnels",
        "authtoken": "your SSH key says who you are",
        "config": "there is no file to read",
        "region": "this edge is one",
        "inspect": "nothing is inspected",
    ]

    /// - Throws: ERR_NGROK_1109, 1110, 1120, and 1123 for a version of the PROXY protocol that there is not.
    init(_ words: [String]) throws(NgrokError) {
        var words = words[...]
        while let word = words.popFirst() {
            guard word.hasPrefix("-"), word.contains(where: { $0 != "-" }) else {
                throw .sshCommandInvalid("'\(word)' is no flag")
            }
            let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            var value = parts.count == 2 ? String(parts[1]) : nil
            if Self.switches.contains(name) {
                guard let isOn = Self.boolean(value ?? "true") else {
                    throw .sshCommandInvalid("--\(name) is true or false, and not '\(value ?? "")'")
                }
                self.isPooled = isOn
                continue
            }
            guard Self.lists.contains(name) || Self.singles.contains(name) else {
                throw Self.problem(ofFlag: name, value: value ?? words.first)
            }
            value = value ?? words.popFirst()
            guard let value, !value.isEmpty else { throw .sshCommandInvalid("--\(name) has no value") }
            try self.set(name, value)
        }
        let given = Self.names.filter { self.single[$0] != nil }
        guard given.count <= 1 else { throw .sshNameFlagsTwice(given.map { "--\($0)" }) }
        try Self.check(terminateAt: self.single["terminate-at"] ?? "upstream")
    }

    private mutating func set(_ name: String, _ value: String) throws(NgrokError) {
        let values = value.split(separator: ",").map(String.init)
        switch name {
        case "cidr-allow": self.allowed += values
        case "cidr-deny": self.denied += values
        case "binding", "bindings": self.bindings += values
        default:
            guard self.single.updateValue(value, forKey: name) == nil else {
                throw .sshCommandInvalid("--\(name) is given twice")
            }
        }
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    private static func problem(ofFlag name: String, value: String?) -> NgrokError {
        if name == "proxy-proto", let value, !["1", "2"].contains(value) { return .proxyProtoInvalid(value) }
        if let reason = Self.unsupported[name] { return .sshFlagUnsupported("--\(name)", because: reason) }
        return .sshCommandInvalid("there is no flag --\(name)")
    }

    private static func check(terminateAt place: String) throws(NgrokError) {
        switch place {
        case "upstream": break
        case "edge", "agent":
            throw .sshFlagUnsupported(
                "--terminate-at=\(place)",
                because: "TLS ends at the upstream, and the edge sees none of it"
            )
        default: throw .sshCommandInvalid("--terminate-at is upstream, and not '\(place)'")
        }
    }

    /// The bind of a client that forwards this address; empty where it leaves the name to the edge or to a flag.
    ///
    /// - Throws: ERR_NGROK_1118 and 1119 where both have a name.
    package func bind(address: String) throws(NgrokError) -> Bind {
        var options = TLSOptions()
        let flag = Self.names.first { self.single[$0] != nil }
        if let flag, !address.isEmpty { throw .sshNameTwice(address, flag: "--\(flag)") }
        options.hostname = address.isEmpty ? self.single["hostname"] ?? "" : address
        options.url = self.single["url"] ?? ""
        options.domain = self.single["domain"] ?? ""
        options.subdomain = self.single["subdomain"] ?? ""
        if !self.allowed.isEmpty || !self.denied.isEmpty {
            options.ipRestriction = .init(allowCIDRs: self.allowed, denyCIDRs: self.denied)
        }
        var extra = Bind.Extra()
        extra.description = self.single["description"] ?? ""
        extra.metadata = self.single["metadata"] ?? ""
        extra.bindings = self.bindings
        extra.poolingEnabled = self.isPooled
        return Bind(options: options, extra: extra)
    }
}
