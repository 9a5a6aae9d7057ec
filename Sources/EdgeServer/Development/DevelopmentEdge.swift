import Addresses
import AgentProtocol
import EdgeCore
import Foundation
import JSONText
import LibCrypto
import ProgramKit
import SSHGateway

/// An edge on one's own machine that needs no configuration: it writes one, with everything that the file names.
package struct DevelopmentEdge: Sendable {
    package struct Options: Sendable {
        /// Where clients connect; a loopback address and a port. By default 127.0.0.1:8443.
        package var listen: String?
        /// Where agents connect, likewise. By default 127.0.0.1:4443.
        package var agents: String?
        /// Names below it can be served. By default shakedown.localhost, because browsers, systemd's resolver and curl take
        /// every name below .localhost for this machine (RFC 6761 section 6.3).
        package var baseDomain: String?

        /// Where SSH clients connect, likewise; `nil`: nowhere.
        package var ssh: String?

        package init(
            listen: String? = nil,
            agents: String? = nil,
            baseDomain: String? = nil,
            ssh: String? = nil
        ) {
            self.listen = listen
            self.agents = agents
            self.ssh = ssh
            self.baseDomain = baseDomain
        }
    }

    package let configuration: EdgeConfiguration
    /// What was made anew for this start.
    package let changes: [DevelopmentCredentials.Change]
    private let folder: PrivateFolder
    private let authtoken: String
    private let baseDomain: String

    private enum File {
        static let edge = "edge.yaml"
        static let agent = "agent.yaml"
        static let authority = "ca.pem"
        static let hostKey = "ssh-host.key"
        static let userKey = "ssh-user.key"
        static let knownHosts = "ssh-known-hosts"
    }

    /// Writes `edge.yaml` into a folder, and whatever it names that is not there or no good.
    ///
    /// - Parameter now: Seconds since 1970.
    package init(_ options: Options, in folder: PrivateFolder, now: Int64) throws {
        let listen = try Self.address(options.listen ?? "127.0.0.1:8443", option: "--listen")
        let agents = try Self.address(options.agents ?? "127.0.0.1:4443", option: "--agents")
        let ssh = try options.ssh.map { text throws(Complaint) in try Self.address(text, option: "--ssh") }
        let baseDomain = try Self.baseDomain(options.baseDomain ?? "shakedown.localhost")
        let credentials = try DevelopmentCredentials(
            in: folder,
            baseDomain: baseDomain,
            agents: agents.ip,
            now: now
        )
        let userKey = try ssh.map { _ in try SSHHostKey.kept(in: folder.file(File.userKey)).publicLine }
        self.changes = credentials.changes
        self.authtoken = credentials.authtoken
        self.folder = folder
        self.baseDomain = baseDomain
        let digest = SHA256.digest(of: Array(credentials.authtoken.utf8))
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try folder.write(
            """
            # shakedown-edge dev writes this file anew whenever it starts. Copy it to change it, and start the copy with
            # shakedown-edge --config; Docs/edge-configuration.md has every key.
            version: 1
            listen: ["\(listen)"]
            agents:
              listen: "\(agents)"
              certificate: \(Self.path("agents.pem", in: folder))
              key: \(Self.path("agents.key", in: folder))
            accounts:
              # The SHA-256 of the authtoken, which is in the file authtoken beside this one.
              - { id: ac_dev, name: dev, authtokens: [{ token-sha256: "\(digest)" }]\(Self.sshKeys(userKey)) }
            \(Self.ssh(ssh, in: folder))base-domains: ["\(baseDomain)"]
            certificates:
              - certificate: \(Self.path("edge.pem", in: folder))
                key: \(Self.path("edge.key", in: folder))
            # As many as 1,024 open files are enough for, which every system allows; the default is 20000.
            limits: { connections: 400, agents: 100 }

            """,
            to: File.edge,
            isPrivate: true
        )
        self.configuration = try EdgeConfiguration.read(file: folder.file(File.edge))
    }

    /// What there is to say before the edge listens, because it holds whether it can or not; empty where all is as it was.
    package var news: String {
        let made = self.changes.filter { $0.reason == nil }.map(\.file)
        let first = made.isEmpty ? "" : "new in \(self.folder.path): \(made.joined(separator: ", "))\n"
        return self.changes.reduce(first) { text, change in
            guard let reason = change.reason else { return text }
            return text + "made anew: \(self.folder.file(change.file)), because the one before \(reason)\n"
        }
    }

    private static func sshKeys(_ line: String?) -> String {
        line.map { ", ssh-keys: [{ public-key: \(JSONValue.quoted($0)) }]" } ?? ""
    }

    private static func ssh(_ listen: TransportAddress?, in folder: PrivateFolder) -> String {
        guard let listen else { return "" }
        return "ssh: { listen: \"\(listen)\", host-key: \(Self.path(File.hostKey, in: folder)) }\n"
    }

    /// Writes the agent's configuration, which is by now known in whole, and tells what to type.
    ///
    /// - Parameter agent: The agent's program, as a shell finds it.
    package func instructions(for addresses: ListeningAddresses, agent: String) throws -> String {
        try self.folder.write(
            """
            # shakedown-edge dev writes this file anew whenever it starts; Docs/agent.md has every key.
            version: "2"
            server_addr: "\(addresses.agents)"
            authtoken: \(self.authtoken)
            root_cas: \(Self.path(File.authority, in: self.folder))

            """,
            to: File.agent,
            isPrivate: true
        )
        let name = "app.\(self.baseDomain)"
        // One address is asked for, and so one is there.
        let place = try Self.address(addresses.listen.first ?? "", option: "--listen")
        let host = HostAndPort(host: name, port: place.port)
        let serve = ShellWords([
            agent, "tls", "8080", "--config", self.folder.file(File.agent), "--domain", name, "--terminate-at", "edge",
        ])
        // Not every curl knows what .localhost means, and other names have to be told anyway.
        let resolution = "\(host):\(place.ip.isIPv4 ? "\(place.ip)" : "[\(place.ip)]")"
        let ask = ShellWords([
            "curl", "--cacert", self.folder.file(File.authority), "--resolve", resolution, "https://\(host)/",
        ])
        return """

            Put a service of this machine online, here the one on port 8080:
              \(serve.text)
            and be its client:
              \(ask.text)
            \(try self.sshInstructions(for: addresses, name: name))The edge's configuration, to copy and to change: \(self.folder.file(File.edge))

            """
    }

    /// What to type without an agent; empty where no SSH client may come. The service has to end TLS itself.
    private func sshInstructions(for addresses: ListeningAddresses, name: String) throws -> String {
        guard let address = addresses.ssh.flatMap({ TransportAddress($0) }), let hostKey = addresses.sshHostKey else {
            return ""
        }
        try self.folder.write(
            "[\(address.ip)]:\(address.port) \(hostKey)\n",
            to: File.knownHosts,
            isPrivate: false
        )
        let forward = ShellWords([
            "ssh", "-p", "\(address.port)", "-i", self.folder.file(File.userKey), "-o", "IdentitiesOnly=yes", "-o",
            "UserKnownHostsFile=\(self.folder.file(File.knownHosts))", "-R", "\(name):443:localhost:9443",
            "\(SSHTunnelNegotiation.version)@\(address.ip)", "tls",
        ])
        return """
            Or, without an agent, one on port 9443 that ends TLS itself:
              \(forward.text)

            """
    }

    /// YAML takes a JSON string as it is, whatever a path holds.
    private static func path(_ name: String, in folder: PrivateFolder) -> String {
        JSONValue.quoted(folder.file(name))
    }

    /// Only this machine may connect: the CA and the authtoken have no other protection than the user's account.
    private static func address(_ text: String, option: String) throws(Complaint) -> TransportAddress {
        guard let address = TransportAddress(text) else {
            throw Complaint(
                "\(option) takes an address and a port, and not '\(text)'",
                hint: "such as 127.0.0.1:8443 or [::1]:8443; port 0 takes a free one",
                exitStatus: .usage
            )
        }
        guard address.ip.isLoopback else {
            throw Complaint(
                "\(option) takes an address of this machine alone, and \(address.ip) can be reached by others",
                hint: "for those, copy \(File.edge) of the folder, change it, and start it with --config",
                exitStatus: .usage
            )
        }
        return address
    }

    private static func baseDomain(_ text: String) throws(Complaint) -> String {
        do {
            let name = try DomainName(text)
            guard name.isWildcard else { return name.text }
        } catch {
            throw Complaint("--base-domain cannot be '\(text)': \(error.message)", exitStatus: .usage)
        }
        throw Complaint("--base-domain takes a plain name, and not '\(text)'", exitStatus: .usage)
    }
}

extension IPAddress {
    /// 127.0.0.0/8 (RFC 1122 section 3.2.1.3), ::1 (RFC 4291 section 2.5.3).
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6: self == .loopback6
        }
    }
}
