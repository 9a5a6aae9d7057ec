import Addresses
import AgentProtocol
import EdgeCore
import Testing

@Suite("IP restrictions")
struct IPRestrictionsTests {
    @Test(
        "a client is let in by an allow block and no deny block",
        arguments: [
            ("10.1.2.3", ["10.0.0.0/8"], [], .allow),
            ("11.1.2.3", ["10.0.0.0/8"], [], .block),
            ("10.1.2.3", ["10.0.0.0/8"], ["10.1.0.0/16"], .block),
            ("10.2.2.3", ["10.0.0.0/8"], ["10.1.0.0/16"], .allow),
            ("10.1.2.3", ["10.1.2.3/32"], [], .allow),
            ("10.1.2.4", ["10.1.2.3/32"], [], .block),
            ("10.1.2.3", ["10.255.255.255/8"], [], .allow),
            ("::ffff:10.1.2.3", ["10.0.0.0/8"], [], .allow),
            ("::ffff:10.1.2.3", ["::/0"], [], .block),
            ("2001:db8::1", ["2001:db8::/32"], [], .allow),
            ("2001:db9::1", ["2001:db8::/32"], [], .block),
            ("2001:db8::1", ["0.0.0.0/0"], [], .block),
            ("2001:db8:8000::1", ["2001:db8:8000::/33"], [], .allow),
            ("2001:db8:7fff::1", ["2001:db8:8000::/33"], [], .block),
            ("192.0.2.1", ["0.0.0.0/0", "::/0"], [], .allow),
            ("10.1.2.3", ["::ffff:10.1.2.0/120"], [], .allow),
            ("10.1.3.3", ["::ffff:10.1.2.0/120"], [], .block),
            ("10.1.2.3", ["0.0.0.0/0"], ["::ffff:10.1.2.3/128"], .block),
            ("::ffff:10.1.2.3", ["0.0.0.0/0"], ["::ffff:10.1.2.3/128"], .block),
            ("10.1.2.4", ["0.0.0.0/0"], ["::ffff:10.1.2.3/128"], .allow),
            ("10.1.2.3", ["::ffff:0:0/96"], [], .allow),
            ("2001:db8::1", ["::ffff:0:0/96"], [], .block),
            ("10.1.2.3", ["::/64"], [], .block),
        ] as [(String, [String], [String], IPPolicyDecision)]
    )
    func decides(_ client: String, allow: [String], deny: [String], expected: IPPolicyDecision) throws {
        let restrictions = try IPRestrictions(allow: allow, deny: deny)
        #expect(restrictions.decision(for: try #require(IPAddress(client))) == expected)
    }

    @Test("without rules nothing is decided")
    func empty() throws {
        let restrictions = try IPRestrictions(allow: [], deny: [])
        #expect(restrictions.decision(for: try #require(IPAddress("192.0.2.1"))) == nil)
    }

    @Test(
        "what is no block is refused with 362",
        arguments: [
            "10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0/8", "010.0.0.0/8", "10.0.0.0/08", "10.0.0.0/-1",
            "10.0.0.0/8/8", "::/129", ":::/0", "1::2::3/64", "fe80::1%eth0/64", "example.com/24", " 10.0.0.0/8",
        ]
    )
    func rejects(_ text: String) throws {
        let error = try #require(throws: NgrokError.self) { _ = try IPRestrictions(allow: [text], deny: []) }
        #expect(error.code == 362)
    }

    @Test("deny rules without an allow rule are refused with 393")
    func denyAlone() throws {
        let error = try #require(throws: NgrokError.self) { _ = try IPRestrictions(allow: [], deny: ["10.0.0.0/8"]) }
        #expect(error.code == 393)
    }
}
