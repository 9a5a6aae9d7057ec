import Exchanges
import Legs
import NIOCore
import ScenarioModel
import Testing
import Upstreams

/// A client without TLS, as the terminating edge is to its upstream.
struct PlainEcho {
    let fleet: UpstreamFleet
    let endpoint: UpstreamFleet.Endpoint
    let nonce: String

    /// Returns whether the own line came back and nothing else.
    func run() async throws -> Bool {
        let dialled = try await LegFactory.dial(
            try #require(self.fleet.address(for: self.endpoint.id)),
            from: .loopback,
            caseStart: .now,
            timeout: .seconds(20),
            on: Bench.group
        )
        guard case .connected(let leg) = dialled else { return false }
        leg.setDeadline(.now + .seconds(20))
        let conversation = Conversation(leg: leg, session: nil)
        let line = ExchangeLine.opening(nonce: self.nonce)
        await conversation.write(line)
        let isEchoed = await conversation.readLine() == line
        await conversation.closeOutput()
        let (count, end) = await conversation.readToEnd()
        await leg.close()
        return isEchoed && count == 0 && end == .orderly
    }
}
