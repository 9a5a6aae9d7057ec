import AgentProtocol
import EdgeCore
import Testing

/// A session that answers its heartbeats or does not.
struct TestSession: AgentHolder, ExpressibleByIntegerLiteral {
    /// Of which a test sees that it is gone.
    final class Preparation: Sendable {}

    let number: Int
    var isReachable = true
    var agent = 0

    init(_ number: Int, isReachable: Bool = true, agent: Int = 0) {
        self.number = number
        self.isReachable = isReachable
        self.agent = agent
    }

    init(integerLiteral value: Int) { self.init(value) }

    var agentID: String { self.agent == 0 ? "alone \(self.number)" : "agent \(self.agent)" }

    func isLeg(of other: Self) -> Bool { self.agent != 0 && self.agent == other.agent && self.number != other.number }
}

typealias TestTable = EdgeTable<TestSession>

enum TableFixture {
    static func account(_ domains: [String], id: String = "ac_1") throws -> Account {
        Account(id: id, name: id, plan: .enterprise, domains: try domains.map { try DomainName($0) })
    }

    static func endpoint(
        _ name: String,
        id: String,
        isPooled: Bool = false,
        visibility: EndpointConfiguration.Visibility = .everyone,
        proxyHeader: EndpointConfiguration.ProxyHeaderVersion? = nil
    ) throws -> EndpointConfiguration {
        EndpointConfiguration(
            id: id,
            accountID: "ac_1",
            name: try DomainName(name),
            visibility: visibility,
            termination: .beyond,
            restrictions: try IPRestrictions(allow: [], deny: []),
            proxyHeader: proxyHeader,
            isPooled: isPooled,
            details: EndpointConfiguration.Details(
                resourceID: "ep_\(id)",
                tunnelID: "tn_\(id)",
                createdAt: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0)
            )
        )
    }

    /// An endpoint of a TLS edge.
    static func attached(_ name: String, _ plan: BackendPlan) throws -> Endpoint<TestSession> {
        Endpoint(try Self.endpoint(name, id: "edge"), prepared: .init(), backend: .tunnels(plan))
    }

    static func tunnel(_ id: String, _ labels: [String: String], accountID: String = "ac_1") -> LabelledTunnel {
        LabelledTunnel(
            id: id,
            accountID: accountID,
            labels: labels,
            forwardsTo: "",
            metadata: "",
            startedAt: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0)
        )
    }
}

extension EdgeTable<TestSession> {
    mutating func claim(
        _ configuration: EndpointConfiguration,
        of account: Account,
        for session: TestSession
    ) throws(NgrokError) {
        try self.claim(configuration, prepared: .init(), of: account, for: session)
    }

    /// Whom clients of a name come to, in many tries.
    func members(_ serverName: String, tries: Int = 200) -> Set<Int> {
        var generator = SystemRandomNumberGenerator()
        var found: Set<Int> = []
        for _ in 0..<tries {
            guard case .endpoint(let endpoint, _) = self.route(serverName, using: &generator) else { return [] }
            if let member = endpoint.member { found.insert(member.session.number) }
        }
        return found
    }

    /// What a client is told, by the name that serves it.
    func words(_ serverName: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return switch self.route(serverName, using: &generator) {
        case .endpoint(let found, _): found.configuration.name.text + (found.member == nil ? " without members" : "")
        case .offline: "offline"
        case .unknown: "unknown"
        }
    }
}

@Suite("What the edge knows of names")
struct EdgeTableTests {
    private static let domains = ["*.example.com", "example.com"]

    /// Two sessions are open, of an account that has everything below `example.com`.
    private static func table(others: [Account] = []) throws -> TestTable {
        let accounts = [try TableFixture.account(Self.domains + ["*.deep.shop.example.com"])] + others
        var table = TestTable(names: NameDirectory(accounts: accounts, baseDomains: []))
        for session in [1, 2] { try table.begin(TestSession(session), of: Self.account()) }
        return table
    }

    private static func account() throws -> Account { try TableFixture.account(Self.domains) }

    @Test("a session that ended claims nothing more, and is over once")
    func endedSession() throws {
        var table = try Self.table()
        let released = table.end(1)
        #expect(released?.endpoints == [])
        let again = table.end(1)
        #expect(again == nil)
        let error = try #require(throws: NgrokError.self) {
            try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: Self.account(), for: 1)
        }
        #expect(error.code == 803)
        #expect(throws: NgrokError.self) {
            try table.start(TableFixture.tunnel("tn_1", ["a": "b"]), of: Self.account(), for: 1)
        }
        #expect(table.boundEndpoints.isEmpty && table.tunnels.isEmpty && table.sessions == [2])
    }

    @Test("an id is the session's own: another session has the same, and neither disturbs the other")
    func sameID() throws {
        var table = try Self.table()
        let first = try TableFixture.endpoint("a.example.com", id: "1")
        let second = try TableFixture.endpoint("b.example.com", id: "1")
        try table.claim(first, of: Self.account(), for: 1)
        try table.claim(second, of: Self.account(), for: 2)
        #expect(table.members("a.example.com") == [1] && table.members("b.example.com") == [2])
        let error = try #require(throws: NgrokError.self) {
            try table.claim(TableFixture.endpoint("c.example.com", id: "1"), of: Self.account(), for: 1)
        }
        #expect(error.code == 334)
        let released = table.release(bindID: "1", of: 1)
        #expect(released == first)
        #expect(table.members("b.example.com") == [2] && table.endpoint(id: "1", of: 2)?.configuration == second)
        #expect(first.number != second.number)
    }

    @Test("a second claim of a live name is refused with 334, whatever its case")
    func secondClaim() throws {
        var table = try Self.table()
        try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: Self.account(), for: 1)
        let error = try #require(throws: NgrokError.self) {
            try table.claim(TableFixture.endpoint("A.example.com", id: "2"), of: Self.account(), for: 2)
        }
        #expect(error.code == 334)
        #expect(!table.has("2", session: 2) && table.boundEndpoints.count == 1)
    }

    @Test("a claim of a name that is another account's is refused in the same step")
    func foreignName() throws {
        var table = try Self.table(others: [try TableFixture.account(["other.test"], id: "ac_2")])
        let error = try #require(throws: NgrokError.self) {
            try table.claim(TableFixture.endpoint("other.test", id: "1"), of: Self.account(), for: 1)
        }
        #expect(error.code == 320 && table.boundEndpoints.isEmpty)
    }

    @Test("a lost session takes down its own endpoints and tunnels only")
    func lostSession() throws {
        var table = try Self.table()
        try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: Self.account(), for: 1)
        try table.claim(TableFixture.endpoint("b.example.com", id: "2"), of: Self.account(), for: 1)
        try table.claim(TableFixture.endpoint("c.example.com", id: "3"), of: Self.account(), for: 2)
        try table.start(TableFixture.tunnel("tn_1", ["a": "b"]), of: Self.account(), for: 1)
        try table.start(TableFixture.tunnel("tn_2", ["a": "b"]), of: Self.account(), for: 2)
        #expect(table.count(of: 1) == 3)
        let ended = table.end(1)
        let released = try #require(ended)
        #expect(Set(released.endpoints.map(\.id)) == ["1", "2"] && released.tunnels.map(\.id) == ["tn_1"])
        #expect(table.members("c.example.com") == [2] && table.members("a.example.com") == [])
        #expect(table.tunnels.map(\.tunnel.id) == ["tn_2"] && table.count(of: 1) == 0)
    }

    @Test(
        "what names a client's endpoint most closely decides, whether or not anybody serves it",
        arguments: [
            ("served.example.com", "served.example.com"), ("reserved.example.com", "offline"),
            ("RESERVED.example.com", "offline"), ("other.example.com", "*.example.com"),
            ("x.shop.example.com", "offline"), ("shop.example.com", "*.example.com"),
            ("open.shop.example.com", "open.shop.example.com"), ("x.deep.shop.example.com", "*.deep.shop.example.com"),
            ("a.elsewhere.com", "offline"), ("b.elsewhere.com", "unknown"),
        ]
    )
    func route(_ serverName: String, to expected: String) throws {
        let other = try TableFixture.account(
            ["reserved.example.com", "*.shop.example.com", "a.elsewhere.com"],
            id: "ac_2"
        )
        var table = try Self.table(others: [other])
        for name in ["*.example.com", "served.example.com", "*.deep.shop.example.com"] {
            try table.claim(TableFixture.endpoint(name, id: name), of: Self.account(), for: 1)
        }
        try table.claim(TableFixture.endpoint("open.shop.example.com", id: "open"), of: other, for: 1)
        #expect(table.words(serverName) == expected)
    }

    @Test("a session cannot release or change another's endpoint")
    func foreignRelease() throws {
        var table = try Self.table()
        let endpoint = try TableFixture.endpoint("a.example.com", id: "1")
        try table.claim(endpoint, of: Self.account(), for: 1)
        let released = table.release(bindID: "1", of: 2)
        #expect(released == nil)
        let isReplaced = table.replace(endpoint, prepared: .init(), of: 2)
        #expect(!isReplaced)
        #expect(table.endpoint(id: "1", of: 2) == nil && table.endpoint(id: "tn_1", of: 1)?.configuration == endpoint)
        #expect(table.boundEndpoints.count == 1)
    }

    @Test("a change is of the endpoint that it was made of, and not of one that has its id since")
    func lateChange() throws {
        var table = try Self.table()
        let before = try TableFixture.endpoint("a.example.com", id: "1")
        try table.claim(before, of: Self.account(), for: 1)
        table.release(bindID: "1", of: 1)
        let after = try TableFixture.endpoint("a.example.com", id: "1", proxyHeader: .two)
        let preparation = TestSession.Preparation()
        try table.claim(after, prepared: preparation, of: Self.account(), for: 1)
        let isReplaced = table.replace(before, prepared: .init(), of: 1)
        #expect(!isReplaced)
        let found = table.endpoint(id: "1", of: 1)
        #expect(found?.configuration == after && found?.preparation === preparation)
    }

    // MARK: What was made for endpoints

    /// A table that holds one endpoint, and a reference to what was made for it that does not hold it.
    private struct Watched {
        var table: TestTable
        weak var preparation: TestSession.Preparation?

        init() throws {
            self.table = try EdgeTableTests.table()
            let preparation = TestSession.Preparation()
            try self.table.claim(
                TableFixture.endpoint("a.example.com", id: "1"),
                prepared: preparation,
                of: EdgeTableTests.account(),
                for: 1
            )
            self.preparation = preparation
        }
    }

    /// Keys, trust roots and what sessions are resumed by are in it: it must serve nobody else, and not pile up.
    @Test("of an endpoint whose name is refused nothing stays", arguments: ["a.example.com", "other.test"])
    func refused(name: String) throws {
        var watched = try Watched()
        weak var preparation: TestSession.Preparation?
        let error = try #require(throws: NgrokError.self) {
            let made = TestSession.Preparation()
            preparation = made
            try watched.table.claim(
                TableFixture.endpoint(name, id: "2"),
                prepared: made,
                of: Self.account(),
                for: 2
            )
        }
        #expect([334, 318, 319, 320].contains(error.code))
        #expect(preparation == nil && watched.preparation != nil)
    }

    @Test("what was made for an endpoint goes with it, and with nothing else")
    func released() throws {
        var unbound = try Watched()
        #expect(unbound.preparation != nil)
        unbound.table.release(bindID: "1", of: 1)
        #expect(unbound.preparation == nil)
        var ended = try Watched()
        ended.table.end(2)
        #expect(ended.preparation != nil)
        ended.table.end(1)
        #expect(ended.preparation == nil)
        var dispossessed = try Watched()
        let other = try TableFixture.account(["a.example.com"], id: "ac_2")
        let accounts = ["ac_1": try Self.account(), "ac_2": other]
        _ = dispossessed.table.replace(
            names: NameDirectory(accounts: Array(accounts.values), baseDomains: []),
            attached: [],
            accounts: accounts
        )
        #expect(dispossessed.preparation == nil)
    }

    @Test("a changed endpoint has what was made for it, and an id that is bound again what was made for that bind")
    func replaced() throws {
        var watched = try Watched()
        let before = try #require(watched.table.endpoint(id: "1", of: 1)).configuration
        let changed = TestSession.Preparation()
        let isReplaced = watched.table.replace(before, prepared: changed, of: 1)
        #expect(isReplaced && watched.preparation == nil)
        #expect(watched.table.endpoint(id: "1", of: 1)?.preparation === changed)
        watched.table.release(bindID: "1", of: 1)
        let again = TestSession.Preparation()
        try watched.table.claim(
            TableFixture.endpoint("a.example.com", id: "1"),
            prepared: again,
            of: Self.account(),
            for: 1
        )
        var generator = SystemRandomNumberGenerator()
        guard case .endpoint(let found, _) = watched.table.route("a.example.com", using: &generator) else {
            Issue.record("the name is not online")
            return
        }
        #expect(found.endpoint.preparation === again)
    }

    // MARK: Pools

    @Test("those that all have pooling enabled share a name, and one that has not joins none")
    func pool() throws {
        var table = try Self.table()
        try table.claim(TableFixture.endpoint("a.example.com", id: "1", isPooled: true), of: Self.account(), for: 1)
        let error = try #require(throws: NgrokError.self) {
            try table.claim(TableFixture.endpoint("a.example.com", id: "2"), of: Self.account(), for: 2)
        }
        #expect(error.code == 334)
        try table.claim(TableFixture.endpoint("a.example.com", id: "2", isPooled: true), of: Self.account(), for: 2)
        #expect(table.members("a.example.com") == [1, 2])
        table.release(bindID: "1", of: 1)
        #expect(table.members("a.example.com") == [2])
        table.end(2)
        #expect(table.words("a.example.com") == "offline")
    }

    @Test("a member whose session is late is not chosen, and a name that only such members serve is offline")
    func lateMember() throws {
        var table = try Self.table()
        let late = TestSession(3, isReachable: false)
        try table.begin(late, of: Self.account())
        try table.claim(TableFixture.endpoint("a.example.com", id: "1", isPooled: true), of: Self.account(), for: late)
        #expect(table.words("a.example.com") == "offline")
        try table.claim(TableFixture.endpoint("a.example.com", id: "2", isPooled: true), of: Self.account(), for: 2)
        #expect(table.members("a.example.com") == [2])
    }

    @Test("a second try goes to a member that serves alike and was not tried")
    func secondTry() throws {
        var table = try Self.table()
        let endpoint = try TableFixture.endpoint("a.example.com", id: "1", isPooled: true)
        try table.claim(endpoint, of: Self.account(), for: 1)
        try table.claim(
            TableFixture.endpoint("a.example.com", id: "2", isPooled: true, proxyHeader: .two),
            of: Self.account(),
            for: 2
        )
        var generator = SystemRandomNumberGenerator()
        let bound = Endpoint<TestSession>(endpoint, prepared: .init(), backend: .session(TestSession(1)))
        let first = Member(session: TestSession(1), id: "1")
        #expect(table.member(of: bound, besides: [first], using: &generator) == nil)
        try table.claim(TableFixture.endpoint("a.example.com", id: "3", isPooled: true), of: Self.account(), for: 2)
        let second = Member(session: TestSession(2), id: "3")
        #expect(table.member(of: bound, besides: [first], using: &generator) == second)
        #expect(table.member(of: bound, besides: [first, second], using: &generator) == nil)
    }

    @Test("legs of one agent bind the same endpoints, with or without pooling, and other agents do not")
    func legs() throws {
        var table = try Self.table()
        let legs = [TestSession(3, agent: 7), TestSession(4, agent: 7)]
        for leg in legs {
            try table.begin(leg, of: Self.account())
            try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: Self.account(), for: leg)
        }
        #expect(throws: NgrokError.self) {
            try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: Self.account(), for: 1)
        }
        #expect(table.members("a.example.com") == [3, 4])
        table.end(legs[0])
        #expect(table.members("a.example.com") == [4])
    }

    @Test("an internal endpoint is reached by its own account, and by no client's name")
    func internalEndpoint() throws {
        var table = try Self.table()
        let name = "a.internal"
        let endpoint = try TableFixture.endpoint(name, id: "1", visibility: .account("ac_1"))
        try table.claim(endpoint, of: Self.account(), for: 1)
        #expect(table.words("a.internal") == "unknown")
        var generator = SystemRandomNumberGenerator()
        guard case .endpoint(let found, _) = table.route(internally: name, accountID: "ac_1", using: &generator) else {
            Issue.record("the account's own endpoint was not found")
            return
        }
        #expect(found.configuration == endpoint && found.member?.session == 1)
        guard case .unknown = table.route(internally: name, accountID: "ac_2", using: &generator) else {
            Issue.record("another account reached it")
            return
        }
    }
}

@Suite("Endpoints of TLS edges")
struct AttachedEndpointTests {
    private static func account() throws -> Account { try TableFixture.account(["*.example.com"]) }

    private static func table(_ attached: [Endpoint<TestSession>]) throws -> TestTable {
        let accounts = [try Self.account()]
        var table = TestTable(names: NameDirectory(accounts: accounts, baseDomains: []))
        for session in [1, 2, 3] { try table.begin(TestSession(session), of: Self.account()) }
        _ = table.replace(
            names: table.names,
            attached: attached,
            accounts: Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0) })
        )
        return table
    }

    private static let web = ["team": "web"]

    @Test("every tunnel of the account that has all of the group's labels takes connections, and no other")
    func labels() throws {
        var table = try Self.table([try TableFixture.attached("a.example.com", .group(labels: Self.web))])
        #expect(table.words("a.example.com") == "a.example.com without members")
        try table.start(TableFixture.tunnel("tn_1", Self.web), of: Self.account(), for: 1)
        try table.start(TableFixture.tunnel("tn_2", ["team": "web", "region": "eu"]), of: Self.account(), for: 2)
        try table.start(TableFixture.tunnel("tn_3", ["team": "api"]), of: Self.account(), for: 3)
        try table.start(TableFixture.tunnel("tn_4", ["region": "eu"]), of: Self.account(), for: 3)
        try table.start(TableFixture.tunnel("tn_5", Self.web, accountID: "ac_2"), of: Self.account(), for: 3)
        #expect(table.members("a.example.com") == [1, 2])
        table.stop(tunnelID: "tn_1", of: 1)
        #expect(table.members("a.example.com") == [2])
        let stopped = table.stop(tunnelID: "tn_2", of: 1)
        #expect(stopped == nil)
        table.end(2)
        #expect(table.words("a.example.com") == "a.example.com without members")
    }

    @Test("a backend that comes later finds the tunnels that are there")
    func laterBackend() throws {
        var table = try Self.table([])
        try table.start(TableFixture.tunnel("tn_1", Self.web), of: Self.account(), for: 1)
        let accounts = ["ac_1": try Self.account()]
        let endpoint = try TableFixture.attached("a.example.com", .group(labels: Self.web))
        _ = table.replace(names: table.names, attached: [endpoint], accounts: accounts)
        #expect(table.members("a.example.com") == [1])
        let other = try TableFixture.attached("a.example.com", .group(labels: ["team": "api"]))
        _ = table.replace(names: table.names, attached: [other], accounts: accounts)
        #expect(table.members("a.example.com") == [])
        try table.start(TableFixture.tunnel("tn_2", ["team": "api"]), of: Self.account(), for: 2)
        #expect(table.members("a.example.com") == [2])
    }

    @Test("failover takes the first group that has a tunnel")
    func failover() throws {
        let plan = BackendPlan.failover([.group(labels: Self.web), .group(labels: ["team": "spare"])])
        var table = try Self.table([try TableFixture.attached("a.example.com", plan)])
        try table.start(TableFixture.tunnel("tn_2", ["team": "spare"]), of: Self.account(), for: 2)
        #expect(table.members("a.example.com") == [2])
        try table.start(TableFixture.tunnel("tn_1", Self.web), of: Self.account(), for: 1)
        #expect(table.members("a.example.com") == [1])
        var generator = SystemRandomNumberGenerator()
        let endpoint = try TableFixture.attached("a.example.com", plan)
        let tried: Set = [Member(session: TestSession(1), id: "tn_1")]
        #expect(table.member(of: endpoint, besides: tried, using: &generator)?.id == "tn_2")
    }

    @Test("weights share the connections, a weight of 0 takes none, and an empty group leaves its share to the others")
    func weighted() throws {
        let plan = BackendPlan.weighted([
            .init(.group(labels: Self.web), weight: 3), .init(.group(labels: ["team": "api"]), weight: 1),
            .init(.group(labels: ["team": "none"]), weight: 5), .init(.group(labels: ["team": "off"]), weight: 0),
        ])
        var table = try Self.table([try TableFixture.attached("a.example.com", plan)])
        try table.start(TableFixture.tunnel("tn_1", Self.web), of: Self.account(), for: 1)
        try table.start(TableFixture.tunnel("tn_2", ["team": "api"]), of: Self.account(), for: 2)
        try table.start(TableFixture.tunnel("tn_3", ["team": "off"]), of: Self.account(), for: 3)
        var generator = SystemRandomNumberGenerator()
        var counts: [Int: Int] = [:]
        for _ in 0..<4_000 {
            guard case .endpoint(let found, _) = table.route("a.example.com", using: &generator) else { continue }
            counts[try #require(found.member).session.number, default: 0] += 1
        }
        #expect(counts.keys.sorted() == [1, 2])
        // 3 of 4 are 3,000; 200 are seven standard deviations.
        #expect(abs(counts[1, default: 0] - 3_000) < 200)
    }

    @Test("a name that an edge has is bound by nobody (381), and is free when it is detached")
    func attachedName() throws {
        var table = try Self.table([try TableFixture.attached("a.example.com", .group(labels: Self.web))])
        let endpoint = try TableFixture.endpoint("a.example.com", id: "1")
        let error = try #require(throws: NgrokError.self) {
            try table.claim(endpoint, of: Self.account(), for: 1)
        }
        #expect(error.code == 381)
        _ = table.replace(names: table.names, attached: [], accounts: ["ac_1": try Self.account()])
        try table.claim(endpoint, of: Self.account(), for: 1)
        #expect(table.members("a.example.com") == [1])
    }

    @Test("an endpoint whose name goes to an edge or to another account goes offline, with the reason")
    func dispossessed() throws {
        var table = try Self.table([])
        try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: Self.account(), for: 1)
        try table.claim(TableFixture.endpoint("b.example.com", id: "2"), of: Self.account(), for: 1)
        try table.claim(TableFixture.endpoint("c.example.com", id: "3"), of: Self.account(), for: 2)
        let other = try TableFixture.account(["b.example.com"], id: "ac_2")
        let removed = table.replace(
            names: NameDirectory(accounts: [try Self.account(), other], baseDomains: []),
            attached: [try TableFixture.attached("a.example.com", .group(labels: Self.web))],
            accounts: ["ac_1": try Self.account(), "ac_2": other]
        )
        #expect(
            Dictionary(uniqueKeysWithValues: removed.map { ($0.configuration.id, $0.reason.code) }) == [
                "1": 381, "2": 320,
            ]
        )
        #expect(removed.allSatisfy { $0.session == 1 })
        #expect(table.boundEndpoints.map(\.configuration.id) == ["3"])
        #expect(table.count(of: 1) == 0)
    }
}
