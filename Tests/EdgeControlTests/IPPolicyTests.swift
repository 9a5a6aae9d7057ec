import Addresses
import EdgeControl
import Testing

@Suite("IP policies")
struct IPPolicyTests {
    @Test(
        "a rule is a block by its lowest address, and an action",
        arguments: [
            ("10.0.0.0/8", "allow", nil), ("2001:db8::/32", "deny", nil), ("", "allow", 1405),
            ("10.0.0.0/33", "allow", 1406),
            ("everybody", "allow", 1406), ("10.1.2.3", "allow", 1413), ("::1", "allow", 1413),
            ("10.1.2.3/8", "allow", 1409), ("10.0.0.0/8", "block", 1422), ("10.0.0.0/8", nil, 1422),
        ] as [(String, String?, Int?)]
    )
    func rules(_ cidr: String, _ action: String?, _ code: Int?) throws {
        var fixture = try ControlFixture()
        let policy = try fixture.create(IPPolicy.self)
        let error = refusal {
            try fixture.create(IPPolicyRule.self) { draft in
                draft.ipPolicyID = policy.id
                draft.cidr = cidr
                draft.action = action
            }
        }
        #expect(error?.code == code)
    }

    @Test("a rule suggests what was probably meant")
    func suggestions() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.create(IPPolicy.self)
        for (cidr, suggestion) in [("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("::1", "::1/128")] {
            let error = refusal {
                try fixture.create(IPPolicyRule.self) { draft in
                    draft.ipPolicyID = policy.id
                    draft.cidr = cidr
                    draft.action = "allow"
                }
            }
            #expect(error?.message.contains(suggestion) == true)
        }
    }

    @Test("a policy has one rule for a block, however it is written, and its rules are the account's")
    func duplicates() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.policy([("2001:db8::/32", "allow")])
        let other = try fixture.policy([("2001:db8::/32", "deny")])
        func rule(_ cidr: String, _ policyID: String) -> ControlError? {
            refusal {
                try fixture.create(IPPolicyRule.self) { draft in
                    draft.ipPolicyID = policyID
                    draft.cidr = cidr
                    draft.action = "deny"
                }
            }
        }
        #expect(rule("2001:0db8::/32", policy.id)?.code == 1408)
        #expect(rule("10.0.0.0/8", other.id) == nil)
        #expect(rule("10.0.0.0/8", "ipp_none")?.code == 1414)
        #expect(rule("10.0.0.0/8", "")?.code == 1405)
        let foreign = try fixture.create(IPPolicy.self, account: ControlFixture.other)
        #expect(rule("10.0.0.0/8", foreign.id)?.code == 1414)
    }

    @Test("a policy takes its rules with it")
    func cascade() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.policy([("10.0.0.0/8", "allow"), ("192.0.2.0/24", "deny")])
        let other = try fixture.policy([("10.0.0.0/8", "allow")])
        try fixture.keep()
        try fixture.state.delete(IPPolicy.self, id: policy.id, account: ControlFixture.account)
        #expect(fixture.state.ipPolicyRules.all.map(\.draft.ipPolicyID) == [other.id])
        #expect(try fixture.keep().delete.count == 3)
    }

    @Test("an edge lets in by the rules of all its policies together")
    func union() throws {
        var fixture = try ControlFixture()
        let first = try fixture.policy([("10.0.0.0/8", "allow"), ("10.9.0.0/16", "deny")])
        let second = try fixture.policy([("192.0.2.0/24", "allow")])
        _ = try fixture.policy([("0.0.0.0/0", "allow")])
        let edge = try fixture.edge([]) { $0.ipRestriction = .init(ipPolicyIDs: [first.id, second.id]) }
        let rules = try #require(fixture.state.restrictions(of: edge))
        #expect(rules.allowed.map(\.description) == ["10.0.0.0/8", "192.0.2.0/24"])
        #expect(rules.denied.map(\.description) == ["10.9.0.0/16"])
    }

    /// Rules that are gone must not read as no restriction.
    @Test("an edge with a policy without rules lets nobody in, one whose module is off asks nobody")
    func emptyPolicy() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.policy()
        let edge = try fixture.edge([]) { $0.ipRestriction = .init(ipPolicyIDs: [policy.id]) }
        let off = try fixture.edge([]) { $0.ipRestriction = .init(enabled: false, ipPolicyIDs: [policy.id]) }
        #expect(fixture.state.restrictions(of: edge) == AddressRules())
        #expect(fixture.state.restrictions(of: off) == nil)
        #expect(fixture.state.restrictions(of: try fixture.edge()) == nil)
    }
}
