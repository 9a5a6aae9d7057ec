import Exchanges
import Legs
import OpenSSLEngine
import ScenarioModel
import Synchronization
import TLSWire

/// One connection to an upstream, from its first byte to its last.
final class UpstreamServing: Sendable {
    let leg: Leg
    let slot: UpstreamSlot
    let acceptedAt: ContinuousClock.Instant
    /// Of the case that was played here when it came.
    private let script: UpstreamScript
    private let record = Mutex(Record())
    private let account = Mutex(Account())

    /// What the conversation has come to. Digests are made of it when somebody asks, which is once, and not at every step.
    private struct Record {
        var proxyHeader = ProxyHeaderObservation.absent
        var handshake: HandshakeObservation?
        var sent = StreamRecorder.application
        var received = StreamRecorder.application
        var isCompleted = false
    }

    private struct Account {
        /// Whose it is, as its bytes tell.
        var visit: UpstreamFleet.Visit?
        /// Somebody has it in his observation.
        var isClaimed = false
        var hasEnded = false
        /// How many bytes there were, on the wire and inside, when it was last looked whose they are.
        var looked = (wire: 0, application: 0)
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

    /// It brought bytes that nobody's observation has.
    ///
    /// Where the edge or the agent opens a session of its own with the upstream, a whole ClientHello that is no client's,
    /// and nothing inside the session, was not brought: it is how that party begins before a client has said anything.
    var isStray: Bool {
        let beginning = self.leg.receivedBeginning
        guard !self.isClaimed, !beginning.isEmpty else { return false }
        guard self.slot.endpoint.plan.role.isReEncrypted, self.record.withLock({ $0.received.count == 0 }) else {
            return true
        }
        var reader = ClientHelloReader()
        // What cannot be read as a hello is for that reason alone a stray.
        guard case .complete? = try? reader.append(beginning) else { return true }
        return false
    }

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
        let application = self.record.withLock { $0.received.excerpt }
        let wire = self.leg.receivedBeginning
        let isNew = self.account.withLock { account in
            defer { account.looked = (wire.count, application.count) }
            return account.looked != (wire.count, application.count)
        }
        guard isNew else { return }
        guard let visit = self.slot.ledger.recognise(self, onWire: wire, inside: application) else { return }
        self.account.withLock { $0.visit = visit }
        self.slot.lookAgain()
    }

    /// What is known so far; the leg's part is always of this moment.
    ///
    /// The leg's bytes, counts and digests start after the PROXY header, so that they can be compared with the client's;
    /// its `firstReadCount` is that of the first read as it was, header included.
    var observation: UpstreamConnection {
        let record = self.record.withLock { $0 }
        var observation = UpstreamConnection(leg: self.leg.observation)
        observation.proxyHeader = record.proxyHeader
        observation.handshake = record.handshake
        observation.applicationSent = record.sent.observation
        observation.applicationReceived = record.received.observation
        observation.exchangeCompleted = record.isCompleted
        return observation
    }

    /// Of the observation as much as tells whether there is more to see than before.
    var outline: UpstreamFleet.Outline {
        UpstreamFleet.Outline(
            endpoint: self.endpointID,
            hasBytes: !self.leg.receivedBeginning.isEmpty,
            hasApplicationData: self.record.withLock { $0.received.count > 0 }
        )
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
            self.record.withLock { record in
                record.proxyHeader = proxy.observation
                record.handshake = handshake
                record.sent = conversation.sentSoFar
                record.received = conversation.receivedSoFar
                record.isCompleted = isCompleted
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
