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
