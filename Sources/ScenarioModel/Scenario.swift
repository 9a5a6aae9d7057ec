/// One rule about TLS edges, put to the test: what a scenario file says, before parameters multiply it into cases.
package struct Scenario: Hashable, Sendable, Codable {
    /// Permanent, readable and hierarchical, such as `framing.records.split-inside-name`. Its first label is the area.
    package var id: String
    package var title: String
    package var rule: Rule
    /// CVE numbers and public bug threads that this scenario would have caught.
    package var references: [String]
    package var importance: Importance
    package var tags: [String]
    package var roles: [Role]
    /// What the target must be able to do besides the role.
    package var requires: [Feature]
    /// Why the scenario exists, in a sentence or two, for `shakedown explain` and the report.
    package var rationale: String
    /// Where the scenario was read from, for messages: `Scenarios/framing/records.yaml`.
    package var file: String
    package var line: Int
    /// Every case the scenario makes, over roles, parameters and deliveries.
    package var cases: [Case]

    package var area: String { String(self.id.prefix { $0 != "." }) }

    package init(
        id: String,
        title: String,
        rule: Rule,
        references: [String] = [],
        importance: Importance = .normal,
        tags: [String] = [],
        roles: [Role],
        requires: [Feature] = [],
        rationale: String = "",
        file: String = "",
        line: Int = 1,
        cases: [Case] = []
    ) {
        self.id = id
        self.title = title
        self.rule = rule
        self.references = references
        self.importance = importance
        self.tags = tags
        self.roles = roles
        self.requires = requires
        self.rationale = rationale
        self.file = file
        self.line = line
        self.cases = cases
    }
}

package enum Importance: String, CaseIterable, Codable, Hashable, Sendable {
    case critical, high, normal, low
}

/// One thing that is run once and gets one verdict.
package struct Case: Hashable, Sendable, Codable {
    /// The scenario's id and what was chosen for this case:
    /// `framing.records.split-inside-name[role=edge,engine=openssl,cut=inside-sni]`. Unique in a catalogue.
    package var id: String
    package var scenario: String
    package var role: Role
    /// What was chosen, in the order of the file, for reports. The role and the engine come first.
    package var choices: [Choice]
    package var requires: [Feature]
    package var endpoints: [EndpointPlan]
    /// How many connections at once the target is to let in, which is the case's own then.
    package var limits: [ConnectionLimit: Int] = [:]
    /// The client; of a play the first.
    package var client: ClientPlan
    package var exchange: Exchange
    /// Of a play what all its steps expect, in one.
    package var expectation: GradedExpectation
    /// Several connections, or more than one thing that happens; `nil` where the client and its exchange are all there is.
    package var play: Play?

    package init(
        id: String,
        scenario: String,
        role: Role,
        choices: [Choice] = [],
        requires: [Feature] = [],
        endpoints: [EndpointPlan],
        client: ClientPlan,
        exchange: Exchange,
        expectation: GradedExpectation,
        play: Play? = nil
    ) {
        self.id = id
        self.scenario = scenario
        self.role = role
        self.choices = choices
        self.requires = requires
        self.endpoints = endpoints
        self.client = client
        self.exchange = exchange
        self.expectation = expectation
        self.play = play
    }

    package struct Choice: Hashable, Sendable, Codable {
        package var name: String
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}
