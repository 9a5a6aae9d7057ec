package import EdgeCore

/// What a change depends on besides the state and the request: handed in, so that a change can be told beforehand.
package struct ChangeContext: Sendable {
    package let now: Timestamp
    package var generator: any RandomNumberGenerator & Sendable
    /// Whether an agent serves this name now, without an edge.
    package let isServedByAgent: @Sendable (DomainName) -> Bool
    /// Whether the operator asks, whose file may reserve what no account may by itself.
    let isOperator: Bool

    package init(
        now: Timestamp,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        isServedByAgent: @escaping @Sendable (DomainName) -> Bool = { _ in false }
    ) {
        self.init(now: now, generator: generator, isServedByAgent: isServedByAgent, isOperator: false)
    }

    private init(
        now: Timestamp,
        generator: any RandomNumberGenerator & Sendable,
        isServedByAgent: @escaping @Sendable (DomainName) -> Bool,
        isOperator: Bool
    ) {
        self.now = now
        self.generator = generator
        self.isServedByAgent = isServedByAgent
        self.isOperator = isOperator
    }

    var ofOperator: ChangeContext {
        ChangeContext(
            now: self.now,
            generator: self.generator,
            isServedByAgent: self.isServedByAgent,
            isOperator: true
        )
    }
}
