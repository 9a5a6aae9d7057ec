import Exchanges
import Legs
import ScenarioModel

/// The upstream's half of every exchange. `Clients` has the other half.
struct UpstreamExchange {
    let conversation: Conversation
    let endpoint: UpstreamFleet.Endpoint
    /// Called when something worth seeing has happened, long before the end.
    let progressed: () -> Void

    private var line: [UInt8] { ExchangeLine.opening(nonce: self.endpoint.nonce) }

    /// Returns whether the exchange came to its proper end, on this side.
    func run() async throws -> Bool {
        switch self.endpoint.exchange {
        case .echo, .agentRestarted: await self.echo()
        case .wait: await self.conversation.readToEnd().end.isClosing
        case .transfer(let up, let down): await self.transfer(up: up, down: down)
        case .clientHalfClose: await self.clientHalfClose()
        case .upstreamHalfClose: await self.upstreamHalfClose()
        case .upstreamFirst: await self.upstreamFirst()
        case .upstreamCloses: await self.upstreamCloses()
        case .upstreamResets: try await self.upstreamResets()
        case .clientResets, .idle: await self.waitForTheEnd()
        case .agentKilled: await self.sendWithoutEnd()
        }
    }

    /// Returns whether the line was the one of this case. It is echoed whosever it is: that is what a mixed-up edge shows.
    private func echoLine() async -> Bool {
        guard let first = await self.conversation.readLine() else { return false }
        let isWritten = await self.conversation.write(first)
        self.progressed()
        return isWritten && first == self.line
    }

    private func readsLine() async -> Bool {
        let isRight = await self.conversation.readLine() == self.line
        self.progressed()
        return isRight
    }

    private func readsToQuietEnd() async -> Bool {
        let (count, end) = await self.conversation.readToEnd()
        return count == 0 && end.isClosing
    }

    private func echo() async -> Bool {
        let isRight = await self.echoLine()
        while true {
            switch await self.conversation.read() {
            case .bytes(let bytes): await self.conversation.write(bytes)
            case .end(let end): return isRight && end.isClosing
            }
        }
    }

    private func transfer(up: Int, down: Int) async -> Bool {
        guard await self.readsLine(),
            await self.conversation.readDigest(count: up) == Payload.digest(seed: self.seed(.up), count: up),
            await self.conversation.write(Payload(seed: self.seed(.down), count: down))
        else { return false }
        return await self.readsToQuietEnd()
    }

    private func clientHalfClose() async -> Bool {
        guard await self.readsLine(), await self.readsToQuietEnd() else { return false }
        return await self.conversation.write(
            Payload(seed: self.seed(.down), count: ExchangeLine.halfCloseCount)
        )
    }

    private func upstreamHalfClose() async -> Bool {
        guard await self.conversation.write(self.line) else { return false }
        await self.conversation.closeOutput()
        let count = ExchangeLine.halfCloseCount
        guard await self.readsLine(),
            await self.conversation.readDigest(count: count) == Payload.digest(seed: self.seed(.up), count: count)
        else { return false }
        return await self.readsToQuietEnd()
    }

    private func upstreamFirst() async -> Bool {
        guard await self.conversation.write(self.line), await self.readsLine() else { return false }
        return await self.readsToQuietEnd()
    }

    private func upstreamCloses() async -> Bool {
        guard await self.echoLine() else { return false }
        await self.conversation.closeOutput()
        return await self.readsToQuietEnd()
    }

    private func upstreamResets() async throws -> Bool {
        guard await self.echoLine(),
            await self.conversation.readLine() == ExchangeLine.acknowledgement(nonce: self.endpoint.nonce)
        else { return false }
        try await self.conversation.leg.reset()
        return true
    }

    private func waitForTheEnd() async -> Bool {
        guard await self.echoLine() else { return false }
        return await self.conversation.readToEnd().end != .timedOut
    }

    private func sendWithoutEnd() async -> Bool {
        guard await self.readsLine() else { return false }
        if await self.conversation.write(Payload(seed: self.seed(.down), count: nil)) { return false }
        return await self.conversation.readToEnd().end != .timedOut
    }

    private func seed(_ direction: PayloadDirection) -> UInt64 { direction.seed(self.endpoint.seed) }
}
