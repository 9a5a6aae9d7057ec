import Exchanges
import Legs
import OpenSSLEngine
import ScenarioModel
import Synchronization

/// One connection to an upstream, from its first byte to its last.
final class UpstreamServing: Sendable {
    let leg: Leg
    let slot: UpstreamSlot
    let acceptedAt: ContinuousClock.Instant
    /// Of the case that was played here when it came.
    private let script: UpstreamScript
    private let record = Mutex(UpstreamConnection())
    private let account = Mutex(Account())

    private struct Account {
        /// Whose it is, as its bytes tell.
        var visit: UpstreamFleet.Visit?
        /// Somebody has it in his observation.
        var isClaimed = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    init(leg: Leg, slot: UpstreamSlot, script: UpstreamScript, acceptedAt: ContinuousClock.Instant) {
        self.leg = leg
        self.slot = slot
        self.script = script
        self.acceptedAt = acceptedAt
    }

    var endpointID: String { self.slot.endpoint.id }
    var visit: UpstreamFleet.Visit? { self.account.withLock { $0.visit } }
    var isClaimed: Bool { self.account.withLock { $0.isClaimed } }
    var hasEnded: Bool { self.account.withLock { $0.hasEnded } }
    func claim() { self.account.withLock { $0.isClaimed = true } }

    var contact: UpstreamFleet.Contact {
        UpstreamFleet.Contact(
            endpoint: self.endpointID,
            plan: self.slot.endpoint.plan,
            connection: self.observation
        )
    }

    /// Looks whose it is, as far as its bytes tell by now.
    func recognise() {
        guard self.visit == nil else { return }
        let application = self.record.withLock { $0.applicationReceived.excerpt.bytes }
        let wire = self.leg.receivedBeginning
        guard let visit = self.slot.ledger.recognise(self, onWire: wire, inside: application) else { return }
        self.account.withLock { $0.visit = visit }
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
        self.recognise()
        self.slot.ledger.ended(self)
        let waiters = self.account.withLock { account in
            account.hasEnded = true
            defer { account.waiters = [] }
            return account.waiters
        }
        // Whoever waited for this one may ask at once whether any is left.
        self.slot.connectionEnded()
        for waiter in waiters { waiter.resume() }
    }

    func waitUntilEnded() async {
        await withCheckedContinuation { continuation in
            let hasEnded = self.account.withLock { account in
                if !account.hasEnded { account.waiters.append(continuation) }
                return account.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func converse() async throws {
        let endpoint = self.slot.endpoint
        let session = try self.slot.tls.map { try OpenSSLSession($0, at: endpoint.id) }
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
            self.recognise()
        }
        // A server that speaks first may not wait for a header that nobody promised.
        if endpoint.plan.proxyProtocol != 0 || session != nil { await conversation.readPreamble() }
        publish(false)
        var isCompleted = false
        if await conversation.completeHandshake() {
            publish(false)
            let party = Party(
                conversation,
                nonces: self.script.nonces,
                seed: endpoint.seed,
                progressed: { publish(false) }
            )
            let exchange = await self.script.exchange(of: conversation) ?? endpoint.exchange
            isCompleted = try await exchange.choreography.upstream(party)
        }
        publish(isCompleted)
        await conversation.conclude()
        publish(isCompleted)
    }
}
