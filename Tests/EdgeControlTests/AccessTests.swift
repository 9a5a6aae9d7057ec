import EdgeControl
import EdgeCore
import Testing

@Suite("Credentials and API keys")
struct AccessTests {
    @Test("a token is its owner's, however many there are, and nobody's once it is deleted")
    func tokens() throws {
        var fixture = try ControlFixture()
        let tokens = (0..<5).map { _ in IssuedToken(using: &fixture.context) }
        var ids: [String] = []
        for (index, token) in tokens.enumerated() {
            let account = index == 3 ? ControlFixture.other : ControlFixture.account
            ids.append(try fixture.create(Credential.self, account: account) { $0.digest = token.digest }.id)
        }
        for (index, token) in tokens.enumerated() {
            let owner = try #require(fixture.state.owner(ofToken: token.text))
            #expect(owner.credential.id == ids[index])
            #expect(owner.account.id == (index == 3 ? ControlFixture.other : ControlFixture.account))
        }
        #expect(fixture.state.owner(ofToken: "another") == nil)
        // An authtoken opens no API, nor the reverse.
        #expect(fixture.state.owner(ofAPIKey: tokens[0].text) == nil)
        try fixture.state.delete(Credential.self, id: ids[0], account: ControlFixture.account)
        #expect(fixture.state.owner(ofToken: tokens[0].text) == nil)
    }

    @Test("a key is its owner's likewise")
    func keys() throws {
        var fixture = try ControlFixture()
        let key = IssuedToken(using: &fixture.context)
        let made = try fixture.create(APIKey.self, account: ControlFixture.other) { $0.digest = key.digest }
        let owner = try #require(fixture.state.owner(ofAPIKey: key.text))
        #expect(owner.key.id == made.id)
        #expect(owner.account.id == ControlFixture.other)
        #expect(fixture.state.owner(ofToken: key.text) == nil)
    }

    @Test("a token has two parts, is another each time, and does not print")
    func issued() throws {
        var fixture = try ControlFixture()
        let tokens = (0..<100).map { _ in IssuedToken(using: &fixture.context) }
        #expect(Set(tokens.map(\.text)).count == 100)
        #expect(tokens.allSatisfy { $0.text.split(separator: "_").map(\.utf8.count) == [12, 26] })
        #expect("\(tokens[0])" == "IssuedToken(redacted)")
    }

    @Test(
        "a rule that is none is refused, since a token would not be limited as its owner thinks",
        arguments: [("*", nil), ("bind:*.example.com", nil), ("bind:role=web", nil), ("bind:", 600), ("dial:a.b", 600)]
            as [(String, Int?)]
    )
    func rules(_ rule: String, _ code: Int?) throws {
        var fixture = try ControlFixture()
        let error = refusal {
            try fixture.create(Credential.self) { draft in
                draft.acl = [rule]
                draft.digest = TokenDigest(of: "token")
            }
        }
        #expect(error?.code == code)
    }

    @Test("nothing is a token that was not issued")
    func noToken() throws {
        var fixture = try ControlFixture()
        #expect(refusal { try fixture.create(Credential.self) }?.kind == .invalid)
        #expect(refusal { try fixture.create(APIKey.self) }?.kind == .invalid)
    }

    @Test("a name directory has each account's names")
    func directory() throws {
        var fixture = try ControlFixture()
        try fixture.reserve("a.example.com")
        try fixture.reserve("*.b.example.com")
        try fixture.reserve("c.test.example", account: ControlFixture.other)
        let accounts = fixture.state.directoryAccounts
        #expect(accounts.map(\.id) == [ControlFixture.account, ControlFixture.other])
        #expect(accounts[0].domains.map(\.text) == ["a.example.com", "*.b.example.com"])
        #expect(accounts[0].plan == .enterprise)
        #expect(accounts[1].domains.map(\.text) == ["c.test.example"])
    }
}
