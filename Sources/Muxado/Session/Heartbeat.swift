/// The asking side of a heartbeat: random words, which the peer must send back in their order.
///
/// Times are nanoseconds of any steady clock.
package struct HeartbeatRequester: Hashable, Sendable {
    /// What an answer means.
    package enum EchoAction: Hashable, Sendable {
        /// Not all of a word has come yet.
        case none
        /// The right answer; `latency` is the time since the question in nanoseconds.
        case alive(latency: Int64)
        /// The peer sent something else back. It counts as silence, so that the watchdog ends the session.
        case wrong
    }

    private struct Question: Hashable {
        let word: UInt32
        let sentAt: Int64
    }

    /// Those without an answer. Peers that were stopped for a while answer all of them when they go on.
    private var open: [Question] = []
    private var reader = WordReader()

    package init() {}

    /// Whether the peer owes an answer.
    package var isWaiting: Bool { !self.open.isEmpty }

    /// Takes note of a question.
    package mutating func asked(_ word: UInt32, at now: Int64) {
        self.open.append(Question(word: word, sentAt: now))
    }

    /// Takes one byte of the peer's answer.
    package mutating func received(_ byte: UInt8, at now: Int64) -> EchoAction {
        guard let word = self.reader.append(byte) else { return .none }
        guard let question = self.open.first, word == question.word else { return .wrong }
        self.open.removeFirst()
        return .alive(latency: now - question.sentAt)
    }
}
