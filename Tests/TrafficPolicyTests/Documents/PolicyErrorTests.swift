import AgentProtocol
import ConfigurationFiles
import Testing
import TrafficPolicy

@Suite("Mistakes in traffic policies")
struct PolicyErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let code: Int
        let yaml: String
        /// With its place in front.
        let message: String
        var testDescription: String { "\(self.code): \(self.message)" }

        init(_ code: Int, _ yaml: String, _ message: String) {
            self.code = code
            self.yaml = yaml
            self.message = message
        }

        /// A rule with one action and no expression.
        static func action(_ code: Int, _ action: String, _ message: String) -> Mistake {
            Mistake(code, "on_tcp_connect:\n- actions:\n  - \(action)\n", message)
        }
    }

    private func expect(_ mistake: Mistake) throws {
        let error = try #require(throws: PolicyError.self) { try PolicyDocument(mistake.yaml, file: "p.yml") }
        #expect(error.error.code == mistake.code)
        #expect(error.description == "p.yml:\(mistake.message) (ERR_NGROK_\(mistake.code))")
    }

    @Test(
        "in their form",
        arguments: [
            Mistake(
                2236,
                "on_tcp_connect: [",
                "2:1: The traffic policy cannot be read: not YAML: did not find expected node content."
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n- actions: [{type: deny}]\n  actions: []\n",
                "2:3: The traffic policy cannot be read: the key 'actions' stands twice."
            ),
            Mistake(
                2236,
                "- actions: []\n",
                "1:1: The traffic policy cannot be read: the file must be a mapping of 'key: value' lines."
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n  actions: []\n",
                "2:3: The traffic policy cannot be read: 'on_tcp_connect' must be a list, such as [a, b]."
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n- deny\n",
                "2:3: The traffic policy cannot be read: 'on_tcp_connect[0]' must be a mapping of 'key: value' lines."
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n- expression: [a]\n  actions: []\n",
                "2:3: The traffic policy cannot be read: unknown key 'expression' in 'on_tcp_connect[0]'; did you mean 'expressions'?"
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n- expressions: 'true'\n  actions: [{type: deny}]\n",
                "2:16: The traffic policy cannot be read: 'on_tcp_connect[0].expressions' must be a list, such as [a, b]."
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n- expressions: ['']\n  actions: [{type: deny}]\n",
                "2:17: The traffic policy cannot be read: 'on_tcp_connect[0].expressions[0]' must not be empty."
            ),
            Mistake(
                2236,
                "on_tcp_connect:\n- actions: [{config: {}}]\n",
                "2:13: The traffic policy cannot be read: 'on_tcp_connect[0].actions[0].type' is missing."
            ),
            Mistake(
                2236,
                "inbound: []\non_tcp_connect: []\n",
                "2:1: The traffic policy cannot be read: 'on_tcp_connect' is another name of 'inbound'; give one."
            ),
            Mistake(
                2230,
                "on_http_request:\n- actions: [{type: deny}]\n",
                "1:1: TLS endpoints have no phase 'on_http_request'; they have on_tcp_connect."
            ),
            Mistake(
                2230,
                "outbound:\n- actions: [{type: log}]\n",
                "1:1: TLS endpoints have no phase 'outbound'; they have on_tcp_connect."
            ),
            Mistake(
                2230,
                "on_tcp_conect: []\n",
                "1:1: TLS endpoints have no phase 'on_tcp_conect'; did you mean 'on_tcp_connect'?"
            ),
            Mistake(
                2206,
                "on_tcp_connect:\n- name: a\n",
                "2:3: 'on_tcp_connect[0]' has no action. A rule needs one or more."
            ),
            Mistake(
                2206,
                "on_tcp_connect:\n- actions: []\n",
                "2:12: 'on_tcp_connect[0]' has no action. A rule needs one or more."
            ),
            Mistake(
                2264,
                "on_tcp_connect: [\(Array(repeating: "{actions: [{type: deny}]}", count: 201).joined(separator: ","))]",
                "1:17: The traffic policy has more than 200 rules. Join some."
            ),
            Mistake(
                2265,
                "on_tcp_connect:\n- actions: [\(Array(repeating: "{type: log}", count: 51).joined(separator: ","))]",
                "2:12: 'on_tcp_connect[0]' has more than 50 actions. Make two rules of it."
            ),
            Mistake(
                2265,
                "on_tcp_connect:\n- expressions: [\(Array(repeating: "'true'", count: 51).joined(separator: ","))]\n  actions: []\n",
                "2:16: 'on_tcp_connect[0]' has more than 50 expressions. Make two rules of it."
            ),
        ]
    )
    func form(_ mistake: Mistake) throws { try self.expect(mistake) }

    @Test(
        "in expressions",
        arguments: [
            Mistake(
                2200,
                "on_tcp_connect:\n- expressions:\n  - conn.client_ip == '1.2.3.4'\n  - conn.clientip == 'a'\n  actions: [{type: deny}]\n",
                "4:5: The expression 'on_tcp_connect[0].expressions[1]' cannot be used: there is no 'conn.clientip'; did you mean 'conn.client_ip'? (line 1, column 1)."
            ),
            Mistake(
                2200,
                "on_tcp_connect:\n- expressions: ['conn.client_port']\n  actions: [{type: deny}]\n",
                "2:17: The expression 'on_tcp_connect[0].expressions[0]' cannot be used: the expression must be a bool, not int (line 1, column 1)."
            ),
            Mistake(
                2200,
                "on_tcp_connect:\n- expressions:\n  - |-\n    true &&\n    vars.colour == 'a'\n  actions: [{type: set-vars, config: {vars: [{color: 1}]}}]\n",
                "3:5: The expression 'on_tcp_connect[0].expressions[0]' cannot be used: there is no 'colour'; did you mean 'color'? (line 2, column 6)."
            ),
            Mistake(
                2200,
                "inbound:\n- expressions: ['conn.ClientIP != 8.8.8.8']\n  actions: [{type: deny}]\n",
                "2:17: The expression 'inbound[0].expressions[0]' cannot be used: a number where an operator should be (line 1, column 21)."
            ),
            Mistake(
                2200,
                "on_tcp_connect:\n- expressions: [\"conn.geo.country_code == 'US'\"]\n  actions: [{type: deny}]\n",
                "2:17: The expression 'on_tcp_connect[0].expressions[0]' cannot be used: 'conn.geo' has no value here: this edge does not know where addresses are (line 1, column 1)."
            ),
            Mistake(
                2200,
                "on_tcp_connect:\n- expressions: [\"req.method == 'GET'\"]\n  actions: [{type: deny}]\n",
                "2:17: The expression 'on_tcp_connect[0].expressions[0]' cannot be used: 'req' has no value here: TLS endpoints see no requests (line 1, column 1)."
            ),
            Mistake.action(
                2224,
                "{type: log, config: {metadata: {a: 'x ${conn.tls.snj}'}}}",
                "3:40: An expression in 'metadata' of log cannot be used: there is no 'conn.tls.snj'; did you mean 'conn.tls.sni'? (line 1, column 5)."
            ),
            Mistake.action(
                2224,
                "{type: forward-internal, config: {url: 'tls://${x}.internal'}}",
                "3:44: An expression in 'url' of forward-internal cannot be used: there is no 'x'; there are 'actions', 'conn', 'endpoint', 'time', 'vars' (line 1, column 9)."
            ),
        ]
    )
    func expressions(_ mistake: Mistake) throws { try self.expect(mistake) }

    @Test(
        "in actions",
        arguments: [
            .action(
                2201,
                "type: alow",
                "3:11: There is no action 'alow'; there are close-connection, deny, forward-internal, log, restrict-ips, set-vars, terminate-tls."
            ),
            .action(2201, "type: restrict-ip", "3:11: There is no action 'restrict-ip'; did you mean 'restrict-ips'?"),
            .action(2202, "type: add-headers", "3:11: The phase 'on_tcp_connect' has no action 'add-headers'."),
            Mistake(
                2205,
                "inbound:\n- actions: [{type: rate-limit}]\n",
                "2:20: TLS endpoints have no action 'rate-limit'."
            ),
            .action(
                2207,
                "type: deny\n  - type: close-connection",
                "4:5: The action 'close-connection' comes after 'deny', which ends the connection's rules."
            ),
            .action(
                2207,
                "{type: forward-internal, config: {url: tls://a.internal}}\n  - type: deny",
                "4:5: The action 'deny' comes after 'forward-internal', which ends the connection's rules."
            ),
            .action(
                2203,
                "{type: deny, config: {status_code: 404}}",
                "3:26: The configuration of deny cannot be read: deny of a TLS endpoint has no configuration."
            ),
            .action(
                2203,
                "{type: close-connection, config: [a]}",
                "3:38: The configuration of close-connection cannot be read: 'on_tcp_connect[0].actions[0].config' must be a mapping of 'key: value' lines."
            ),
            .action(
                2203,
                "{type: log, config: {metdata: {}}}",
                "3:26: The configuration of log cannot be read: there is no 'metdata'; did you mean 'metadata'?"
            ),
            .action(2234, "type: log", "3:5: The configuration of log lacks 'metadata'."),
            .action(2234, "{type: log, config: {metadata: ~}}", "3:25: The configuration of log lacks 'metadata'."),
            .action(
                2203,
                "{type: log, config: {metadata: [a]}}",
                "3:36: The configuration of log cannot be read: 'on_tcp_connect[0].actions[0].config.metadata' must be a mapping of 'key: value' lines."
            ),
            .action(2234, "{type: set-vars, config: {}}", "3:30: The configuration of set-vars lacks 'vars'."),
            .action(
                2252,
                "{type: set-vars, config: {vars: {a: 1}}}",
                "3:37: 'vars' of set-vars must be a list of mappings with one name each."
            ),
            .action(
                2252,
                "{type: set-vars, config: {vars: [{a: 1, b: 2}]}}",
                "3:38: 'vars' of set-vars must be a list of mappings with one name each."
            ),
            .action(
                2210,
                "{type: set-vars, config: {vars: [{a-b: 1}]}}",
                "3:39: 'a-b' is no name of a variable. Use letters, digits and '_'."
            ),
            .action(
                2210,
                "{type: set-vars, config: {vars: [{1a: 1}]}}",
                "3:39: '1a' is no name of a variable. Use letters, digits and '_'."
            ),
            .action(
                2250,
                "{type: set-vars, config: {vars: [{a: \("[".repeated(17))\("]".repeated(17))}]}}",
                "3:58: A variable of set-vars has more than 16 lists or mappings inside each other."
            ),
            .action(
                2255,
                "{type: set-vars, config: {vars: [\(Array(repeating: "{a: 1}", count: 101).joined(separator: ","))]}}",
                "3:37: set-vars has more than 100 variables."
            ),
            .action(
                2234,
                "{type: restrict-ips, config: {enforce: true}}",
                "3:34: The configuration of restrict-ips lacks 'allow'."
            ),
            .action(
                2222,
                "{type: restrict-ips, config: {enforce: yes, allow: ['::/0']}}",
                "3:44: 'enforce' of restrict-ips must be true or false, not 'yes'."
            ),
            .action(
                2217,
                "{type: restrict-ips, config: {allow: [192.0.2.1]}}",
                "3:43: '192.0.2.1' is no CIDR. Write an address and a prefix length, such as 192.0.2.0/24."
            ),
            .action(
                2217,
                "{type: restrict-ips, config: {allow: ['::/0'], deny: [10.0.0.0/33]}}",
                "3:59: '10.0.0.0/33' is no CIDR. Write an address and a prefix length, such as 192.0.2.0/24."
            ),
            .action(2223, "{type: restrict-ips, config: {allow: ['']}}", "3:43: 'allow' of restrict-ips is empty."),
            .action(
                2216,
                "{type: restrict-ips, config: {ip_policies: [office]}}",
                "3:49: There is no IP policy 'office'."
            ),
            .action(
                2231,
                "{type: restrict-ips, config: {ip_policies: [ipp_1, ipp_1]}}",
                "3:56: 'ip_policies' of restrict-ips has 'ipp_1' twice."
            ),
            .action(
                2218,
                "{type: restrict-ips, config: {allow: [\(Array(repeating: "'::/0'", count: 1001).joined(separator: ","))]}}",
                "3:42: 'allow' has 1001 entries, and may have 1000."
            ),
            .action(2234, "type: forward-internal", "3:5: The configuration of forward-internal lacks 'url'."),
            .action(
                2226,
                "{type: forward-internal, config: {url: a.internal}}",
                "3:44: 'url' of forward-internal must be a URL, not 'a.internal'. Write tls://NAME.internal."
            ),
            .action(
                2226,
                "{type: forward-internal, config: {url: 'tls://a.internal/x'}}",
                "3:44: 'url' of forward-internal must be a URL, not 'tls://a.internal/x'. Write tls://NAME.internal."
            ),
            .action(
                2226,
                "{type: forward-internal, config: {url: 'tls://a.internal:0'}}",
                "3:44: 'url' of forward-internal must be a URL, not 'tls://a.internal:0'. Write tls://NAME.internal."
            ),
            .action(
                2222,
                "{type: forward-internal, config: {url: 'https://a.internal'}}",
                "3:44: 'url' of forward-internal must be a TLS endpoint's, as this one's is, not 'https://a.internal'."
            ),
            .action(
                2222,
                "{type: forward-internal, config: {url: 'tls://a.example'}}",
                "3:44: 'url' of forward-internal must be an internal endpoint's, tls://NAME.internal, not 'tls://a.example'."
            ),
            .action(
                2222,
                "{type: forward-internal, config: {url: tls://a.internal, on_error: stop}}",
                "3:72: 'on_error' of forward-internal must be halt or continue, not 'stop'."
            ),
            .action(
                2222,
                "{type: terminate-tls, config: {min_version: 1.1}}",
                "3:49: 'min_version' of terminate-tls must be 1.2 or 1.3, not '1.1'."
            ),
            .action(
                2222,
                "{type: terminate-tls, config: {min_version: '1.3', max_version: '1.2'}}",
                "3:69: 'max_version' of terminate-tls must be no lower than min_version, 1.3, not '1.2'."
            ),
            .action(
                2240,
                "{type: terminate-tls, config: {server_certificate: x}}",
                "3:56: 'server_certificate' of terminate-tls needs 'server_private_key'."
            ),
            .action(
                2240,
                "{type: terminate-tls, config: {server_private_key: x}}",
                "3:56: 'server_private_key' of terminate-tls needs 'server_certificate'."
            ),
            .action(
                2222,
                "{type: terminate-tls, config: {mutual_tls_certificate_authorities: [nonsense]}}",
                "3:73: 'mutual_tls_certificate_authorities' of terminate-tls must be certificates in PEM or the id of an authority, ca_…, not '…'."
            ),
            .action(
                2222,
                "{type: terminate-tls, config: {mutual_tls_verification_strategy: verify}}",
                "3:70: 'mutual_tls_verification_strategy' of terminate-tls must be require-and-verify or require-any or request, not 'verify'."
            ),
            .action(
                2240,
                "{type: terminate-tls, config: {mutual_tls_verification_strategy: require-and-verify}}",
                "3:70: 'mutual_tls_verification_strategy' of terminate-tls needs 'mutual_tls_certificate_authorities'."
            ),
        ]
    )
    func actions(_ mistake: Mistake) throws { try self.expect(mistake) }

    @Test("of size are refused before they are read")
    func size() throws {
        let error = try #require(throws: PolicyError.self) {
            try PolicyDocument("#" + "a".repeated(600_000), file: "p.yml")
        }
        #expect(
            error.description
                == "p.yml: The traffic policy cannot be read: it has more than 524288 bytes. (ERR_NGROK_2236)"
        )
    }

    @Test("are told to who sent the policy by line and column")
    func located() throws {
        let error = try #require(throws: PolicyError.self) {
            try PolicyDocument("on_tcp_connect:\n- actions: [{type: x}]\n", file: "TrafficPolicy")
        }
        #expect(error.located.code == 2201)
        #expect(error.located.message.hasPrefix("line 2, column 20: There is no action 'x'"))
    }
}
