import EdgeCore
import Testing

@Suite("Rules of an authtoken")
struct BindRuleTests {
    struct LabelCase: CustomTestStringConvertible {
        var rule: String
        var key: String
        var value: String
        var isPermitted: Bool
        var testDescription: String { "\(self.rule) and \(self.key)=\(self.value)" }
    }

    @Test(
        "for labels permit just what they say",
        arguments: [
            LabelCase(rule: "bind:role=web", key: "role", value: "web", isPermitted: true),
            LabelCase(rule: "bind:role=web", key: "role", value: "db", isPermitted: false),
            LabelCase(rule: "bind:role=web", key: "rule", value: "web", isPermitted: false),
            LabelCase(rule: "bind:*=web", key: "anything", value: "web", isPermitted: true),
            LabelCase(rule: "bind:role=*", key: "role", value: "db", isPermitted: true),
            LabelCase(rule: "bind:role=*", key: "dc", value: "db", isPermitted: false),
            LabelCase(rule: "bind:*", key: "role", value: "db", isPermitted: true),
            LabelCase(rule: "*", key: "role", value: "db", isPermitted: true),
            LabelCase(rule: "bind:role.example.com", key: "role", value: "db", isPermitted: false),
        ]
    )
    func labels(_ input: LabelCase) throws {
        let rule = try #require(BindRule(input.rule))
        #expect(rule.permits(labelKey: input.key, value: input.value) == input.isPermitted)
    }

    /// What may bind a label may not bind a name for it.
    @Test("for labels permit no name, whatever it is called")
    func names() throws {
        let rule = try #require(BindRule("bind:*=*"))
        #expect(!rule.permits(try DomainName("app.example.com")))
    }

    @Test(
        "that are none are not read as one",
        arguments: ["", "bind:", "bind:=", "bind:role=", "bind:=web", "role=web", "bind:a_b", "forward:*"]
    )
    func noRule(_ text: String) {
        #expect(BindRule(text) == nil)
    }
}
