import AgentProtocol
import CredentialTesting
import DocumentationTesting
import EdgeServer
import HTTPTesting
import HangTesting
import JSONText
import MuxadoChannel
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@Suite("Traffic policies of endpoints", .noHang)
struct TrafficPolicyTests {
    private static let name = "policy.shakedown.test"

    /// A policy of one rule.
    static func policy(_ actions: String..., when conditions: String...) -> String {
        """
        on_tcp_connect:
          - expressions: [\(conditions.map { "\"\($0)\"" }.joined(separator: ", "))]
            actions:
        \(actions.map { "      - \($0)" }.joined(separator: "\n"))
        """
    }

    /// What one client gets that says no more than its hello; empty where it is closed without a word.
    private static func answer(_ edge: TestEdge, _ name: String = Self.name) async throws -> String {
        let client = try await edge.connectRaw()
        try await client.send(TestHello.bytes(serverName: name))
        let seen = try await client.end()
        #expect(seen.endedInOrder)
        return seen.text
    }

    struct Closing: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let policy: String
        let reason: String
        var decision: String?
    }

    @Test(
        "a client whom a policy keeps away is closed without a byte, and the agent never hears of it",
        arguments: [
            Closing(testDescription: "deny", policy: policy("type: deny"), reason: "policy_deny"),
            Closing(testDescription: "close", policy: policy("type: close-connection"), reason: "policy_close"),
            Closing(
                testDescription: "an address",
                policy: policy("{ type: restrict-ips, config: { deny: [127.0.0.0/8], allow: [0.0.0.0/0] } }"),
                reason: "ip_denied",
                decision: "block"
            ),
            Closing(
                testDescription: "a condition that holds",
                policy: policy(
                    "type: deny",
                    when: "conn.tls.sni == '\(name)'",
                    "inCidrRange(conn.client_ip, '127.0.0.0/8')"
                ),
                reason: "policy_deny"
            ),
            Closing(
                testDescription: "a condition without a value: nothing has ended TLS",
                policy: policy("type: deny", when: "conn.tls.version == '1.2'"),
                reason: "policy_failed"
            ),
        ]
    )
    func closes(_ closing: Closing) async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, Self.name, behaviour: .speakAndEnd(Array("in".utf8))) {
                $0.trafficPolicy = closing.policy
            }
            #expect(try await Self.answer(edge) == "")
            let counted = try await edge.connectionsCounted()
            #expect(counted == [#"{outcome="refused",reason="\#(closing.reason)"} 1"#])
            // The first stream that the agent sees is of a client that the policy is not about.
            #expect(try await agent.bind { $0.hostname = "open.shakedown.test" }.error.isEmpty)
            #expect(try await Self.answer(edge, "open.shakedown.test") == "in")
            #expect(try await agent.nextStream().header?.id.isEmpty == false)
            try await agent.vanish()
        }
        #expect(events.map(\.object.ipPolicy?.decision) == [closing.decision, nil])
    }

    @Test("what a policy logs is in the event, and so is what restrict-ips has decided where it is enforced")
    func logs() async throws {
        let log = "{ type: log, config: { metadata: { name: '${conn.tls.sni}', from: '${conn.client_ip}' } } }"
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, Self.name, behaviour: .speakAndEnd(Array("in".utf8))) {
                $0.trafficPolicy = Self.policy(
                    log,
                    "{ type: restrict-ips, config: { allow: [127.0.0.1/32] } }",
                    "{ type: log, config: { metadata: { by: '${actions.ngrok.restrict_ips.matched_cidr}' } } }"
                )
            }
            #expect(try await Self.answer(edge) == "in")
            let other = try await agent.bind {
                $0.hostname = "told.shakedown.test"
                $0.trafficPolicy = Self.policy(
                    "{ type: restrict-ips, config: { enforce: false, allow: [192.0.2.0/24] } }"
                )
            }
            #expect(other.error.isEmpty)
            #expect(try await Self.answer(edge, "told.shakedown.test") == "in")
            try await agent.vanish()
        }
        #expect(events.map(\.object.ipPolicy?.decision) == ["allow", nil])
        let logs = [["name": Self.name, "from": "127.0.0.1"], ["by": "127.0.0.1/32"]]
        #expect(events.map(\.object.trafficPolicy?.logs) == [logs, nil])
    }

    @Test("an endpoint's own restrictions come before its policy, and neither lets in whom the other keeps away")
    func restrictions() async throws {
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, Self.name) {
                $0.ipRestriction = .init(allowCIDRs: ["192.0.2.0/24"])
                $0.trafficPolicy = Self.policy(
                    "{ type: log, config: { metadata: { ran: 'yes' } } }",
                    "{ type: restrict-ips, config: { allow: [0.0.0.0/0] } }"
                )
            }
            #expect(try await Self.answer(edge) == "")
            try await agent.vanish()
        }
        #expect(events.map(\.object.ipPolicy?.decision) == ["block"])
        #expect(events.map(\.object.trafficPolicy?.logs) == [nil])
    }

    @Test("the policy object of 2024 is kept too")
    func olderPolicy() async throws {
        try await TestEdge.run { edge in
            let action = JSONValue.object([.init("type", .string("deny"))])
            let rule = JSONValue.object([.init("actions", .array([action]))])
            let agent = try await TestAgent.serving(edge, Self.name, behaviour: .speakAndEnd(Array("in".utf8))) {
                $0.policy = .object([.init("inbound", .array([rule])), .init("outbound", .array([]))])
            }
            #expect(try await Self.answer(edge) == "")
            try await agent.vanish()
        }
    }

    @Test("the policy of the documentation does what its page says")
    func documented() async throws {
        let page = try MarkdownPage.read("Docs/edge-configuration.md")
        let block = try #require(page.blocks.first { $0.lines.first == "# policy.yaml" })
        let policy = block.text.replacing("192.0.2.0/24", with: "127.0.0.0/8").replacing(
            "example.test",
            with: "example.org"
        )
        let events = try await TestEdge.run { edge in
            let agent = try await TestAgent.serving(edge, "*.example.org") { $0.trafficPolicy = policy }
            let inner = try await TestAgent.serving(edge, "db.internal", behaviour: .speakAndEnd(Array("db".utf8)))
            #expect(try await Self.answer(edge, "db.example.org") == "db")
            let client = try await edge.connect("named.example.org")
            try await client.send([1])
            #expect(try await client.bytes(1) == [1])
            client.channel.close(promise: nil)
            try await agent.vanish()
            try await inner.vanish()
        }
        #expect(events.map(\.object.ipPolicy?.decision) == ["allow", "allow"])
        #expect(events.last?.object.trafficPolicy?.logs.first?["cipher"]?.hasPrefix("TLS_") == true)
        #expect(block.text.contains("192.0.2.0/24") && block.text.contains("example.test"))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: Int
        /// What the text says beside it.
        let words: [String]
        let edit: @Sendable (inout TLSOptions) throws -> Void
    }

    @Test(
        "a policy that cannot be kept refuses the bind, with its code and its place",
        arguments: [
            Refusal(testDescription: "both fields", code: 9025, words: []) {
                $0.policy = .object([])
                $0.trafficPolicy = policy("type: deny")
            },
            Refusal(testDescription: "an action of no kind", code: 9026, words: ["ERR_NGROK_2201", "line 4, column"]) {
                $0.trafficPolicy = policy("type: denny")
            },
            Refusal(testDescription: "an IP policy of nobody", code: 9026, words: ["ERR_NGROK_2216", "ipp_none"]) {
                $0.trafficPolicy = policy("{ type: restrict-ips, config: { ip_policies: [ipp_none] } }")
            },
            Refusal(testDescription: "a CA of nobody", code: 9026, words: ["ERR_NGROK_7072", "ca_none"]) {
                $0.trafficPolicy = policy(
                    "{ type: terminate-tls, config: { mutual_tls_certificate_authorities: [ca_none] } }"
                )
            },
            Refusal(testDescription: "halves of two pairs", code: 9026, words: ["ERR_NGROK_14001"]) {
                let authority = try TestAuthority(name: "own")
                let (one, other) = (try authority.issue([name]), try authority.issue([name]))
                $0.trafficPolicy = policy(
                    PolicyTerminationTests.terminate([
                        ("server_certificate", one.certificatePEM), ("server_private_key", other.keyPEM),
                    ])
                )
            },
            Refusal(testDescription: "a CA that is none", code: 9026, words: ["ERR_NGROK_1696"]) {
                let pem = try TestAuthority(name: "none", isAuthority: false).certificatePEM
                $0.trafficPolicy = policy(
                    PolicyTerminationTests.terminate([], authorities: [pem])
                )
            },
        ]
    )
    func refuses(_ refusal: Refusal) async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge)
            _ = try await agent.authenticate()
            let bound = try await agent.bind {
                $0.hostname = Self.name
                try refusal.edit(&$0)
            }
            #expect(NgrokError(text: bound.error).code == refusal.code, "\(bound.error)")
            for words in refusal.words { #expect(bound.error.contains(words), "\(bound.error)") }
            #expect(try await agent.bind { $0.hostname = Self.name }.error.isEmpty)
            try await agent.vanish()
        }
    }

    @Test("a policy is replaced while its endpoint is online; one that cannot be kept leaves the one before")
    func patch() async throws {
        try await TestEdge.run { edge in
            let agent = try await TestAgent.connect(to: edge, behaviour: .speakAndEnd(Array("in".utf8)))
            _ = try await agent.authenticate()
            let bound = try await agent.bind {
                $0.hostname = Self.name
                $0.trafficPolicy = Self.policy("type: deny")
            }
            #expect(try await Self.answer(edge) == "")
            for (policy, code, answer) in [
                (Self.policy("type: denny"), 9026, ""), (Self.policy("type: deny", when: "false"), nil, "in"),
                (Self.policy("type: deny"), nil, ""), ("", nil, "in"),
            ] as [(String, Int?, String)] {
                var patch = PatchTunnelState(tunnelID: bound.id)
                patch.trafficPolicy = policy
                let answered: PatchTunnelStateResp = try await agent.request(.patchTunnelState, patch)
                #expect(answered.error.isEmpty ? code == nil : NgrokError(text: answered.error).code == code)
                #expect(try await Self.answer(edge) == answer, "\(policy)")
            }
            try await agent.vanish()
        }
    }

    @Test(
        "an IP policy of the account is asked for each client, as its rules are then, and another account's is not there"
    )
    func accountsPolicy() async throws {
        try await TestEdge.run { edge in
            let made = try await edge.api.send(.POST, "/ip_policies", "{}")
            let id = try #require(made.json?["id"]?.text)
            let policy = Self.policy("{ type: restrict-ips, config: { ip_policies: [\(id)] } }")
            let agent = try await TestAgent.serving(edge, Self.name, behaviour: .speakAndEnd(Array("in".utf8))) {
                $0.trafficPolicy = policy
            }
            #expect(try await Self.answer(edge) == "")
            let rule = #"{"ip_policy_id":"\#(id)","cidr":"127.0.0.0/8","action":"allow"}"#
            #expect(try await edge.api.send(.POST, "/ip_policy_rules", rule).status == 201)
            #expect(try await Self.answer(edge) == "in")
            let other = try await TestAgent.connect(to: edge)
            _ = try await other.authenticate(token: TestEdge.otherToken)
            let refused = try await other.bind {
                $0.hostname = "theirs.example.net"
                $0.trafficPolicy = policy
            }
            #expect(NgrokError(text: refused.error).code == 9026)
            try await agent.vanish()
            try await other.vanish()
        }
    }
}
