import EdgeControl
import EdgeCore
import Testing

@Suite("What a configuration file says there is to be")
struct SeedTests {
    /// A file with an account, and what else the test wants in it.
    private static func seed(_ edit: (inout Seed) throws -> Void = { _ in }) throws -> Seed {
        var seed = Seed()
        try seed.add(account: ControlFixture.account, .init(name: "One", plan: .enterprise))
        try seed.add(account: ControlFixture.other, .init(name: "Other", plan: .enterprise))
        try edit(&seed)
        return seed
    }

    private static func add(domain: String, description: String = "", to seed: inout Seed) throws {
        var draft = ReservedDomain.Draft()
        draft.domain = domain
        draft.description = description
        try seed.add(ReservedDomain.self, draft, named: domain, account: ControlFixture.account)
    }

    private static func add(policy name: String, to seed: inout Seed) throws -> String {
        let id = try seed.add(IPPolicy.self, .init(), named: name, account: ControlFixture.account)
        var rule = IPPolicyRule.Draft()
        rule.ipPolicyID = id
        rule.cidr = "10.0.0.0/8"
        rule.action = "allow"
        try seed.add(IPPolicyRule.self, rule, named: "\(name)/0", account: ControlFixture.account)
        return id
    }

    @Test("is put in whole, in whatever order it is written, and makes the same objects each time")
    func putIn() throws {
        let seed = try Self.seed { seed in
            // The edge comes before what it refers to.
            var edge = TLSEdge.Draft()
            edge.hostports = ["a.example.com:443"]
            edge.backend = BackendModule(backendID: Seed.id(TunnelGroupBackend.self, "web"))
            edge.ipRestriction = IPRestrictionModule(ipPolicyIDs: [Seed.id(IPPolicy.self, "office")])
            try seed.add(TLSEdge.self, edge, named: "a", account: ControlFixture.account)
            try Self.add(domain: "a.example.com", to: &seed)
            var group = TunnelGroupBackend.Draft()
            group.labels = ["role": "web"]
            try seed.add(TunnelGroupBackend.self, group, named: "web", account: ControlFixture.account)
            _ = try Self.add(policy: "office", to: &seed)
            var credential = Credential.Draft()
            credential.digest = TokenDigest(of: "token")
            try seed.add(Credential.self, credential, named: "token", account: ControlFixture.account)
        }
        var first = try ControlFixture()
        #expect(try first.state.apply(seed, context: first.context) == [])
        let edge = try #require(first.state.edge(forServerName: "a.example.com")?.edge)
        #expect(edge.id == Seed.id(TLSEdge.self, "a"))
        #expect(edge.id.utf8.count == "edgtls_".utf8.count + 26)
        #expect(first.state.restrictions(of: edge)?.allowed.count == 1)
        #expect(first.state.owner(ofToken: "token")?.account.id == ControlFixture.account)
        var second = try ControlFixture()
        try second.state.apply(seed, context: second.context)
        #expect(second.state.tlsEdges[edge.id] == edge)
    }

    @Test("changes nothing when it is applied again")
    func again() throws {
        var fixture = try ControlFixture()
        let seed = try Self.seed { try Self.add(domain: "a.example.com", to: &$0) }
        try fixture.state.apply(seed, context: fixture.context)
        #expect(try !fixture.keep().isEmpty)
        try fixture.state.apply(seed, context: fixture.context)
        #expect(try fixture.keep().isEmpty)
        // Nor after a restart.
        var restored = try ControlState(fixture.state.settings, restoring: fixture.kept.values)
        try restored.apply(seed, context: fixture.context)
        #expect(try restored.takeChange().isEmpty)
    }

    @Test("leaves what the API has changed, until the file says something else")
    func changes() throws {
        var fixture = try ControlFixture()
        let id = Seed.id(ReservedDomain.self, "a.example.com")
        func apply(_ description: String) throws {
            let seed = try Self.seed { try Self.add(domain: "a.example.com", description: description, to: &$0) }
            try fixture.state.apply(seed, context: fixture.context)
        }
        func description() -> String? { fixture.state.reservedDomains[id]?.draft.description }
        try apply("by the file")
        _ = try fixture.state.update(
            ReservedDomain.self,
            id: id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.description = "by the API" }
        try apply("by the file")
        #expect(description() == "by the API")
        try apply("by the file again")
        #expect(description() == "by the file again")
        let number = fixture.state.reservedDomains[id]?.identity.number
        try apply("and again")
        #expect(fixture.state.reservedDomains[id]?.identity.number == number)
    }

    @Test("leaves out what the API has deleted, until the file says something else")
    func deletions() throws {
        var fixture = try ControlFixture()
        let id = Seed.id(ReservedDomain.self, "a.example.com")
        func apply(_ description: String) throws {
            let seed = try Self.seed { try Self.add(domain: "a.example.com", description: description, to: &$0) }
            try fixture.state.apply(seed, context: fixture.context)
        }
        try apply("one")
        try fixture.state.delete(ReservedDomain.self, id: id, account: ControlFixture.account)
        try apply("one")
        #expect(fixture.state.reservedDomains[id] == nil)
        try apply("two")
        #expect(fixture.state.reservedDomains[id]?.draft.description == "two")
    }

    @Test("takes away what the file no longer has, and nothing else")
    func removal() throws {
        var fixture = try ControlFixture()
        try fixture.state.apply(
            Self.seed { seed in
                try Self.add(domain: "a.example.com", to: &seed)
                _ = try Self.add(policy: "office", to: &seed)
            },
            context: fixture.context
        )
        let own = try fixture.reserve("own.example.com")
        try fixture.keep()
        #expect(try fixture.state.apply(Self.seed(), context: fixture.context) == [])
        #expect(fixture.state.reservedDomains.all.map(\.id) == [own.id])
        #expect(fixture.state.ipPolicies.count == 0)
        #expect(fixture.state.ipPolicyRules.count == 0)
        // Three objects and the marks of three entries.
        #expect(try fixture.keep().delete.count == 6)
    }

    /// An edge whose policy went away would let in nobody, or everybody.
    @Test("keeps what the API's objects refer to, until they no longer do")
    func kept() throws {
        var fixture = try ControlFixture()
        try fixture.state.apply(Self.seed { _ = try Self.add(policy: "office", to: &$0) }, context: fixture.context)
        let id = Seed.id(IPPolicy.self, "office")
        let edge = try fixture.edge([]) { $0.ipRestriction = .init(ipPolicyIDs: [id]) }
        #expect(try fixture.state.apply(Self.seed(), context: fixture.context) == [ObjectKey(.ipPolicy, id)])
        #expect(fixture.state.restrictions(of: edge)?.allowed.count == 1)
        try fixture.state.delete(TLSEdge.self, id: edge.id, account: ControlFixture.account)
        #expect(try fixture.state.apply(Self.seed(), context: fixture.context) == [])
        #expect(fixture.state.ipPolicies.count == 0)
        #expect(fixture.state.ipPolicyRules.count == 0)
    }

    @Test("lets a name go from one entry to another")
    func renamed() throws {
        var fixture = try ControlFixture()
        func apply(_ entry: String, account: String) throws {
            let seed = try Self.seed { seed in
                var draft = ReservedDomain.Draft()
                draft.domain = "a.example.com"
                try seed.add(ReservedDomain.self, draft, named: entry, account: account)
            }
            try fixture.state.apply(seed, context: fixture.context)
        }
        try apply("first", account: ControlFixture.account)
        try apply("second", account: ControlFixture.other)
        #expect(fixture.state.reservedDomains.all.map(\.accountID) == [ControlFixture.other])
        try apply("second", account: ControlFixture.account)
        #expect(fixture.state.reservedDomains.all.map(\.accountID) == [ControlFixture.account])
    }

    /// A token of an account that is gone must let nobody in.
    @Test("takes with an account whatever it owned, by file or API")
    func accounts() throws {
        var fixture = try ControlFixture()
        try fixture.create(Credential.self) { $0.digest = TokenDigest(of: "token") }
        try fixture.reserve("a.example.com")
        let foreign = try fixture.reserve("b.example.org", account: ControlFixture.other)
        var seed = Seed()
        try seed.add(account: ControlFixture.other, .init(name: "Other", plan: .enterprise))
        try fixture.state.apply(seed, context: fixture.context)
        #expect(fixture.state.accounts.all.map(\.id) == [ControlFixture.other])
        #expect(fixture.state.credentials.count == 0)
        #expect(fixture.state.reservedDomains.all.map(\.id) == [foreign.id])
        #expect(fixture.state.owner(ofToken: "token") == nil)
    }

    @Test("is refused whole where an entry cannot be, which is named")
    func refused() throws {
        var fixture = try ControlFixture()
        try fixture.reserve("a.example.com", account: ControlFixture.other)
        try fixture.keep()
        let seed = try Self.seed { seed in
            try Self.add(domain: "fine.example.com", to: &seed)
            try Self.add(domain: "a.example.com", to: &seed)
        }
        let error = refusal { try fixture.state.apply(seed, context: fixture.context) }
        #expect(error?.code == 414)
        #expect(error?.message.contains("reserved domain 'a.example.com' of the configuration") == true)
        #expect(fixture.state.reservedDomains.count == 1)
        #expect(try fixture.keep().isEmpty)
        let twice = try Self.seed { seed in
            try Self.add(domain: "fine.example.com", to: &seed)
            try Self.add(domain: "fine.example.com", to: &seed)
        }
        #expect(refusal { try fixture.state.apply(twice, context: fixture.context) }?.message.contains("twice") == true)
    }

    @Test("may reserve for an account what accounts may not by themselves")
    func operatorsRight() throws {
        var fixture = try ControlFixture()
        try fixture.state.apply(Self.seed { try Self.add(domain: "*.edge.test", to: &$0) }, context: fixture.context)
        #expect(fixture.state.reservedDomains.count == 1)
    }
}
