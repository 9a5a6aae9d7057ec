import AgentProtocol
import ConfigurationFiles
import JSONText
import Testing
import TrafficPolicy

@Suite("Traffic policies")
struct PolicyDocumentTests {
    private static let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"

    @Test("are read from YAML and from JSON alike")
    func forms() throws {
        let yaml = """
            on_tcp_connect:
              - name: only us
                expressions:
                  - "!(conn.client_ip in ['192.0.2.1'])"
                  - conn.tls.sni.endsWith('.example')
                actions:
                  - type: log
                    config:
                      metadata: { who: "${conn.client_ip}", count: 1, flag: true, "text": "true" }
                  - type: deny
            """
        let json = #"""
            {"on_tcp_connect": [{"name": "only us",
              "expressions": ["!(conn.client_ip in ['192.0.2.1'])", "conn.tls.sni.endsWith('.example')"],
              "actions": [{"type": "log", "config": {"metadata": {"who": "${conn.client_ip}", "count": 1, "flag": true, "text": "true"}}},
                {"type": "deny"}]}]}
            """#
        for text in [yaml, json] {
            let document = try PolicyDocument(text, file: "p")
            #expect(document.rules.count == 1)
            #expect(document.rules[0].name == "only us")
            #expect(document.rules[0].conditions.count == 2)
            #expect(document.rules[0].actions.map(\.kind.name) == ["log", "deny"])
            var run = PolicyRun(document, connection: PolicyBench.connection()) { _ in nil }
            #expect(run.next() == .close(.deny))
            #expect(
                run.logs.map { String(decoding: $0.encoded, as: UTF8.self) } == [
                    #"{"who":"192.0.2.7","count":1,"flag":true,"text":"true"}"#
                ]
            )
        }
    }

    @Test(
        "of 2024 call the phase inbound, and names are in camel case",
        arguments: [
            "inbound:\n- expressions: [\"conn.ClientIP == '192.0.2.7' && conn.TLS.SNI == 'app.example'\"]\n  actions: [{type: deny}]\n",
            "inbound: [{expressions: [\"inCidrRanges(conn.ClientIP, ['192.0.2.0/24'])\"], actions: [{type: deny}]}]\noutbound: []\n",
            "on_tcp_connect: [{actions: [{type: deny, config: {}}]}]\non_http_request: []\non_http_response: ~\noutbound:\n",
        ]
    )
    func older(_ text: String) throws {
        var run = PolicyRun(try PolicyDocument(text, file: "p"), connection: PolicyBench.connection()) { _ in nil }
        #expect(run.next() == .close(.deny))
    }

    @Test(
        "without rules let every connection pass",
        arguments: ["{}", "on_tcp_connect:\n", "on_tcp_connect: []\n", "inbound: null\n"]
    )
    func empty(_ text: String) throws {
        let document = try PolicyDocument(text, file: "p")
        #expect(document.rules.isEmpty)
        var run = PolicyRun(document, connection: PolicyBench.connection()) { _ in nil }
        #expect(run.next() == .done)
    }

    @Test(
        "of cloud endpoints must end every connection somewhere",
        arguments: [
            ("on_tcp_connect: [{actions: [{type: deny}]}]", true),
            ("on_tcp_connect: [{actions: [{type: close-connection}]}]", true),
            ("on_tcp_connect: [{actions: [{type: forward-internal, config: {url: tls://a.internal}}]}]", true),
            (
                "on_tcp_connect: [{actions: [{type: forward-internal, config: {url: tls://a.internal, on_error: continue}}]}]",
                false
            ),
            ("on_tcp_connect: [{actions: [{type: restrict-ips, config: {allow: ['::/0']}}]}]", false),
            ("on_tcp_connect: [{expressions: ['true'], actions: [{type: deny}]}]", false), ("{}", false),
            (
                "on_tcp_connect: [{expressions: ['true'], actions: [{type: deny}]}, {actions: [{type: terminate-tls}, {type: deny}]}]",
                true
            ),
        ]
    )
    func ends(_ text: String, _ hasEnd: Bool) throws {
        let document = try PolicyDocument(text, file: "p")
        #expect(document.hasEnd == hasEnd)
        if hasEnd {
            try document.requireEnd()
        } else {
            #expect(throws: NgrokError.policyWithoutEnd) { try document.requireEnd() }
            #expect(NgrokError.policyWithoutEnd.code == 2235)
        }
    }

    @Test("say how TLS may end, for who reads the certificates")
    func terminations() throws {
        let document = try PolicyDocument(
            """
            on_tcp_connect:
            - expressions: ["conn.tls.sni == 'a.example'"]
              actions:
              - type: terminate-tls
                config:
                  min_version: "1.3"
                  server_certificate: CERTIFICATE
                  server_private_key: KEY
                  mutual_tls_certificate_authorities:
                  - ca_2abc
                  - "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"
            - expressions: ["conn.tls.sni == 'b.example'"]
              actions: [{ type: terminate-tls, config: { mutual_tls_verification_strategy: request } }]
            - actions: [{ type: terminate-tls }]
            - actions: [{ type: terminate-tls, config: { mutual_tls_certificate_authorities: ["${'ca_' + conn.tls.sni}"] } }]
            """,
            file: "p"
        )
        let terminations = document.terminations
        #expect(document.endsTLS)
        #expect(terminations.count == 3)
        #expect(terminations[0].minimumVersion == .tls13 && terminations[0].maximumVersion == .tls13)
        #expect(terminations[0].certificate?.certificatePEM == "CERTIFICATE")
        #expect(terminations[0].certificate?.keyPEM.revealed == "KEY")
        #expect(!"\(terminations[0])".contains("KEY"))
        #expect(!"\(document)".contains("KEY"))
        #expect(!String(reflecting: document).contains("KEY"))
        #expect(terminations[0].authorities == [.id("ca_2abc"), .pem(Self.certificate)])
        #expect(terminations[0].verification == .requireAndVerify)
        #expect(terminations[1].verification == .request && terminations[1].authorities.isEmpty)
        #expect(terminations[2].verification == nil)
        #expect(terminations[2].minimumVersion == .tls12 && terminations[2].maximumVersion == .tls13)
    }

    @Test("name the IP policies they need")
    func policies() throws {
        let document = try PolicyDocument(
            """
            on_tcp_connect:
            - actions:
              - { type: restrict-ips, config: { ip_policies: [ipp_b, ipp_a] } }
              - { type: restrict-ips, config: { ip_policies: [ipp_a, ipp_c] } }
            """,
            file: "p"
        )
        #expect(document.ipPolicies == ["ipp_b", "ipp_a", "ipp_c"])
        #expect(!document.endsTLS)
    }

    @Test("stand in other files, and mistakes have their place there")
    func inside() throws {
        let file = "endpoint:\n  traffic_policy:\n    on_tcp_connect:\n    - actions: [{type: deny, config: {a: 1}}]\n"
        let endpoint = try #require(try YAMLValue.parse(file, file: "edge.yaml").mapping("endpoint")["endpoint"])
        let policy = try #require(try endpoint.mapping("traffic_policy")["traffic_policy"])
        let error = try #require(throws: PolicyError.self) { try PolicyDocument(policy) }
        #expect("\(error.place)" == "edge.yaml:4:38")
    }

    @Test("that are cut off or changed at random are read or refused")
    func random() throws {
        let good = """
            on_tcp_connect:
            - name: a
              expressions: ["conn.client_port > 1"]
              actions:
              - {type: set-vars, config: {vars: [{a: [1, "${conn.client_ip}"]}]}}
              - {type: restrict-ips, config: {enforce: false, allow: [10.0.0.0/8], ip_policies: [ipp_1]}}
              - {type: terminate-tls, config: {max_version: "1.2"}}
              - {type: forward-internal, config: {url: "tls://${vars.a[1]}.internal:443", on_error: continue}}
            """
        #expect(throws: Never.self) { try PolicyDocument(good, file: "p") }
        let bytes = Array(good.utf8)
        for count in 0..<bytes.count {
            _ = try? PolicyDocument(String(decoding: bytes[..<count], as: UTF8.self), file: "p")
            var changed = bytes
            changed.remove(at: count)
            _ = try? PolicyDocument(String(decoding: changed, as: UTF8.self), file: "p")
        }
    }
}
