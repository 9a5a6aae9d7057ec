import CoreMetrics
import EdgeCore

/// `connections_total`, with a counter for each way in which a connection may end.
struct ConnectionCounters: Sendable {
    private let abandoned: Counter
    private let refused: CounterSet<Refusal.Reason>
    private let refusedByPolicy: CounterSet<PolicyRefusal>
    private let handshakeFailed: BoundedCounters
    private let handshakeTimedOut: Counter
    private let answeredChallenge: Counter
    private let agentFailed: Counter
    private let relayed: Counter
    private let truncated: Counter
    private let idle: Counter
    private let reset: Counter

    init(_ family: CounterFamily) {
        @Sendable func counter(_ outcome: ClientConnection.Outcome) -> Counter {
            family.counter([("outcome", outcome.label), ("reason", outcome.reason)])
        }
        self.abandoned = counter(.open)
        self.refused = CounterSet { counter(.refused(Refusal($0))) }
        self.refusedByPolicy = CounterSet { counter(.refusedByPolicy($0)) }
        self.handshakeFailed = BoundedCounters { counter(.handshakeFailed(reason: $0)) }
        self.handshakeTimedOut = counter(.handshakeTimedOut)
        self.answeredChallenge = counter(.answeredChallenge)
        self.agentFailed = counter(.agentFailed)
        self.relayed = counter(.relayed)
        self.truncated = counter(.truncated)
        self.idle = counter(.idle)
        self.reset = counter(.reset)
    }

    func increment(_ outcome: ClientConnection.Outcome) {
        switch outcome {
        case .open: self.abandoned.increment()
        case .refused(let refusal): self.refused[refusal.reason].increment()
        case .denied: self.refused[.ipDenied].increment()
        case .refusedByPolicy(let refusal): self.refusedByPolicy[refusal].increment()
        case .handshakeFailed(let reason): self.handshakeFailed.increment(reason)
        case .handshakeTimedOut: self.handshakeTimedOut.increment()
        case .answeredChallenge: self.answeredChallenge.increment()
        case .agentFailed: self.agentFailed.increment()
        case .relayed: self.relayed.increment()
        case .truncated: self.truncated.increment()
        case .idle: self.idle.increment()
        case .reset: self.reset.increment()
        }
    }
}
