/// What edge and agent answer differently.
package struct RelayPolicy: Hashable, Sendable {
    package enum Truncation: Hashable, Sendable {
        case goesOn
        case isAnEnd
    }

    package enum Notice: Hashable, Sendable {
        case close
        case reset
    }

    /// What the upstream hears of a client's FIN without close_notify.
    package var clientTruncation: Truncation
    /// What a client hears of an upstream that failed before the first byte of an answer.
    package var unansweredClient: Notice

    /// A close in order, without data, is all that a client of an upstream that refused can be told.
    package static let edge = RelayPolicy(clientTruncation: .goesOn, unansweredClient: .close)
    /// ngrok's agents have no words for a cut, and clients that end their TLS by FIN alone are common. For a stream that is
    /// reset the Go agent closes its upstream in order, and the Rust agent says nothing to its upstream until that speaks or
    /// leaves: nobody wakes who reads its stream. An end leaves nothing behind.
    package static let edgeOfForeignAgent = RelayPolicy(clientTruncation: .isAnEnd, unansweredClient: .close)
    /// The agent's client is the edge, which has to learn the truth to decide as above.
    package static let agent = RelayPolicy(clientTruncation: .goesOn, unansweredClient: .reset)
}
