import Exchanges
import Legs
import OpenSSLEngine
import ScenarioModel
import Synchronization

/// One connection to an upstream, from its first byte to its last.
final class UpstreamServing: Sendable {
    let leg: Leg
    private let slot: UpstreamSlot
    private let record = Mutex(UpstreamConnection())

    init(leg: Leg, slot: UpstreamSlot) {
        self.leg = leg
        self.slot = slot
    }

    /// What is known so far; the leg's part is always of this moment.
    ///
    /// The leg's bytes, counts and digests start after the PROXY header, so that they can be compared with the client's;
    /// its `firstReadCount` is that of the first read as it was, header included.
    var observation: UpstreamConnection {
        var observation = self.record.withLock { $0 }
        observation.leg = self.leg.observation
        return observation
    }

    func serve() async {
        do {
            try await self.converse()
        } catch {
            self.leg.note(.note, "upstream: \(error)")
        }
        await self.leg.close()
        self.slot.connectionEnded()
    }

    private func converse() async throws {
        let endpoint = self.slot.endpoint
        let session = try self.slot.tls.map { try OpenSSLSession($0) }
        let proxy = ProxyPreamble()
        let conversation = Conversation(leg: self.leg, session: session, preamble: proxy)
        let publish = { (isCompleted: Bool) in
            let handshake = conversation.handshakeObservation
            let sent = conversation.applicationSent
            let received = conversation.applicationReceived
            self.record.withLock { record in
                record.proxyHeader = proxy.observation
                record.handshake = handshake
                record.applicationSent = sent
                record.applicationReceived = received
                record.exchangeCompleted = isCompleted
            }
        }
        // A server that speaks first may not wait for a header that nobody promised.
        if endpoint.plan.proxyProtocol != 0 || session != nil { await conversation.readPreamble() }
        publish(false)
        var isCompleted = false
        if await conversation.completeHandshake() {
            publish(false)
            let party = Party(
                conversation,
                nonce: endpoint.nonce,
                seed: endpoint.seed,
                progressed: { publish(false) }
            )
            isCompleted = try await endpoint.exchange.choreography.upstream(party)
        }
        publish(isCompleted)
        await conversation.conclude()
        publish(isCompleted)
    }
}
