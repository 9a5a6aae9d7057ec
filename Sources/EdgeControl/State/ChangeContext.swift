package import EdgeCore

/// What a change depends on besides the state and the request: handed in, so that a change can be told beforehand.
package struct ChangeContext: Sendable {
    package let now: Timestamp
    package var generator: any RandomNumberGenerator & Sendable
    /// The names that agents serve now, without an edge, and for which account.
    package let agentNames: [DomainName: String]
    /// Whether the operator asks, whose file may reserve what no account may by itself.
    let isOperator: Bool

    package init(
        now: Timestamp,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        agentNames: [DomainName: String] = [:]
    ) {
        self.init(now: now, generator: generator, agentNames: agentNames, isOperator: false)
    }

    private init(
        now: Timestamp,
        generator: any RandomNumberGenerator & Sendable,
        agentNames: [DomainName: String],
        isOperator: Bool
    ) {
        self.now = now
        self.generator = generator
        self.agentNames = agentNames
        self.isOperator = isOperator
    }

    var ofOperator: ChangeContext {
        ChangeContext(
            now: self.now,
            generator: self.generator,
            agentNames: self.agentNames,
            isOperator: true
        )
    }
}
