/// What a target's programs know each other by, and the harness them. One that is started again has the same.
package struct RunSecrets: Sendable {
    /// The authtoken of this run's agents.
    let token: String
    /// That of agents which belong to another account.
    let otherToken: String
    /// Of the API.
    let apiKey: String
    /// Of the API, for the other account.
    let otherAPIKey: String

    package init() {
        self.init(token: Self.make(), otherToken: Self.make(), apiKey: Self.make(), otherAPIKey: Self.make())
    }

    init(token: String, otherToken: String, apiKey: String, otherAPIKey: String) {
        self.token = token
        self.otherToken = otherToken
        self.apiKey = apiKey
        self.otherAPIKey = otherAPIKey
    }

    /// By what people call them.
    var named: [(name: String, text: String)] {
        [
            ("the agents' authtoken", self.token), ("the other account's authtoken", self.otherToken),
            ("the API key", self.apiKey), ("the other account's API key", self.otherAPIKey),
        ]
    }

    private static func make() -> String {
        (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }
}
