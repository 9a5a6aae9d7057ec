package import Addresses
import ConfigurationFiles
package import EdgeCore
package import EdgeEvents
import EdgeStore
import Foundation
package import Logging
package import NIOCore
import NIOSSL
package import ProgramKit
import TLSCredentials

/// Everything `edge.yaml` says, checked. Docs/edge-configuration.md lists keys, types, defaults and ranges.
package struct EdgeConfiguration: Sendable {
    /// Public TLS addresses. An IPv6 address takes IPv6 clients only.
    package var listen: [TransportAddress]
    package var agents: AgentsListener
    /// `nil`: no SSH client takes an agent's place.
    package var ssh: SSHSettings?
    package var accounts: [ConfiguredAccount]
    /// Any account may bind names below these; random names are made below the first.
    package var baseDomains: [DomainName]
    package var certificates: [CertificateFiles]
    package var deadlines = Deadlines()
    package var limits = Limits()
    /// The operator's, which gets every event of every account.
    package var events: EventDestination.Target?
    package var eventsReach = EventsReach.publicAddresses
    package var metrics: TransportAddress?
    package var api: APISettings?
    /// `nil` keeps objects in memory alone: what the API changes is gone at the next start.
    package var store: StoreSettings?
    /// `nil`: the edge gets no certificates by itself.
    package var acme: ACMESettings?
    package var log = LogSettings()
    /// The peers whose PROXY header is believed.
    package var trustedProxies: [CIDRBlock] = []
    /// Whether they have to send one (PROXY protocol section 2: a receiver does not guess whether the header is there).
    package var requiresProxyHeader = false

    package init(
        listen: [TransportAddress],
        agents: AgentsListener,
        accounts: [ConfiguredAccount] = [],
        baseDomains: [DomainName] = [],
        certificates: [CertificateFiles] = []
    ) {
        self.listen = listen
        self.agents = agents
        self.accounts = accounts
        self.baseDomains = baseDomains
        self.certificates = certificates
    }

    /// Where agents connect, by TLS.
    package struct AgentsListener: Sendable {
        package var listen: TransportAddress
        package var files: CertificateFiles
        /// Who is let in.
        package var versions = AgentVersions()
        /// Where further connections of an agent may go, beginning with where its first is; empty: nowhere.
        package var addresses: [HostAndPort] = []
        /// What agents are to print.
        package var banner = ""
        package init(listen: TransportAddress, files: CertificateFiles) {
            self.listen = listen
            self.files = files
        }
    }

    /// A certificate chain and its key on disk, both PEM.
    package struct CertificateFiles: Sendable {
        package var certificate: String
        package var key: String
        /// The names it is presented for; empty: those in the certificate.
        package var names: [DomainName]
        package init(certificate: String, key: String, names: [DomainName] = []) {
            self.certificate = certificate
            self.key = key
            self.names = names
        }
    }

    package struct ConfiguredAccount: Sendable {
        package var account: Account
        package var tokens: [ConfiguredToken]
        /// Of the API.
        package var apiKeys: [TokenDigest]
        package var sshKeys: [ConfiguredSSHKey]
        package init(
            account: Account,
            tokens: [ConfiguredToken],
            apiKeys: [TokenDigest] = [],
            sshKeys: [ConfiguredSSHKey] = []
        ) {
            self.account = account
            self.tokens = tokens
            self.apiKeys = apiKeys
            self.sshKeys = sshKeys
        }
    }

    /// A public key of an account, by which SSH clients are let in.
    package struct ConfiguredSSHKey: Sendable {
        package var key: SSHPublicKey
        package var rules: [BindRule]
        package init(key: SSHPublicKey, rules: [BindRule] = []) {
            self.key = key
            self.rules = rules
        }
    }

    /// Where SSH clients connect that forward a port in an agent's place.
    package struct SSHSettings: Sendable {
        package var listen: TransportAddress
        /// The file of the key by which clients know the edge. Where there is none it is made.
        package var hostKey: String
        package init(listen: TransportAddress, hostKey: String) {
            self.listen = listen
            self.hostKey = hostKey
        }
    }

    package struct ConfiguredToken: Sendable {
        package var digest: TokenDigest
        package var rules: [BindRule]
        package init(digest: TokenDigest, rules: [BindRule] = []) {
            self.digest = digest
            self.rules = rules
        }
    }

    package struct Deadlines: Sendable {
        /// From accept to a complete ClientHello, however it drips.
        package var hello = TimeAmount.seconds(3)
        /// From the ClientHello to the end of the TLS handshake at the edge.
        package var handshake = TimeAmount.seconds(60)
        /// Without a byte in either direction.
        package var idle = TimeAmount.minutes(5)
        /// Without a byte, once one direction has ended.
        package var halfOpen = TimeAmount.seconds(60)
        /// For connections to end by themselves when the edge is told to stop.
        package var drain = TimeAmount.seconds(30)
        package init() {}
    }

    package struct Limits: Sendable {
        /// Bytes of a ClientHello's handshake message.
        package var hello = 64 << 10
        package var connections = 20_000
        /// Of one source, endpoint or account; `nil`: half of all, so that none can take the places of the others.
        package var connectionsOfSource: Int?
        package var connectionsOfEndpoint: Int?
        package var connectionsOfAccount: Int?
        /// Agents' connections.
        package var agents = 2_000
        package init() {}

        var ofClients: ClientAdmission.Limits {
            let half = max(1, self.connections / 2)
            return ClientAdmission.Limits(
                ofSource: self.connectionsOfSource ?? half,
                ofEndpoint: self.connectionsOfEndpoint ?? half,
                ofAccount: self.connectionsOfAccount ?? half
            )
        }

        /// Files and sockets of an edge that is full: one for each client and agent, and 512 for listeners, who reads the
        /// metrics, event loops, logs and certificates while they are read.
        package var openFiles: Int { self.connections + self.agents + 512 }

        /// The same of an edge whose clients may all be at SSH clients': each such connection has two sockets more.
        package var openFilesWithSSH: Int { 3 * self.connections + self.agents + 512 }
    }

    /// The control plane's HTTP API.
    package struct APISettings: Sendable {
        package var listen: TransportAddress
        /// Where its clients reach it, for the addresses in its answers; `nil` takes each client's own word for it.
        package var publicURL: String?
        /// Of each key. ngrok's.
        package var requestsPerMinute = 120
    }

    /// Where the control plane's objects are kept.
    package struct StoreSettings: Sendable {
        package var path: String
        /// A file of its own for the key that private keys are sealed with.
        package var sealingKey: String

        /// Opens the store, or makes it where there is none.
        func open() throws(StoreError) -> ObjectStore {
            let key = try SealingKey.read(
                path: self.sealingKey,
                // A new key beside an old store would open nothing.
                makingIfAbsent: !FileManager.default.fileExists(atPath: self.path)
            )
            return try ObjectStore(path: self.path, sealingKey: key)
        }
    }

    /// A CA of which the edge gets certificates by itself, whose terms the operator agrees to.
    package struct ACMESettings: Sendable {
        /// Where the CA's directory is, by https.
        package var directory: String
        /// Such as `mailto:admin@example.com`.
        package var contacts: [String] = []
        /// PEM, of the CAs of the directory's own server; `nil` takes the system's.
        package var authorities: String?
        /// Before the second try; `nil` takes two minutes.
        package var retry: Duration?

        func roots() throws(ConfigurationError) -> NIOSSLTrustRoots {
            try CertificateBundle.roots(self.authorities, what: "CA file of 'acme'")
        }
    }

    /// Where the webhooks of accounts may be.
    package enum EventsReach: String, CaseIterable, Sendable {
        /// A tenant must not have the edge ask what only the edge can reach.
        case publicAddresses = "public"
        case anywhere = "any"

        var reach: Webhook.Reach {
            switch self {
            case .publicAddresses: .publicAddresses
            case .anywhere: .anywhere
            }
        }
    }

    package struct LogSettings: Sendable {
        package var level = Logger.Level.info
        package var format = LogFormat.term
        /// `nil`: standard error.
        package var file: String?
        package init() {}
    }
}
