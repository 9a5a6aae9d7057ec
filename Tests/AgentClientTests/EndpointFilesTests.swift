import AgentClient
import AgentProtocol
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import Logging
import ProgramKit
import ProxyProtocol
import TLSCredentials
import Testing

@Suite("Configuration files of version 3")
struct EndpointFilesTests {
    private static let complete = """
        version: 3
        agent:
          authtoken: t0ken
          connect_url: edge.example.com:4443
          connect_cas: ca.pem
          heartbeat_interval: 5s
          heartbeat_tolerance: 1m30s
          connect_timeout: 500ms
          handshake_timeout: 2s
          metadata: host 7
          remote_management: false
          log: stdout
          log_level: debug
          log_format: json
        endpoints:
          - name: web
            url: tls://app.example.com
            upstream: { url: "tls://localhost:8443", proxy_protocol: 2 }
            agent_tls_termination:
              server_certificate: app.pem
              server_private_key: /keys/app.key
              mutual_tls_certificate_authorities: [one.pem, two.pem]
            bindings: [public]
            traffic_policy: { on_tcp_connect: [] }
            metadata: m
            description: d
            pooling_enabled: true
            upstream_tls_verify: true
            upstream_tls_verify_cas: up.pem
            upstream_tls_crt: me.pem
            upstream_tls_key: me.key
          - { name: any, url: "tls://", upstream: { url: 8080 }, traffic_policy_file: policy.yaml }
        tunnels:
          old: { proto: tls, addr: 9443 }
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
        #expect(settings.metadata == "host 7")
        #expect(settings.remoteManagement == false)
        #expect(settings.log == "stdout" && settings.logLevel == .debug && settings.logFormat == .json)
        let tunnels = try settings.namedTunnels()
        #expect(tunnels.keys.sorted() == ["any", "old", "web"])
        let web = try #require(tunnels["web"])
        #expect(web.url == "tls://app.example.com")
        #expect(web.upstream.description == "tls://localhost:8443")
        #expect(web.proxyVersion == .two)
        #expect(web.effectiveTerminationPoint == .agent)
        #expect(web.certificate == .file("etc/app.pem") && web.key == .file("/keys/app.key"))
        #expect(web.mutualTLSCAs == [.file("etc/one.pem"), .file("etc/two.pem")])
        #expect(web.binding == .public && web.isPooled)
        #expect(web.trafficPolicy == #"{"on_tcp_connect":[]}"#)
        #expect(web.metadata == "m" && web.description == "d")
        #expect(web.verifiesUpstream && web.upstreamCAs == "etc/up.pem")
        #expect(web.upstreamCertificate == "etc/me.pem" && web.upstreamKey == "etc/me.key")
        let any = try #require(tunnels["any"])
        #expect(any.url == "tls://" && any.effectiveTerminationPoint == .upstream)
        #expect(any.trafficPolicyFile == "etc/policy.yaml")
    }

    @Test("may hold the PEM itself, which no message repeats")
    func inline() throws {
        let authority = try TestAuthority()
        let pair = try authority.leaf("app.example.com")
        func block(_ pem: String) -> String { pem.split(separator: "\n").map { "\n        \($0)" }.joined() }
        func text(key: String) -> String {
            """
            version: 3
            endpoints:
              - name: web
                url: tls://app.example.com
                upstream: { url: 8080 }
                agent_tls_termination:
                  server_certificate: |\(block(pair.certificatePEM))
                  server_private_key: |\(block(key))
                  mutual_tls_certificate_authorities:
                    - |\(block(authority.certificatePEM).replacing("\n", with: "\n  "))
            """
        }
        let settings = try #require(try AgentFile.parse(text(key: pair.keyPEM), file: "a.yaml").endpoints?.first)
        let tunnel = try Tunnel(settings)
        #expect(tunnel.serverContexts != nil)
        #expect(tunnel.bind?.options.mutualTLSAtAgent == true)
        let secret = try #require(pair.keyPEM.split(separator: "\n").dropFirst().first)
        #expect(!"\(settings)".contains(secret))
        let other = try authority.leaf("app.example.com").keyPEM
        let foreign = try #require(try AgentFile.parse(text(key: other), file: "a.yaml").endpoints?.first)
        let error = try #require(throws: ConfigurationError.self) { try Tunnel(foreign) }
        let words = "the key in the configuration does not belong to the certificate in the configuration"
        #expect(error.description == "a.yaml:3:5: \(words)")
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { self.message }
    }

    @Test(
        "with a mistake are refused, saying where and what",
        arguments: [
            Mistake(text: "authtoken: x", message: "a.yaml:2:1: unknown key 'authtoken'"),
            Mistake(
                text: "agent: { server_addr: a:1 }",
                message: "a.yaml:2:10: unknown key 'server_addr' in 'agent'"
            ),
            Mistake(
                text: "agent: { connect_url: nowhere }",
                message: "a.yaml:2:23: 'nowhere' is no server address"
            ),
            Mistake(
                text: "endpoints: { web: {} }",
                message: "a.yaml:2:12: 'endpoints' must be a list, such as [a, b]"
            ),
            Mistake(
                text: "endpoints:\n  - { url: 'tls://', upstream: { url: 80 } }",
                message: "a.yaml:3:5: 'endpoints[0].name' is missing"
            ),
            Mistake(
                text: "endpoints:\n  - { name: a, upstream: { url: 80 } }",
                message: "a.yaml:3:5: 'endpoints[0].url' is missing"
            ),
            Mistake(
                text: "endpoints:\n  - { name: a, url: 'https://a.example', upstream: { url: 80 } }",
                message: "a.yaml:3:21: 'endpoints[0].url' must be a TLS endpoint's, not 'https://a.example'"
            ),
            Mistake(
                text: "endpoints:\n  - { name: a, url: 'tls://', upstream: { url: 80, protocol: http2 } }",
                message: "a.yaml:3:52: unknown key 'protocol' in 'endpoints[0].upstream'"
            ),
            Mistake(
                text: "endpoints:\n  - { name: a, url: 'tls://', upstream: { url: 80, proxy_protocol: 3 } }",
                message: "a.yaml:3:68: there is no PROXY protocol version '3'"
            ),
            Mistake(
                text: "endpoints:\n  - name: a\n    url: tls://\n    upstream: { url: 80 }\n"
                    + "    agent_tls_termination: { server_certificate: a.pem }",
                message: "a.yaml:6:28: 'endpoints[0].agent_tls_termination.server_private_key' is missing"
            ),
            Mistake(
                text: "endpoints:\n  - { name: a, url: 'tls://', upstream: { url: 80 } }\n"
                    + "  - { name: a, url: 'tls://', upstream: { url: 81 } }",
                message: "a.yaml:4:5: the endpoint 'a' stands twice"
            ),
            Mistake(
                text: "endpoints:\n  - { name: a, url: 'tls://', upstream: { url: 80 } }\n"
                    + "tunnels: { a: { proto: tls, addr: 80 } }",
                message: "a.yaml:3:5: 'a' is an endpoint's name and a tunnel's"
            ),
        ]
    )
    func mistakes(_ mistake: Mistake) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try AgentFile.parse("version: 3\n\(mistake.text)", file: "a.yaml")
        }
        let message = try #require(error.description.split(separator: ";").first)
        #expect(message == mistake.message)
    }
}
