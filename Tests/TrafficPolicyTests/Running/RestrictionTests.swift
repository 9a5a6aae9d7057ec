import Addresses
import AgentProtocol
import JSONText
import Testing
import TrafficPolicy

@Suite("restrict-ips")
struct RestrictionTests {
    private static let policies: @Sendable (String) -> IPPolicyRules? = { id in
        guard id == "ipp_office", let allowed = CIDRBlock("198.51.100.0/24"), let denied = CIDRBlock("198.51.100.66/32")
        else {
            return nil
        }
        return IPPolicyRules(allowed: [allowed], denied: [denied])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let config: String
        let client: String
        let isAllowed: Bool
        let matched: String
        var testDescription: String { "\(self.client) \(self.config)" }

        init(_ config: String, _ client: String, _ isAllowed: Bool, _ matched: String) {
            self.config = config
            self.client = client
            self.isAllowed = isAllowed
            self.matched = matched
        }
    }

    @Test(
        "lets in who is in an allowed block and in no denied one",
        arguments: [
            Case("allow: [10.0.0.0/8]", "10.1.2.3", true, "10.0.0.0/8"),
            Case("allow: [10.0.0.0/8]", "11.1.2.3", false, ""),
            Case("allow: [10.0.0.0/8], deny: [10.1.0.0/16]", "10.1.2.3", false, "10.1.0.0/16"),
            Case("allow: [10.0.0.0/8], deny: [10.1.0.0/16]", "10.2.2.3", true, "10.0.0.0/8"),
            // Who is in no list is not let in, so denying alone denies everybody.
            Case("deny: [10.0.0.0/8]", "11.1.2.3", false, ""),
            Case("deny: [10.0.0.0/8]", "10.1.2.3", false, "10.0.0.0/8"),
            Case("allow: [0.0.0.0/0]", "2001:db8::1", false, ""), Case("allow: ['::/0']", "2001:db8::1", true, "::/0"),
            Case("allow: [10.0.0.0/8]", "::ffff:10.1.2.3", true, "10.0.0.0/8"),
            Case("allow: ['::ffff:10.0.0.0/104']", "10.1.2.3", true, "10.0.0.0/8"),
            Case("ip_policies: [ipp_office]", "198.51.100.1", true, "198.51.100.0/24"),
            Case("ip_policies: [ipp_office]", "198.51.100.66", false, "198.51.100.66/32"),
            Case("allow: [198.51.100.66/32], ip_policies: [ipp_office]", "198.51.100.66", false, "198.51.100.66/32"),
            Case("allow: ['${conn.client_ip}/32']", "192.0.2.9", true, "192.0.2.9/32"),
            Case("allow: ['::/0', '0.0.0.0/0'], deny: ['${conn.client_ip}/32']", "192.0.2.9", false, "192.0.2.9/32"),
        ]
    )
    func decisions(_ example: Case) throws {
        for isEnforced in [true, false] {
            var run = try PolicyBench.run(
                """
                - actions:
                  - { type: restrict-ips, config: { enforce: \(isEnforced), \(example.config) } }
                  - type: log
                    config:
                      metadata:
                        what: ${actions.ngrok.restrict_ips.action}
                        by: "${actions.ngrok.restrict_ips.matched_cidr}"
                        error: "${actions.ngrok.restrict_ips.error.code}${actions.ngrok.restrict_ips.error.message}"
                """,
                PolicyBench.connection(client: example.client),
                policies: Self.policies
            )
            #expect(run.next() == (example.isAllowed || !isEnforced ? .done : .close(.restrictIPs)))
            #expect(run.restriction?.isAllowed == example.isAllowed)
            #expect((run.restriction?.matchedBlock?.description ?? "") == example.matched)
            guard example.isAllowed || !isEnforced else { continue }
            let what = example.isAllowed ? "allow" : "deny"
            #expect(
                run.logs.map { String(decoding: $0.encoded, as: UTF8.self) }
                    == [#"{"what":"\#(what)","by":"\#(example.matched)","error":""}"#]
            )
        }
    }

    @Test(
        "that cannot do all it should lets nobody in, and says why",
        arguments: [
            ("allow: ['::/0', '0.0.0.0/0'], ip_policies: [ipp_gone]", "ERR_NGROK_2216"),
            ("allow: ['0.0.0.0/0'], deny: ['${conn.tls.sni}']", "ERR_NGROK_2217"),
            ("allow: ['0.0.0.0/0', '${conn.tls.version}']", "ERR_NGROK_2253"),
        ]
    )
    func errors(_ config: String, _ code: String) throws {
        var enforced = try PolicyBench.run(
            "- actions: [{ type: restrict-ips, config: { \(config) } }]\n",
            policies: Self.policies
        )
        #expect(enforced.next() == .close(.restrictIPs))
        #expect(enforced.failures.map(\.error.name) == [code])
        var recorded = try PolicyBench.run(
            """
            - actions: [{ type: restrict-ips, config: { enforce: false, \(config) } }]
            - expressions: ["actions.ngrok.restrict_ips.action == 'deny' && actions.ngrok.restrict_ips.error.code == '\(code)'"]
              actions: [{ type: close-connection }]
            """,
            policies: Self.policies
        )
        #expect(recorded.next() == .close(.closeConnection))
    }
}
