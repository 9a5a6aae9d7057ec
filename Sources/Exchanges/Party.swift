import Legs
import ScenarioModel

/// One end of an exchange: its conversation, and the words that both ends use.
///
/// What it hears it judges: every `hear…` returns whether exactly that came.
package struct Party {
    let conversation: Conversation
    /// One of these is in every line. Whoever speaks first says the first of them.
    private let nonces: [String]
    private let seed: UInt64
    /// Told when something worth seeing has happened, long before the end.
    private let progressed: () -> Void

    /// - Parameters:
    ///   - nonces: one for a client; for an upstream those of all clients that may come.
    ///   - seed: what payloads come from; the same at both ends, as the nonce is.
    package init(
        _ conversation: Conversation,
        nonces: [String],
        seed: UInt64,
        progressed: @escaping () -> Void = {}
    ) {
        self.conversation = conversation
        self.nonces = nonces
        self.seed = seed
        self.progressed = progressed
    }

    private var lines: [[UInt8]] { self.nonces.map(ExchangeLine.opening) }
    private var acknowledgements: [[UInt8]] { self.nonces.map(ExchangeLine.acknowledgement) }

    private func seed(_ direction: PayloadDirection) -> UInt64 { direction.seed(self.seed) }

    func payload(_ direction: PayloadDirection, count: Int?) -> Payload {
        Payload(seed: self.seed(direction), count: count)
    }

    /// What it says in a dialogue.
    func line(of speech: Step.Speech) -> [UInt8] { ExchangeLine.line(speech, nonce: self.nonces.first ?? "") }

    /// What a line of the other side asks for in a dialogue; `nil` where it is a stranger's.
    func request(in line: [UInt8]) -> Step.Speech? {
        self.nonces.lazy.compactMap { ExchangeLine.speech(in: line, nonce: $0) }.first
    }

    func tellProgress() { self.progressed() }
}

// MARK: - Saying

extension Party {
    /// Each returns whether it was handed over.
    func sayLine() async -> Bool { await self.conversation.write(self.lines.first ?? []) }
    func sayAcknowledgement() async -> Bool { await self.conversation.write(self.acknowledgements.first ?? []) }

    /// - Parameter count: `nil` goes on until the peer or time ends it.
    func sayPayload(_ direction: PayloadDirection, count: Int?) async -> Bool {
        await self.conversation.write(self.payload(direction, count: count))
    }

    /// Waits until what was said is in the kernel's hands: a peer that refuses the last of it is noticed. Only for when the
    /// peer has ended its side, since nothing is heard meanwhile.
    func flush() async -> Bool { await self.conversation.flush() }

    /// Ends this side in order, and goes on hearing.
    func end() async { await self.conversation.closeOutput() }

    /// Echoes the first line whosever it is, since that is what shows a mixed-up edge. Returns whether it was this exchange's.
    func echoLine() async -> Bool {
        guard let first = await self.conversation.readLine() else { return false }
        let isWritten = await self.conversation.write(first)
        self.progressed()
        return isWritten && self.lines.contains(first)
    }

    /// Echoes everything until the peer ends. Returns whether it did that in order.
    func echoToEnd() async -> Bool {
        while true {
            switch await self.conversation.read() {
            case .bytes(let bytes): await self.conversation.write(bytes)
            case .end(let end): return end.isClosing
            }
        }
    }

    func sayRequest() async -> Bool {
        await self.conversation.write(ExchangeRequest.request(nonce: self.nonces.first ?? "", host: nil))
    }

    /// Hears a request to its end and answers with the page of its nonce, whosever that is, since that is what shows a
    /// mixed-up edge. Returns whether it was this exchange's. Who asks in another way gets no answer.
    func answerRequest() async -> Bool {
        guard let head = await self.conversation.readHead(),
            case .nonce(let nonce)? = ConnectionMark.nonce(inside: head)
        else { return false }
        let isWritten = await self.conversation.write(ExchangeRequest.answer(nonce: nonce, seed: self.seed))
        self.progressed()
        return isWritten && self.nonces.contains(nonce)
    }

    /// Ends this side without a close_notify, and goes on hearing.
    func truncate() { self.conversation.truncateOutput() }

    func reset() async throws { try await self.conversation.leg.reset() }

    /// Its connection has so long from now on.
    func postponeDeadline(by time: Duration) { self.conversation.leg.setDeadline(.now + time) }
}

// MARK: - Hearing

extension Party {
    func hearLine() async -> Bool {
        let line = await self.conversation.readLine()
        self.progressed()
        return line.map(self.lines.contains) ?? false
    }

    func hearAcknowledgement() async -> Bool {
        await self.conversation.readLine().map(self.acknowledgements.contains) ?? false
    }

    /// The answer to this party's request, to the last byte.
    func hearPage() async -> Bool {
        let expected = ExchangeRequest.answer(nonce: self.nonces.first ?? "", seed: self.seed)
        var recorder = StreamRecorder(excerptLimit: 0)
        recorder.record(expected)
        return await self.conversation.readDigest(count: expected.count) == recorder.digest
    }

    func hearPayload(_ direction: PayloadDirection, count: Int) async -> Bool {
        let digest = await self.conversation.readDigest(count: count)
        return digest == Payload.digest(seed: self.seed(direction), count: count)
    }

    /// The peer says nothing more and ends its side in order.
    func hearEnd() async -> Bool {
        let (count, end) = await self.conversation.readToEnd()
        return count == 0 && end.isClosing
    }

    /// The peer says nothing more, and the connection ends in one way or another.
    func hearNothingMore() async -> Bool {
        let (count, end) = await self.conversation.readToEnd()
        return count == 0 && end != .timedOut
    }

    /// The peer has ended its side, and this one keeps its own open until it is reset or time is up. That the peer is gone
    /// altogether shows in no other way.
    func holdOut() async -> Bool {
        await self.conversation.leg.outlastPeer()
        return true
    }

    /// Whatever the peer says, the connection ends in one way or another.
    func outlastConnection() async -> Bool {
        await self.conversation.readToEnd().end != .timedOut
    }
}
