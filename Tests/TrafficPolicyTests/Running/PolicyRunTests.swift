import Addresses
import AgentProtocol
import JSONText
import Testing
import TrafficPolicy

@Suite("A connection's way through a policy")
struct PolicyRunTests {
    private func text(_ value: JSONValue) -> String { String(decoding: value.encoded, as: UTF8.self) }

    @Test("goes through rules in order, and past those that are for others")
    func order() throws {
        var run = try PolicyBench.run(
            """
            - expressions: ["conn.client_ip == '192.0.2.8'"]
              actions: [{ type: deny }]
            - expressions: ["true", "conn.client_port == 50000", "endpoint.url == 'tls://app.example'"]
              actions: [{ type: log, config: { metadata: { rule: 2 } } }]
            - expressions: ["true", "false"]
              actions: [{ type: deny }]
            - actions: [{ type: log, config: { metadata: { rule: 4 } } }, { type: close-connection }]
            - actions: [{ type: deny }]
            """
        )
        #expect(run.next() == .close(.closeConnection))
        #expect(run.next() == .close(.closeConnection))
        #expect(run.logs.map(self.text) == [#"{"rule":2}"#, #"{"rule":4}"#])
        #expect(run.failures.isEmpty)
    }

    @Test("that nothing ends is done")
    func done() throws {
        var run = try PolicyBench.run(
            "- actions: [{ type: log, config: { metadata: { a: [1.5, ~, {b: '${conn.ts.start}'}] } } }]\n"
        )
        #expect(run.next() == .done)
        #expect(run.next() == .done)
        #expect(run.logs.map(self.text) == [#"{"a":[1.5,null,{"b":"2026-03-01T12:00:00.5Z"}]}"#])
    }

    @Test("waits for TLS to end, and then knows how it did")
    func termination() throws {
        var run = try PolicyBench.run(
            """
            - actions:
              - { type: log, config: { metadata: { before: "${has(conn.tls.version)}" } } }
              - { type: terminate-tls, config: { mutual_tls_certificate_authorities: [ca_1] } }
              - type: log
                config:
                  metadata:
                    version: ${conn.tls.version}
                    same: ${actions.ngrok.terminate_tls.version == conn.TLS.Version}
                    cn: ${conn.tls.client.subject.common_name}
                    subject: ${actions.ngrok.terminate_tls.client.subject}
                    names: ${conn.tls.client.san.dns_names}
                    server: ${conn.tls.server.subject.common_name} ${conn.TLS.CertCN}
                    critical: ${conn.tls.client.extensions[0].critical}
                    sni: ${actions.ngrok.terminate_tls.sni}
                    error: ${actions.ngrok.terminate_tls.error_code}
                    resumed: ${conn.tls.session_resumed}
            - expressions: ["conn.tls.client.subject.common_name == 'mallory'"]
              actions: [{ type: deny }]
            """
        )
        let first = run.next()
        guard case .terminateTLS(let termination) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(termination.authorities == [.id("ca_1")])
        #expect(run.next() == first)
        // Not asked for.
        #expect(run.forwardingFailed() == first)
        let variables = PolicyBench.termination(client: PolicyBench.certificate(commonName: "mallory"))
        #expect(run.terminated(variables) == .close(.deny))
        #expect(
            run.logs.map(self.text) == [
                #"{"before":false}"#,
                #"{"version":"1.3","same":true,"cn":"mallory","subject":"CN=mallory","names":["a.example","b.example"],"#
                    + #""server":"app.example app.example","critical":true,"sni":"app.example","error":"","resumed":false}"#,
            ]
        )
        #expect(run.terminated(variables) == .close(.deny))
    }

    @Test("a certificate's fields without a certificate are no values, and has() says so")
    func noCertificate() throws {
        var run = try PolicyBench.run(
            """
            - actions: [{ type: terminate-tls }]
            - expressions: ["!has(conn.tls.client.subject.common_name) || conn.tls.client.subject.common_name != 'a'"]
              actions: [{ type: deny }]
            """
        )
        _ = run.next()
        #expect(run.terminated(PolicyBench.termination()) == .close(.deny))
        #expect(run.failures.isEmpty)
    }

    @Test(
        "forwards, and goes on where it may when that fails",
        arguments: [("continue", PolicyDecision.close(.deny)), ("halt", .close(.forwardInternal))]
    )
    func forwarding(_ onError: String, _ outcome: PolicyDecision) throws {
        var run = try PolicyBench.run(
            """
            - actions:
              - { type: forward-internal, config: { url: "tls://${conn.tls.sni.lower()}.Internal:8443", on_error: \(onError) } }
            - actions: [{ type: deny }]
            """
        )
        let decision = run.next()
        guard case .forwardInternal(let url) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(url.host == "app.example.internal")
        #expect(url.port == 8443)
        #expect("\(url)" == "tls://app.example.internal:8443")
        #expect(run.next() == decision)
        #expect(run.terminated(PolicyBench.termination()) == decision)
        #expect(run.forwardingFailed() == outcome)
        #expect(run.forwardingFailed() == outcome)
    }

    @Test("a URL that comes to none is an endpoint that is not there")
    func badURL() throws {
        let url = "{ type: forward-internal, config: { url: \"tls://${conn.tls.sni}\", on_error: ON } }"
        var halted = try PolicyBench.run("- actions:\n  - " + url.replacing("ON", with: "halt"))
        guard case .close(.failure(let error)) = halted.next() else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == 2226)
        var continued = try PolicyBench.run(
            "- actions:\n  - " + url.replacing("ON", with: "continue") + "\n  - { type: deny }"
        )
        #expect(continued.next() == .close(.deny))
        #expect(continued.failures.map(\.error.code) == [2226])
    }

    @Test("sets variables, of which later ones may be made and the last one counts")
    func variables() throws {
        var run = try PolicyBench.run(
            """
            - actions:
              - type: set-vars
                config:
                  vars:
                  - greeting: Hello
                  - greeting: ${vars.greeting} ${conn.client_ip}
                  - number: 1.5
                  - typed: ${uint(1.5) + 10u}
                  - text: "1.5"
                  - list: [1, "${vars.typed}", { a: ~ }]
            - expressions: ["vars.number < 2.0 && vars.typed == 11u && vars.list[2].a == null && vars.text == '1.5'"]
              actions: [{ type: log, config: { metadata: { greeting: "${vars.greeting}", list: "${vars.list}" } } }]
            """
        )
        #expect(run.next() == .done)
        #expect(run.logs.map(self.text) == [#"{"greeting":"Hello 192.0.2.7","list":[1,11,{"a":null}]}"#])
        #expect(run.setVariables["greeting"]?.description == "\"Hello 192.0.2.7\"")
        #expect(run.setVariables.entries.count == 5)
    }

    @Test("a variable that no rule has set yet has no value")
    func unset() throws {
        var run = try PolicyBench.run(
            """
            - expressions: ["has(vars.a) && vars.a == 1"]
              actions: [{ type: deny }]
            - expressions: ["vars.a == 1"]
              actions: [{ type: set-vars, config: { vars: [{ a: 1 }] } }]
            """
        )
        guard case .close(.failure(let error)) = run.next() else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == 2254)
        #expect(error.message == "The expression 'vars.a == 1' has no value: there is no 'a'.")
        #expect(run.failures.map { "\($0.place)" } == ["p.yml:4:3"])
    }

    @Test(
        "an expression without a value closes the connection, for nobody knows whom the rule is for",
        arguments: [
            (
                "- expressions: [\"conn.tls.version == '1.3'\"]\n  actions: [{ type: log, config: { metadata: {} } }]\n",
                2254, "The expression 'conn.tls.version == '1.3'' has no value: 'conn.tls.version' has no value."
            ),
            (
                "- actions: [{ type: log, config: { metadata: { a: \"${1 / (conn.client_port - 50000)}\" } } }]\n",
                2253, "An expression in 'metadata.a' of log has no value: a division by zero."
            ),
            (
                "- actions: [{ type: set-vars, config: { vars: [{ a: \"${conn.tls.ja4_fingerprint}\" }] } }]\n", 2253,
                "An expression in 'vars.a' of set-vars has no value: 'conn.tls.ja4_fingerprint' has no value."
            ),
            (
                "- actions: [{ type: forward-internal, config: { url: \"tls://${conn.tls.version}.internal\" } }]\n",
                2253, "An expression in 'url' of forward-internal has no value: 'conn.tls.version' has no value."
            ),
            (
                "- actions: [{ type: terminate-tls, config: { mutual_tls_certificate_authorities: [\"${conn.tls.sni}\"] } }]\n",
                2253,
                "An expression in 'mutual_tls_certificate_authorities' of terminate-tls has no value: it is neither a certificate in PEM nor the id of an authority."
            ),
        ]
    )
    func failures(_ yaml: String, _ code: Int, _ message: String) throws {
        var run = try PolicyBench.run(yaml)
        guard case .close(.failure(let error)) = run.next() else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == code)
        #expect(error.message == message)
        #expect(run.failures.map(\.error) == [error])
    }

    @Test("TLS does not end twice")
    func twice() throws {
        var run = try PolicyBench.run("- actions: [{ type: terminate-tls }, { type: terminate-tls }]\n")
        _ = run.next()
        guard case .close(.failure(let error)) = run.terminated(PolicyBench.termination()) else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == 2232)
    }

    @Test("what a run may cost has a bound over all its rules")
    func budget() throws {
        let loop =
            "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, conn.client_port > 0)))"
        let rule = "- expressions: ['\(loop)']\n  actions: [{ type: log, config: { metadata: {} } }]\n"
        var one = try PolicyBench.run(rule)
        #expect(one.next() == .done)
        var many = try PolicyBench.run(rule.repeated(100))
        guard case .close(.failure(let error)) = many.next() else {
            Issue.record("not closed")
            return
        }
        #expect(error.message.hasSuffix("evaluating takes too many steps."))
        #expect(many.logs.count > 10)
    }

    @Test(
        "values that are small to make and endless to write are neither kept nor logged",
        arguments: [
            "log, config: { metadata: { a: VALUE } }", "log, config: { metadata: { a: 'x' , b: [VALUE] } }",
            "set-vars, config: { vars: [{ a: VALUE }] }",
        ]
    )
    func endless(_ action: String) throws {
        let value = "'${[conn.tls.sni]" + ".map(x, [x, x])".repeated(60) + "}'"
        var run = try PolicyBench.run("- actions: [{ type: \(action.replacing("VALUE", with: value)) }]\n")
        guard case .close(.failure(let error)) = run.next() else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == 2253)
        #expect(error.message.hasSuffix("evaluating takes too many steps."))
        #expect(run.logs.isEmpty)
    }

    @Test("variables made of variables do not become deeper for ever")
    func depth() throws {
        let deeper = "{ a: ['${vars.a}'] }"
        let all = (["{ a: 1 }"] + Array(repeating: deeper, count: 17)).joined(separator: ", ")
        var run = try PolicyBench.run("- actions: [{ type: set-vars, config: { vars: [\(all)] } }]\n")
        guard case .close(.failure(let error)) = run.next() else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == 2250)
    }

    @Test("what a long expression or value comes to fills no log")
    func longMessages() throws {
        let long = "x".repeated(5_000)
        var condition = try PolicyBench.run(
            "- expressions: [\"conn.tls.version == '\(long)'\"]\n  actions: [{ type: deny }]\n"
        )
        _ = condition.next()
        var url = try PolicyBench.run(
            "- actions: [{ type: forward-internal, config: { url: '${conn.tls.sni}\(long)' } }]\n"
        )
        _ = url.next()
        for message in condition.failures.map(\.error.message) + url.failures.map(\.error.message) {
            #expect(message.utf8.count < 500)
        }
        #expect(condition.failures.count == 1 && url.failures.count == 1)
    }

    @Test(
        "conditions are one, with && between them",
        arguments: [
            ("'conn.tls.version == \"1.3\"', 'false'", PolicyDecision.done),
            ("'false', 'conn.tls.version == \"1.3\"'", .done),
            ("'has(conn.tls.version)', 'conn.tls.version == \"1.3\"'", .done),
            ("'conn.tls.version == \"1.3\"', '1 / (conn.client_port - 50000) > 0', 'false'", .done),
        ]
    )
    func conjunction(_ conditions: String, _ decision: PolicyDecision) throws {
        var list = try PolicyBench.run("- expressions: [\(conditions)]\n  actions: [{ type: deny }]\n")
        #expect(list.next() == decision)
        #expect(list.failures.isEmpty)
        let joined = conditions.split(separator: ", ").map { $0.dropFirst().dropLast() }.joined(separator: " && ")
        var one = try PolicyBench.run("- expressions: ['\(joined)']\n  actions: [{ type: deny }]\n")
        #expect(one.next() == decision)
    }
}
