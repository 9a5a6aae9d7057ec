import Exchanges
import Legs
import ScenarioModel

/// The client's half of every exchange. `Upstreams` has the other half.
///
/// An exchange has come to its proper end when every byte was right and the peer closed. Whether it said close_notify before
/// its FIN is in the observation for the checks to judge.
struct ClientExchange {
    let conversation: Conversation
    let environment: ClientEnvironment

    private var line: [UInt8] { ExchangeLine.opening(nonce: self.environment.nonce) }

    /// Returns whether the exchange came to its proper end, on this side.
    func run() async throws -> Bool {
        switch self.environment.exchange {
        case .echo, .agentRestarted: await self.echo()
        case .wait: await self.conversation.readToEnd().end != .timedOut
        case .transfer(let up, let down): await self.transfer(up: up, down: down)
        case .clientHalfClose: await self.clientHalfClose()
        case .upstreamHalfClose: await self.upstreamHalfClose()
        case .upstreamFirst: await self.upstreamFirst()
        case .upstreamCloses: await self.upstreamCloses()
        case .upstreamResets: await self.upstreamResets()
        case .clientResets: try await self.clientResets()
        case .idle: await self.idle()
        case .agentKilled: await self.agentKilled()
        }
    }

    private func firstLineIsEchoed() async -> Bool {
        guard await self.conversation.write(self.line) else { return false }
        return await self.conversation.readLine() == self.line
    }

    private func closeAndReadToEnd() async -> Bool {
        await self.conversation.closeOutput()
        let (count, end) = await self.conversation.readToEnd()
        return count == 0 && end.isClosing
    }

    private func echo() async -> Bool {
        guard await self.firstLineIsEchoed() else { return false }
        return await self.closeAndReadToEnd()
    }

    private func transfer(up: Int, down: Int) async -> Bool {
        guard await self.conversation.write(self.line),
            await self.conversation.write(Payload(seed: self.seed(.up), count: up)),
            await self.conversation.readDigest(count: down) == Payload.digest(seed: self.seed(.down), count: down)
        else { return false }
        return await self.closeAndReadToEnd()
    }

    private func clientHalfClose() async -> Bool {
        guard await self.conversation.write(self.line) else { return false }
        await self.conversation.closeOutput()
        let count = ExchangeLine.halfCloseCount
        guard
            await self.conversation.readDigest(count: count) == Payload.digest(seed: self.seed(.down), count: count)
        else { return false }
        return await self.closeAndReadToEnd()
    }

    private func upstreamHalfClose() async -> Bool {
        guard await self.conversation.readLine() == self.line else { return false }
        let (count, end) = await self.conversation.readToEnd()
        guard count == 0, end.isClosing, await self.conversation.write(self.line) else { return false }
        return await self.conversation.write(Payload(seed: self.seed(.up), count: ExchangeLine.halfCloseCount))
    }

    private func upstreamFirst() async -> Bool {
        guard await self.conversation.readLine() == self.line, await self.conversation.write(self.line) else {
            return false
        }
        return await self.closeAndReadToEnd()
    }

    private func upstreamCloses() async -> Bool {
        guard await self.firstLineIsEchoed() else { return false }
        let (count, end) = await self.conversation.readToEnd()
        return count == 0 && end.isClosing
    }

    private func upstreamResets() async -> Bool {
        guard await self.firstLineIsEchoed(),
            await self.conversation.write(ExchangeLine.acknowledgement(nonce: self.environment.nonce))
        else { return false }
        return await self.conversation.readToEnd().end != .timedOut
    }

    private func clientResets() async throws -> Bool {
        guard await self.firstLineIsEchoed() else { return false }
        try await self.conversation.leg.reset()
        return true
    }

    private func idle() async -> Bool {
        guard await self.firstLineIsEchoed() else { return false }
        return await self.conversation.readToEnd().end != .timedOut
    }

    private func agentKilled() async -> Bool {
        let count = ExchangeLine.underWayCount
        guard await self.conversation.write(self.line),
            await self.conversation.readDigest(count: count) == Payload.digest(seed: self.seed(.down), count: count)
        else { return false }
        // Nothing is read meanwhile, so the endless transfer stands in full buffers when the agent dies.
        await self.environment.interrupt()
        return await self.conversation.readToEnd().end != .timedOut
    }

    private func seed(_ direction: PayloadDirection) -> UInt64 { direction.seed(self.environment.seed) }
}
