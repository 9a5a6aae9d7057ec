/// The asking side of a heartbeat: one random word at a time, which the peer must send back.
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

    private var expected: UInt32?
    private var sentAt: Int64 = 0
    private var reader = WordReader()

    package init() {}

    /// Takes note of a question. One that was not answered before the next is asked is forgotten.
    package mutating func asked(_ word: UInt32, at now: Int64) {
        self.expected = word
        self.sentAt = now
    }

    /// Takes one byte of the peer's answer.
    package mutating func received(_ byte: UInt8, at now: Int64) -> EchoAction {
        guard let word = self.reader.append(byte) else { return .none }
        guard word == self.expected else { return .wrong }
        self.expected = nil
        return .alive(latency: now - self.sentAt)
    }
}
