import AgentProtocol
import EdgeCore
import Testing

@Suite("What an account may have at once")
struct AccountLimitsTests {
    private static func account(_ limits: AccountLimits, id: String = "ac_1") throws -> Account {
        Account(id: id, name: id, plan: .enterprise, domains: [try DomainName("*.example.com")], limits: limits)
    }

    private static func table(_ account: Account) -> TestTable {
        TestTable(names: NameDirectory(accounts: [account], baseDomains: []))
    }

    private static func code(_ body: () throws(NgrokError) -> Void) -> Int? {
        do throws(NgrokError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("one agent more is refused, another leg of one is let in, and a place is free when the last leg has gone")
    func agents() throws {
        let account = try Self.account(AccountLimits(agents: 2))
        var table = Self.table(account)
        let legs = [TestSession(1, agent: 7), TestSession(2, agent: 7)]
        for session in legs + [3] { try table.begin(session, of: account) }
        #expect(Self.code { () throws(NgrokError) in try table.begin(4, of: account) } == 108)
        #expect(!table.sessions.contains(4))
        // Another account has its own.
        try table.begin(5, of: try Self.account(AccountLimits(agents: 1), id: "ac_2"))
        table.end(legs[0])
        #expect(Self.code { () throws(NgrokError) in try table.begin(4, of: account) } == 108)
        table.end(legs[1])
        try table.begin(4, of: account)
        #expect(Self.code { () throws(NgrokError) in try table.begin(6, of: account) } == 108)
    }

    @Test("endpoints and labelled tunnels of all its agents count, each until it is offline")
    func endpoints() throws {
        let account = try Self.account(AccountLimits(endpoints: 3))
        var table = Self.table(account)
        for session in [1, 2] { try table.begin(TestSession(session), of: account) }
        func claim(_ name: String, id: String, for session: TestSession) -> Int? {
            Self.code { () throws(NgrokError) in
                do {
                    try table.claim(try TableFixture.endpoint(name, id: id), of: account, for: session)
                } catch let error as NgrokError {
                    throw error
                } catch {
                    Issue.record(error)
                }
            }
        }
        #expect(claim("a.example.com", id: "a", for: 1) == nil)
        #expect(claim("b.example.com", id: "b", for: 2) == nil)
        // One that is refused for another reason takes no place.
        #expect(claim("a.example.com", id: "c", for: 2) == 334)
        try table.start(TableFixture.tunnel("tn_1", ["team": "web"]), of: account, for: 1)
        #expect(claim("c.example.com", id: "c", for: 1) == 324)
        #expect(
            Self.code { () throws(NgrokError) in
                try table.start(TableFixture.tunnel("tn_2", ["team": "web"]), of: account, for: 2)
            } == 324
        )
        table.stop(tunnelID: "tn_1", of: 1)
        #expect(claim("c.example.com", id: "c", for: 1) == nil)
        #expect(claim("d.example.com", id: "d", for: 2) == 324)
        table.end(1)
        #expect(claim("d.example.com", id: "d", for: 2) == nil)
        #expect(claim("e.example.com", id: "e", for: 2) == nil)
        #expect(claim("f.example.com", id: "f", for: 2) == 324)
    }

    @Test("the endpoint that an agent binds on each of its legs is one, as long as one of them has it")
    func legs() throws {
        let account = try Self.account(AccountLimits(endpoints: 1))
        var table = Self.table(account)
        let legs = [TestSession(1, agent: 7), TestSession(2, agent: 7), TestSession(3)]
        for session in legs { try table.begin(session, of: account) }
        let other = try TableFixture.endpoint("b.example.com", id: "1")
        for leg in legs[..<2] {
            try table.claim(TableFixture.endpoint("a.example.com", id: "1"), of: account, for: leg)
        }
        func refusal() -> Int? {
            Self.code { () throws(NgrokError) in try table.claim(other, of: account, for: legs[2]) }
        }
        #expect(refusal() == 324)
        table.end(legs[0])
        #expect(refusal() == 324)
        table.end(legs[1])
        #expect(refusal() == nil)
    }

    @Test("what an account does not say its plan does")
    func plans() {
        #expect(AccountLimits().completed(by: .free).endpoints == 3)
        #expect(AccountLimits().completed(by: .payAsYouGo).connectionsPerMinute == 600)
        #expect(AccountLimits(connectionsPerMinute: 5).completed(by: .payAsYouGo).connectionsPerMinute == 5)
        #expect(
            AccountLimits(endpoints: 9).completed(by: .free)
                == AccountLimits(endpoints: 9, agents: 3, connectionsPerMinute: 100)
        )
        #expect(AccountLimits().completed(by: .enterprise) == AccountLimits())
    }
}
