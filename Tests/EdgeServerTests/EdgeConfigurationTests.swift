import Addresses
import ConfigurationFiles
import EdgeCore
import EdgeEvents
import EdgeServer
import Logging
import NIOCore
import ProgramKit
import Testing

@Suite("The edge's configuration")
struct EdgeConfigurationTests {
    private static let minimal = """
        version: 1
        listen: ["127.0.0.1:8443"]
        agents: { listen: "127.0.0.1:4443", certificate: agents.pem, key: /keys/agents.key }
        """

    private static func read(_ text: String) throws -> EdgeConfiguration {
        try EdgeConfiguration.read(text, name: "edge.yaml", folder: "/etc/edge")
    }

    @Test("what is not said has its default, and paths are relative to the file")
    func defaults() throws {
        let configuration = try Self.read(Self.minimal)
        #expect(configuration.deadlines.hello == .seconds(3))
        #expect(configuration.deadlines.idle == .minutes(5))
        #expect(configuration.limits.hello == 65_536)
        #expect(configuration.limits.connections == 20_000)
        #expect(configuration.events == nil)
        #expect(configuration.eventsReach == .publicAddresses)
        #expect(configuration.agents.files.certificate == "/etc/edge/agents.pem")
        #expect(configuration.agents.files.key == "/keys/agents.key")
    }

    @Test("everything is read")
    func everything() throws {
        let configuration = try Self.read(
            Self.minimal + """

                accounts:
                  - id: ac_dev
                    name: dev
                    plan: pro
                    limits: { endpoints: 9, connections-per-minute: 60 }
                    authtokens: [{ token: t, acl: ["bind:*.example.com"] }, { token-sha256: "\(String(repeating: "0f", count: 32))" }]
                    domains: [app.example.com, "*.shop.example.com"]
                base-domains: [shakedown.test]
                certificates: [{ certificate: w.pem, key: w.key, names: ["*.example.com"] }]
                deadlines: { hello: 250ms, handshake: 5s, idle: 2m, half-open: 1s, drain: 1h }
                limits: { hello: 16KiB, connections: 7 }
                api: { listen: "127.0.0.1:4041", requests-per-minute: 600 }
                events: "-"
                events-reach: any
                metrics: "[::1]:9090"
                log: { level: debug, format: json, file: edge.log }
                trusted-proxies: ["10.0.0.0/8", "::ffff:192.0.2.0/120"]
                require-proxy-header: true
                """
        )
        #expect(configuration.accounts.first?.account.plan == .pro)
        #expect(
            configuration.accounts.first?.account.limits == AccountLimits(endpoints: 9, connectionsPerMinute: 60)
        )
        #expect(configuration.accounts.first?.tokens.count == 2)
        #expect(configuration.accounts.first?.tokens.first?.digest.matches(TokenDigest(of: "t")) == true)
        #expect("\(configuration.accounts)".contains("redacted"))
        #expect(configuration.deadlines.hello == .milliseconds(250))
        #expect(configuration.deadlines.drain == .hours(1))
        #expect(configuration.limits.hello == 16_384)
        #expect(configuration.api?.requestsPerMinute == 600)
        #expect(configuration.events == .standardOutput)
        #expect(configuration.eventsReach == .anywhere)
        #expect(configuration.metrics?.port == 9090)
        #expect(configuration.log.format == .json)
        #expect(configuration.trustedProxies.map(\.description) == ["10.0.0.0/8", "192.0.2.0/24"])
        #expect(configuration.requiresProxyHeader)
    }

    @Test(
        "each mistake is named with its place and what would be right",
        arguments: [
            ("listn: []", "edge.yaml:4:1: unknown key 'listn'; did you mean 'listen'?"),
            ("deadlines: { helo: 3s }", "edge.yaml:4:14: unknown key 'helo' in 'deadlines'; did you mean 'hello'?"),
            (
                "deadlines: { hello: 3 }",
                "edge.yaml:4:21: 'deadlines.hello' must be a duration up to 1d such as 250ms, 3s or 1m30s, not '3'"
            ),
            (
                "limits: { hello: 2MiB }",
                "edge.yaml:4:18: 'limits.hello' must be a size from 512 to 1048576 bytes such as 64KiB, not '2MiB'"
            ),
            (
                "log: { level: loud }",
                "edge.yaml:4:15: 'log.level' must be one of trace, debug, info, notice, warning, error, critical, not 'loud'"
            ),
            (
                "metrics: localhost:9090",
                "edge.yaml:4:10: 'metrics' must be an address and a port such as 127.0.0.1:8443 or [::1]:8443, not 'localhost:9090'"
            ),
            (
                "base-domains: ['*.a.test']",
                "edge.yaml:4:15: 'base-domains' must be plain names: write 'a.test', not '*.a.test'"
            ),
            (
                "trusted-proxies: [10.0.0.1]",
                "edge.yaml:4:19: 'trusted-proxies[0]' must be a CIDR block such as 10.0.0.0/8, not '10.0.0.1'"
            ),
            (
                "require-proxy-header: true",
                "edge.yaml:4:23: 'require-proxy-header' needs 'trusted-proxies', which say of whom"
            ),
            (
                "accounts: [{ name: a, plan: gold }]",
                "edge.yaml:4:29: 'accounts[0].plan' must be one of free, payg, pro, enterprise, not 'gold'"
            ),
            (
                "accounts: [{ name: a, authtokens: [{ token: a, token-sha256: b }] }]",
                "edge.yaml:4:45: 'accounts[0].authtokens[0].token' must be given, or 'token-sha256', and not both"
            ),
            ("certificates: [{ certificate: a.pem }]", "edge.yaml:4:16: 'certificates[0].key' is missing"),
            (
                "accounts: [{ name: a, authtokens: [{ token: a, acl: [b] }] }]",
                "edge.yaml:4:54: 'accounts[0].authtokens[0].acl[0]' must be a rule such as bind:*.example.com, not 'b'"
            ),
            (
                "deadlines: { idle: 25h }",
                "edge.yaml:4:20: 'deadlines.idle' must be a duration up to 1d such as 250ms, 3s or 1m30s, not '25h'"
            ),
            ("events-reach: all", "edge.yaml:4:15: 'events-reach' must be one of public, any, not 'all'"),
            ("listen: []", "edge.yaml:2:1: the key 'listen' stands twice"),
            ("version: 1", "edge.yaml:1:1: the key 'version' stands twice"),
            ("events: [", "edge.yaml:5:1: not YAML: did not find expected node content"),
        ]
    )
    func mistakes(_ line: String, expected: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            _ = try Self.read(Self.minimal + "\n" + line + "\n")
        }
        #expect(error.description == expected)
    }

    @Test(
        "what is missing is asked for",
        arguments: [
            ("", "edge.yaml: is empty\nhint: start with 'version: 1'"),
            ("listen: [\"127.0.0.1:1\"]", "edge.yaml:1:1: 'version' is missing\nhint: write 'version: 1'"),
            ("version: 2", "edge.yaml:1:10: 'version' must be a whole number from 1 to 1, not '2'"),
            (
                "version: 1",
                "edge.yaml:1:1: 'listen' is missing\nhint: write a list such as [\"0.0.0.0:443\", \"[::]:443\"]"
            ),
            (
                "version: 1\nlisten: []",
                "edge.yaml:2:9: 'listen' is empty\nhint: write a list such as [\"0.0.0.0:443\", \"[::]:443\"]"
            ),
            (
                "version: 1\nlisten: 127.0.0.1:1",
                "edge.yaml:1:1: 'agents' is missing\nhint: agents need 'listen', 'certificate' and 'key'"
            ),
        ]
    )
    func missing(_ text: String, expected: String) throws {
        let error = try #require(throws: ConfigurationError.self) { _ = try Self.read(text) }
        #expect(error.complaint.description == expected)
    }

    @Test("a file that is not there is asked for with its path")
    func missingFile() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try EdgeConfiguration.read(file: "/nowhere/e.yaml")
        }
        #expect(error.description == "cannot read the configuration /nowhere/e.yaml: no such file or directory")
        #expect(error.complaint.exitStatus == .usage)
    }

    @Test("a full edge needs a file for each client, and some for itself")
    func openFiles() throws {
        #expect(try Self.read(Self.minimal).limits.openFiles == 22_512)
    }
}
