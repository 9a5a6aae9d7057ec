import Legs
import ScenarioModel

/// One end of an exchange: its conversation, and the words that both ends use.
///
/// What it hears it judges: every `hear…` returns whether exactly that came.
package struct Party {
    let conversation: Conversation
    private let nonce: String
    private let seed: UInt64
    /// Told when something worth seeing has happened, long before the end.
    private let progressed: () -> Void
    /// Does to the endpoint's agent what the exchange wants, and returns when it is done. Only a client calls it.
    let interrupt: @Sendable () async -> Void

    /// - Parameter seed: what payloads come from; the same at both ends, as the nonce is.
    package init(
        _ conversation: Conversation,
        nonce: String,
        seed: UInt64,
        progressed: @escaping () -> Void = {},
        interrupt: @escaping @Sendable () async -> Void = {}
    ) {
        self.conversation = conversation
        self.nonce = nonce
        self.seed = seed
        self.progressed = progressed
        self.interrupt = interrupt
    }

    private var line: [UInt8] { ExchangeLine.opening(nonce: self.nonce) }
    private var acknowledgement: [UInt8] { ExchangeLine.acknowledgement(nonce: self.nonce) }

    private func seed(_ direction: PayloadDirection) -> UInt64 { direction.seed(self.seed) }
}

// MARK: - Saying

extension Party {
    /// Each returns whether it went out and going on makes sense.
    func sayLine() async -> Bool { await self.conversation.write(self.line) }
    func sayAcknowledgement() async -> Bool { await self.conversation.write(self.acknowledgement) }

    /// - Parameter count: `nil` goes on until the peer or time ends it.
    func sayPayload(_ direction: PayloadDirection, count: Int?) async -> Bool {
        await self.conversation.write(Payload(seed: self.seed(direction), count: count))
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
        return isWritten && first == self.line
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

    func reset() async throws { try await self.conversation.leg.reset() }
}

// MARK: - Hearing

extension Party {
    func hearLine() async -> Bool {
        let isRight = await self.conversation.readLine() == self.line
        self.progressed()
        return isRight
    }

    func hearAcknowledgement() async -> Bool {
        await self.conversation.readLine() == self.acknowledgement
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

    /// Whatever the peer says, the connection ends in one way or another.
    func outlastConnection() async -> Bool {
        await self.conversation.readToEnd().end != .timedOut
    }

    /// Whether all that was heard since the beginning is how this payload begins.
    func hasHeardOnly(_ direction: PayloadDirection) -> Bool {
        let heard = self.conversation.applicationReceived
        return heard.digest == Payload.digest(seed: self.seed(direction), count: heard.count)
    }
}
