import AgentClient
import ConfigurationFiles
import Logging
import ProgramKit
import ProxyProtocol
import TLSCredentials
import Testing

@Suite("Configuration files")
struct ConfigurationTests {
    private static let complete = """
        version: 2
        authtoken: t0ken
        server_addr: edge.example.com:4443
        root_cas: ca.pem
        heartbeat_interval: 5s
        heartbeat_tolerance: 1m30s
        connect_timeout: 500ms
        handshake_timeout: 2s
        metadata: host 7
        remote_management: false
        log: stdout
        log_level: debug
        log_format: json
        tunnels:
          web:
            proto: tls
            addr: tls://localhost:8443
            domain: app.example.com
            terminate_at: agent
            crt: app.pem
            key: /keys/app.key
            mutual_tls_cas: clients.pem
            ip_restriction: { allow_cidrs: ["0.0.0.0/0", "::/0"], deny_cidrs: ["192.0.2.0/24"] }
            proxy_proto: "2"
            metadata: m
            upstream_tls_verify: true
            upstream_tls_verify_cas: up.pem
            upstream_tls_crt: me.pem
            upstream_tls_key: me.key
          plain:
            proto: tls
            addr: 8443
            name: the plain one
            description: for tests
            bindings: [internal]
            pooling_enabled: true
            traffic_policy:
              on_tcp_connect:
                - name: "7"
                  actions: [{ type: deny, config: { after: 7, always: true, note: } }]
          filtered:
            proto: tls
            addr: 8443
            traffic_policy_file: policy.yaml
          team:
            labels: [team=web, "expression=a=b"]
            addr: tls://localhost:8443
            crt: app.pem
            key: app.key
            upstream_tls_crt: me.pem
            upstream_tls_key: me.key
        """

    @Test("are read whole, with paths beside the file")
    func complete() throws {
        let settings = try AgentFile.parse(Self.complete, file: "etc/agent.yaml")
        #expect(settings.authtoken?.revealed == "t0ken")
        #expect(settings.serverAddress == "edge.example.com:4443")
        #expect(settings.rootCAs == "etc/ca.pem")
        #expect(settings.heartbeatInterval == .seconds(5))
        #expect(settings.heartbeatTolerance == .seconds(90))
        #expect(settings.connectTimeout == .milliseconds(500))
        #expect(settings.handshakeTimeout == .seconds(2))
        #expect(settings.remoteManagement == false)
        #expect(settings.logLevel == .debug)
        #expect(settings.logFormat == .json)
        let web = try #require(settings.tunnels["web"])
        #expect(web.upstream.description == "tls://localhost:8443")
        #expect(web.effectiveTerminationPoint == .agent)
        #expect(web.certificate == .file("etc/app.pem"))
        #expect(web.key == .file("/keys/app.key"))
        #expect(web.mutualTLSCAs == [.file("etc/clients.pem")])
        #expect(web.allowCIDRs == ["0.0.0.0/0", "::/0"])
        #expect(web.denyCIDRs == ["192.0.2.0/24"])
        #expect(web.proxyVersion == .two)
        #expect(web.verifiesUpstream)
        #expect(web.upstreamCAs == "etc/up.pem")
        #expect(web.upstreamCertificate == "etc/me.pem")
        #expect(web.upstreamKey == "etc/me.key")
        #expect(settings.tunnels["plain"]?.effectiveTerminationPoint == .upstream)
        let plain = try #require(settings.tunnels["plain"])
        #expect(plain.endpointName == "the plain one")
        #expect(plain.description == "for tests")
        #expect(plain.binding == .internal)
        #expect(plain.isPooled)
        let rule = #"{"name":"7","actions":[{"type":"deny","config":{"after":7,"always":true,"note":null}}]}"#
        #expect(plain.trafficPolicy == #"{"on_tcp_connect":[\#(rule)]}"#)
        #expect(settings.tunnels["filtered"]?.trafficPolicyFile == "etc/policy.yaml")
        let team = try #require(settings.tunnels["team"])
        #expect(team.labels.values == ["team": "web", "expression": "a=b"])
        #expect(team.effectiveTerminationPoint == .agent)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { self.message }
    }

    @Test(
        "with a mistake are refused, saying where and what",
        arguments: [
            Mistake(text: "", message: "a.yaml: is empty"),
            Mistake(text: "authtoken: x", message: "a.yaml:1:1: 'version' is missing"),
            Mistake(text: "version: 4", message: "a.yaml:1:10: version '4' is not supported"),
            Mistake(
                text: "version: 2\nauthtokn: x",
                message: "a.yaml:2:1: unknown key 'authtokn'; did you mean 'authtoken'?"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web:\n    protoo: tls",
                message: "a.yaml:4:5: unknown key 'protoo' in 'tunnels.web'; did you mean 'proto'?"
            ),
            Mistake(text: "version: 2\nzzzzzz: 1", message: "a.yaml:2:1: unknown key 'zzzzzz'"),
            Mistake(
                text: "version: 2\ntunnels:\n  web:\n    proto: http\n    addr: 80",
                message: "a.yaml:4:12: tunnel 'web' has the proto 'http'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web:\n    addr: 80",
                message: "a.yaml:4:5: 'tunnels.web.proto' is missing"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [team=web], addr: 80,\n    domain: app.example.com}",
                message: "a.yaml:4:13: 'tunnels.web.domain' means nothing beside 'labels'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web:\n    labels: [team=web]\n    addr: 80\n    proto: tls",
                message: "a.yaml:6:12: 'tunnels.web.proto' means nothing beside 'labels'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [a=b], addr: 80, mutual_tls_cas: c.pem}",
                message: "a.yaml:3:50: 'tunnels.web.mutual_tls_cas' means nothing beside 'labels'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [a=b, team], addr: 80}",
                message: "a.yaml:3:23: 'team' is no label"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, bindings: [public, internal]}",
                message: "a.yaml:3:41: an endpoint has one binding, and not 2"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, bindings: [kubernetes]}",
                message: "a.yaml:3:42: 'tunnels.web.bindings[0]' must be one of public, internal, not 'kubernetes'"
            ),
            Mistake(
                text:
                    "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, traffic_policy: deny, traffic_policy_file: p}",
                message: "a.yaml:3:8: tunnel 'web' has two traffic policies"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web:\n    proto: tls\n    addr: 80\n    traffic_policy:",
                message: "a.yaml:6:20: 'tunnels.web.traffic_policy' must not be empty"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [a=b], addr: 80, traffic_policy: deny}",
                message: "a.yaml:3:50: 'tunnels.web.traffic_policy' means nothing beside 'labels'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [=b], addr: 80}",
                message: "a.yaml:3:18: '=b' is no label"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [a=b, a=c], addr: 80}",
                message: "a.yaml:3:23: the label 'a' stands twice"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {labels: [], addr: 80}",
                message: "a.yaml:3:17: 'tunnels.web.labels' must not be empty"
            ),
            Mistake(
                text:
                    "version: 2\ntunnels:\n  web: {labels: [a=b], addr: 80, upstream_tls_crt: a, upstream_tls_key: b}",
                message: "a.yaml:3:8: tunnel 'web' has a certificate for its upstream, and opens no TLS to it"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web:\n    proto: tls",
                message: "a.yaml:4:5: 'tunnels.web.addr' is missing"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: nowhere}",
                message: "a.yaml:3:27: 'nowhere' is no upstream address"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, terminate_at: here}",
                message: "a.yaml:3:45: 'tunnels.web.terminate_at' must be one of edge, agent, upstream, not 'here'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, proxy_proto: 3}",
                message: "a.yaml:3:44: there is no PROXY protocol version '3'"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, crt: a.pem}",
                message: "a.yaml:3:8: tunnel 'web' has a crt and no key"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, terminate_at: agent}",
                message: "a.yaml:3:8: tunnel 'web' terminates TLS at the agent and has no certificate"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, mutual_tls_cas: c.pem}",
                message: "a.yaml:3:8: tunnel 'web' asks for client certificates and terminates TLS at the upstream"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, domain: a, url: b}",
                message: "a.yaml:3:8: tunnel 'web' has 2 names"
            ),
            Mistake(
                text: "version: 2\ntunnels:\n  web: {proto: tls, addr: 80, upstream_tls_verify: maybe}",
                message: "a.yaml:3:52: 'tunnels.web.upstream_tls_verify' must be true or false, not 'maybe'"
            ),
            Mistake(
                text: "version: 2\nheartbeat_interval: 10",
                message: "a.yaml:2:21: 'heartbeat_interval' must be a duration such as 250ms, 3s or 1m30s, not '10'"
            ),
            Mistake(
                text: "version: 2\ntunnels: []",
                message: "a.yaml:2:10: 'tunnels' must be a mapping of 'key: value' lines"
            ),
            Mistake(text: "version: 2\nlog: [a]", message: "a.yaml:2:6: 'log' must be a text"),
        ]
    )
    func mistakes(_ mistake: Mistake) throws {
        let error = try #require(throws: ConfigurationError.self) { try AgentFile.parse(mistake.text, file: "a.yaml") }
        #expect(error.description == mistake.message)
    }

    @Test(
        "that are no YAML are refused with the place",
        arguments: ["version: [2", "a: b: c", "version: 2\nversion: 2"]
    )
    func noYAML(_ text: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try AgentFile.parse(text, file: "a.yaml") }
        #expect(error.description.contains(#/^a\.yaml:\d+:\d+: /#), "\(error)")
    }

    @Test("lose to the environment, which loses to flags")
    func precedence() throws {
        let file = try AgentFile.parse("version: 2\nauthtoken: file\nserver_addr: file:1", file: "a.yaml")
        let environment = ["NGROK_AUTHTOKEN": "environment"]
        var flags = AgentSettings()
        let withoutFlags = AgentSettings(files: file, environment: environment, flags: flags)
        #expect(withoutFlags.authtoken?.revealed == "environment")
        // Ours is meant for this program alone. What is empty says nothing.
        for (own, expected) in [("own", "own"), ("", "environment")] {
            let both = environment.merging(["SHAKEDOWN_AUTHTOKEN": own]) { $1 }
            let settings = AgentSettings(files: file, environment: both, flags: flags)
            #expect(settings.authtoken?.revealed == expected)
        }
        flags.authtoken = Secret("flag")
        let merged = AgentSettings(files: file, environment: environment, flags: flags)
        #expect(merged.authtoken?.revealed == "flag")
        #expect(merged.serverAddress == "file:1")
        #expect(!"\(merged)".contains("flag"))
    }

    @Test(
        "may write upstreams in several ways",
        arguments: [
            ("8080", "localhost:8080", false), ("443", "tls://localhost:443", true),
            ("example.com:80", "example.com:80", false),
            ("tls://example.com", "tls://example.com:443", true), ("tls://[::1]:8443", "tls://[::1]:8443", true),
            ("[::1]:443", "[::1]:443", false), ("unix:/run/app.sock", "unix:/run/app.sock", false),
            ("unix:///run/app.sock", "unix:/run/app.sock", false), ("tcp://127.0.0.1:443", "127.0.0.1:443", false),
        ]
    )
    func upstreams(_ text: String, _ description: String, _ usesTLS: Bool) throws {
        let address = try UpstreamAddress(text)
        #expect(address.description == description)
        #expect(address.usesTLS == usesTLS)
    }

    @Test(
        "must name upstreams that can be dialled",
        arguments: [
            "", "0", "65536", "host", "host:", "host:http", ":80", "http://host:80", "::1:80", "[::1]80", "unix:run",
            "tls://", "tls://host/path", "user@host:80", "[::1]", "[localhost]:80", "08080", "host:080", "host:0",
        ]
    )
    func badUpstreams(_ text: String) {
        #expect(throws: ConfigurationError.self) { try UpstreamAddress(text) }
    }
}
