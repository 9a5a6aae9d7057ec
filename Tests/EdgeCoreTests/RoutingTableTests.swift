import AgentProtocol
import EdgeCore
import Testing

@Suite("Routing by server name")
struct RoutingTableTests {
    private static func table() throws -> RoutingTable<String> {
        var table = RoutingTable<String>()
        for name in ["app.example.com", "*.example.com", "*.shop.example.com", "deep.a.shop.example.com"] {
            table[name: try DomainName(name)] = name
        }
        return table
    }

    @Test(
        "the exact name wins, then the longest wildcard, and no wildcard serves its own apex",
        arguments: [
            ("app.example.com", "app.example.com"),
            ("APP.Example.COM", "app.example.com"),
            ("other.example.com", "*.example.com"),
            ("a.b.c.example.com", "*.example.com"),
            ("below.app.example.com", "*.example.com"),
            ("x.shop.example.com", "*.shop.example.com"),
            ("shop.example.com", "*.example.com"),
            ("deep.a.shop.example.com", "deep.a.shop.example.com"),
            ("x.a.shop.example.com", "*.shop.example.com"),
            ("example.com", nil),
            ("notexample.com", nil),
            ("example.com.evil.test", nil),
            ("com", nil),
        ] as [(String, String?)]
    )
    func routes(_ serverName: String, to expected: String?) throws {
        #expect(try Self.table().entry(forServerName: serverName) == expected)
    }

    @Test("a removed name falls back to the wildcard above it")
    func removal() throws {
        var table = try Self.table()
        table[name: try DomainName("app.example.com")] = nil
        #expect(table.entry(forServerName: "app.example.com") == "*.example.com")
        #expect(table.count == 3)
    }

    @Test("a name with as many labels as fit is looked up")
    func manyLabels() throws {
        let name = Array(repeating: "a", count: 120).joined(separator: ".") + ".example.com"
        #expect(try Self.table().entry(forServerName: name) == "*.example.com")
    }
}

extension RoutingTableTests {
    @Test(
        "a name is covered when all that it stands for is",
        arguments: [
            ("a.example.com", true), ("deep.a.example.com", true), ("*.example.com", true), ("*.a.example.com", true),
            ("example.com", false), ("one.example.org", true), ("*.example.org", false), ("*.one.example.org", false),
        ]
    )
    func coverage(name: String, isCovered: Bool) throws {
        var table = RoutingTable<Int>()
        table[name: try DomainName("*.example.com")] = 1
        table[name: try DomainName("one.example.org")] = 2
        #expect(table.covers(try DomainName(name)) == isCovered)
    }
}

@Suite("Endpoints online")
struct EndpointRegistryTests {
    private func endpoint(_ name: String, id: String) throws -> EndpointConfiguration {
        EndpointConfiguration(
            id: id,
            accountID: "ac_1",
            name: try DomainName(name),
            termination: .beyond,
            restrictions: try IPRestrictions(allow: [], deny: []),
            proxyHeader: nil
        )
    }

    /// Two sessions are open.
    private static func registry() -> EndpointRegistry<Int> {
        var registry = EndpointRegistry<Int>()
        for session in [1, 2] { registry.begin(session) }
        return registry
    }

    @Test("a session that ended claims nothing more, and is over once")
    func endedSession() throws {
        var registry = Self.registry()
        #expect(registry.end(1) == [])
        #expect(registry.end(1) == nil)
        let error = try #require(throws: NgrokError.self) {
            try registry.claim(self.endpoint("a.example.com", id: "1"), for: 1)
        }
        #expect(error.code == 803)
        #expect(registry.onlineCount == 0 && registry.sessions == [2])
    }

    @Test("an id is one endpoint's, whichever sessions ask for it, and the next that has it is another")
    func sameID() throws {
        var registry = Self.registry()
        let first = try self.endpoint("a.example.com", id: "1")
        try registry.claim(first, for: 1)
        let error = try #require(throws: NgrokError.self) {
            try registry.claim(self.endpoint("b.example.com", id: "1"), for: 2)
        }
        #expect(error.code == 334)
        #expect(registry.endpoint(bindID: "1")?.session == 1 && registry.onlineCount == 1)
        registry.release(bindID: "1", of: 1)
        let second = try self.endpoint("a.example.com", id: "1")
        try registry.claim(second, for: 2)
        #expect(first.number != second.number)
    }

    @Test("a second claim of a live name is refused with 334, whatever its case")
    func secondClaim() throws {
        var registry = Self.registry()
        try registry.claim(self.endpoint("a.example.com", id: "1"), for: 1)
        let error = try #require(throws: NgrokError.self) {
            try registry.claim(self.endpoint("A.example.com", id: "2"), for: 2)
        }
        #expect(error.code == 334)
        #expect(registry.endpoint(bindID: "2") == nil)
    }

    @Test("a lost session takes down its own endpoints only")
    func lostSession() throws {
        var registry = Self.registry()
        try registry.claim(self.endpoint("a.example.com", id: "1"), for: 1)
        try registry.claim(self.endpoint("b.example.com", id: "2"), for: 1)
        try registry.claim(self.endpoint("c.example.com", id: "3"), for: 2)
        #expect(registry.end(1).map { Set($0.map(\.id)) } == ["1", "2"])
        #expect(registry.endpoint(bindID: "1") == nil)
        #expect(registry.endpoint(bindID: "3")?.session == 2)
        #expect(registry.count(of: 1) == 0)
    }

    /// What a client is told, by the name that serves it.
    private static func words(
        _ route: ConnectionStateMachine<EndpointRegistry<Int>.Online>.Route
    ) -> String {
        switch route {
        case .endpoint(let online, _): online.configuration.name.text
        case .offline: "offline"
        case .unknown: "unknown"
        }
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
        let account = Account(
            id: "ac_2",
            name: "other",
            plan: .enterprise,
            domains: try ["reserved.example.com", "*.shop.example.com", "a.elsewhere.com"].map { try DomainName($0) }
        )
        let names = NameDirectory(accounts: [account], baseDomains: [])
        var registry = Self.registry()
        let online = ["*.example.com", "served.example.com", "open.shop.example.com", "*.deep.shop.example.com"]
        for name in online { try registry.claim(self.endpoint(name, id: name), for: 1) }
        #expect(Self.words(registry.route(serverName, names: names)) == expected)
    }

    @Test("a session cannot release another's endpoint")
    func foreignRelease() throws {
        var registry = Self.registry()
        try registry.claim(self.endpoint("a.example.com", id: "1"), for: 1)
        #expect(registry.release(bindID: "1", of: 2) == nil)
        #expect(registry.onlineCount == 1)
    }
}
