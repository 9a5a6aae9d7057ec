import Exchanges
import ScenarioModel

extension Case {
    /// For a busy machine, beyond everything that a case waits for.
    private static let patience = 8.0

    /// How long the whole case may take: what its exchange needs, what it expects to wait for, and what the target may
    /// wait for by its own account.
    ///
    /// - Parameter limits: the target's declared deadlines, in seconds.
    func deadline(limits: [Deadline: Double]) -> Duration {
        if let play = self.play { return self.deadline(of: play, limits) }
        let needed: Double =
            switch self.exchange {
            case .transfer: 120
            case .idle, .clientHalfOpen: (limits[.idle] ?? 30) + Self.patience
            // Its client cannot see the end that it waits for, and so waits for as long as it may.
            case .upstreamHalfOpen: (limits[.halfOpen] ?? 30) + 3
            case .echo, .wait, .clientHalfClose, .upstreamHalfClose, .upstreamFirst, .clientCloses, .upstreamCloses,
                .upstreamResets, .upstreamTruncates, .clientResets, .breach, .dialogue:
                12
            // A program must be started first, and a browser takes seconds for that.
            case .request: self.client.engine == .program ? 40 : 12
            }
        if self.exchange == .upstreamHalfOpen { return .seconds(needed) }
        var waits = self.expectation.alternatives.flatMap(\.times).map { $0.latest(limits) }
        // Whatever is opened, a target may think about it until its deadline for a hello or a handshake.
        waits += [limits[.hello], limits[.handshake]].compactMap(\.self)
        // A connection that stands and says nothing ends at the idle limit; not every failure shall take so long.
        if self.exchange == .wait, let idle = limits[.idle], idle <= 30 { waits.append(idle) }
        return .seconds(max(needed, (waits.max() ?? 5) + Self.patience) + self.client.slowness)
    }

    /// That of each step, one after the other; what is done at once takes as long as the longest of it.
    private func deadline(of play: Play, _ limits: [Deadline: Double]) -> Duration {
        play.moments.map { steps in
            steps.map { step in
                switch step.action {
                case .connect, .open: self.scene(of: step).deadline(limits: limits)
                case .say(_, .upload), .hear: Step.Speech.longestPatience
                case .say, .end, .reset: Orders.patience
                case .wait(let milliseconds): .milliseconds(milliseconds)
                case .agent, .target, .api, .told: .seconds(20)
                }
            }
            .max() ?? .zero
        }
        .reduce(.zero, +)
    }
}

extension Case {
    /// The client, with gaps so long that a first flight which is to drip on beyond a deadline does: with those of its file
    /// it would be whole before the longer deadlines of some targets, and served.
    func client(limits: [Deadline: Double]) -> ClientPlan {
        let deadlines = self.expectation.alternatives.flatMap(\.times).compactMap { within -> Double? in
            if case .deadline(let deadline) = within { limits[deadline] } else { nil }
        }
        var client = self.client
        let needed = (deadlines.max() ?? 0) + 3
        guard !deadlines.isEmpty, client.slowness > 0, client.slowness < needed else { return client }
        let stretched = Double(client.delivery.gapMilliseconds) * needed / client.slowness
        client.delivery.gapMilliseconds = Int(stretched.rounded(.up))
        return client
    }
}

extension Case {
    /// How much longer the client's first flight took than the gaps that it was to leave: each of many may have been a little
    /// late, and the target's deadline for a hello come meanwhile.
    func sendingDelay(_ observation: Observation, limits: [Deadline: Double]) -> Duration {
        guard self.play == nil, self.client.delivery.gapMilliseconds > 0, let leg = observation.clients.last?.leg else {
            return .zero
        }
        let planned = Duration.seconds(self.client(limits: limits).slowness)
        return max(.zero, .milliseconds(leg.phases?.helloSent ?? leg.endedAfter) - planned)
    }
}

extension Expectation.Within {
    /// Seconds after which the end comes too late.
    fileprivate func latest(_ limits: [Deadline: Double]) -> Double {
        switch self {
        case .milliseconds(let range): Double(range.upperBound) / 1_000
        case .deadline(let deadline): (limits[deadline] ?? 0) + 1.5
        }
    }
}

extension ClientPlan {
    /// How many seconds the gaps between the segments of the first flight take, at most.
    var slowness: Double {
        guard self.delivery.gapMilliseconds > 0 else { return 0 }
        let pieces = self.delivery.segmentSize.map { (self.firstFlightSize + $0 - 1) / max($0, 1) } ?? 0
        return Double((pieces + self.delivery.segmentCuts.count) * self.delivery.gapMilliseconds) / 1_000
    }

    /// In bytes, at most; records cut it up further.
    private var firstFlightSize: Int {
        let payload =
            switch self.opening {
            case .raw(_, let bytes): bytes.bytes.count
            case .nothing: 0
            case .builtHello(let hello): max(hello.paddedSize ?? 0, 1024)
            // With a key share of ML-KEM.
            case .engineHello: 2048
            }
        return payload * (self.delivery.recordSize.map { 1 + 5 / max($0, 1) } ?? 1)
    }
}
