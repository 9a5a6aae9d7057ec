/// What client and upstream say to each other once the client's first flight is out.
///
/// Every exchange that carries data starts with a line that holds the case's nonce, so that an upstream's record shows
/// whose connection it was.
package enum Exchange: Hashable, Sendable, Codable {
    /// The client sends a line, the upstream echoes everything, the client closes in order. What comes back after that is
    /// none of the exchange's.
    case echo
    /// The client sends nothing more and waits to see how the connection ends.
    case wait
    /// The client sends `up` bytes, then the upstream `down` bytes; both ends hash.
    case transfer(up: Int, down: Int)
    /// The client sends a line and closes its sending side; the upstream answers 1 MiB only after it saw the end.
    case clientHalfClose
    /// The upstream sends a line and closes its sending side; the client sends 1 MiB after it saw the end.
    case upstreamHalfClose
    /// The upstream speaks first; the client answers.
    case upstreamFirst
    /// After the echo of the first line the client closes in order, and sees how that is answered.
    case clientCloses
    /// After the echo of the first line the upstream closes in order, and the client sees how that arrives.
    case upstreamCloses
    /// After the echo of the first line the upstream resets the connection.
    case upstreamResets
    /// After the echo of the first line the upstream ends the connection by FIN, without a close_notify.
    case upstreamTruncates
    /// After the echo of the first line the client resets the connection.
    case clientResets
    /// After the echo of the first line the client sends a record that no server may accept, and sees how that is answered.
    case breach(Breach)
    /// After the echo of the first line neither side says anything, until the idle limit.
    case idle
    /// The same, but the client has ended its side, and the upstream never ends its own.
    case clientHalfOpen
    /// The upstream has ended its side, and the client never ends its own.
    case upstreamHalfOpen
    /// The client says and hears what the steps of a play tell it to; the upstream answers.
    case dialogue
    /// The client asks for a page as HTTP/1.1 has it, with its nonce in the path; the upstream answers with lines that both
    /// ends know, and ends in order. It is what every program that speaks TLS can be had to say.
    case request

    /// Whether the first that is said inside TLS is the client's line, or the request that stands for it.
    package var beginsWithClientsLine: Bool {
        switch self {
        case .wait, .upstreamFirst, .upstreamHalfClose: false
        case .echo, .transfer, .clientHalfClose, .clientCloses, .upstreamCloses, .upstreamResets, .upstreamTruncates,
            .clientResets, .breach, .idle, .clientHalfOpen, .upstreamHalfOpen, .dialogue, .request:
            true
        }
    }

    /// What is wrong with a record.
    package enum Breach: String, CaseIterable, Codable, Hashable, Sendable {
        /// Its authentication tag has a bit turned over.
        case brokenTag = "broken-tag"
        /// Its content type is none.
        case unknownRecordType = "unknown-record-type"
        /// It is longer than any version of TLS allows.
        case oversizedRecord = "oversized-record"
    }

    /// What stands in front of the nonce in the path of a ``request``.
    package static let requestPath = "/shakedown/"
}
