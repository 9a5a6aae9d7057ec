/// What edge and agent answer differently.
package struct RelayPolicy: Hashable, Sendable {
    package enum Truncation: Hashable, Sendable {
        case isAnEnd
        case goesOn
    }

    package enum Notice: Hashable, Sendable {
        case close
        case reset
    }

    /// What a FIN without close_notify is taken for.
    package var truncation: Truncation
    /// What a client hears of an upstream that failed before the first byte of an answer.
    package var unansweredClient: Notice

    /// Clients that end their TLS by FIN alone are common, and a close in order, without data, is all that a client of an
    /// upstream that refused can be told.
    package static let edge = RelayPolicy(truncation: .isAnEnd, unansweredClient: .close)
    /// The agent's client is the edge, which has to learn the truth to decide as above.
    package static let agent = RelayPolicy(truncation: .goesOn, unansweredClient: .reset)
}
