import Addresses
import ScenarioModel

/// Builds the observation of one connection while it happens.
struct LegRecorder: Sendable {
    /// Enough to tell a handshake's story; a transfer's thousand reads would drown it.
    private static let timelineLimit = 128

    /// Less is every program's.
    private static let noticedDelay = Duration.milliseconds(50)

    private let caseStart: ContinuousClock.Instant
    /// When it was dialled; from ``connected()`` on, when it stood.
    private var connectionStart: ContinuousClock.Instant
    private var sent = StreamRecorder(excerptLimit: LegObservation.excerptLimit)
    private var received = StreamRecorder(excerptLimit: LegObservation.excerptLimit)
    private var partial = LegObservation()
    private var endedAt: ContinuousClock.Instant?
    private var omittedEntries = 0

    init(caseStart: ContinuousClock.Instant, connectionStart: ContinuousClock.Instant) {
        self.caseStart = caseStart
        self.connectionStart = connectionStart
    }

    /// Time is counted from here: until now the connection waited for a place among the others that were dialled.
    mutating func connected() {
        let now = ContinuousClock.now
        self.partial.phases = LegObservation.Phases(connect: (now - self.connectionStart).milliseconds)
        self.connectionStart = now
    }

    mutating func reach(_ phase: LegObservation.Phase) {
        self.partial.phases?.reach(phase, after: (ContinuousClock.now - self.connectionStart).milliseconds)
    }

    mutating func setAddresses(local: TransportAddress?, remote: TransportAddress?) {
        self.partial.localAddress = local
        self.partial.remoteAddress = remote
    }

    /// - Parameter arrived: what had arrived by then, where the system tells.
    mutating func read(count: Int, arrived: ArrivedSegments? = nil) {
        if self.partial.firstReadCount == 0 {
            self.partial.firstReadCount = count
            // Where more has come meanwhile, nobody knows in which segment it was.
            if let arrived, arrived.byteCount == count { self.partial.firstSegmentCount = arrived.count }
        }
        self.reach(.firstByte)
        self.note(.received, "\(count) bytes", count: count)
    }

    /// So much later than it could have, the harness took what had come, or went on from there.
    mutating func wasLate(by delay: Duration) {
        guard delay >= Self.noticedDelay else { return }
        self.partial.ownDelay = max(self.partial.ownDelay ?? 0, delay.milliseconds)
    }

    mutating func recordReceived(_ bytes: [UInt8]) { self.received.record(bytes) }

    mutating func recordSent(_ bytes: [UInt8]) {
        self.sent.record(bytes)
        self.note(.sent, "\(bytes.count) bytes", count: bytes.count)
    }

    /// What stands in front of all that is said, and is no part of it.
    mutating func recordHeader(_ bytes: [UInt8]) {
        self.note(.sent, "\(bytes.count) bytes in front: \(ByteString(bytes).dump(limit: 64))")
    }

    /// Our own side begins to end. What was sent before belongs to the conversation, what follows to its closing.
    mutating func beginEnd() {
        guard self.partial.sentBeforeEnd == nil else { return }
        self.partial.sentBeforeEnd = StreamMark(count: self.sent.count, digest: self.sent.digest)
    }

    mutating func note(
        _ kind: TimelineEntry.Kind,
        _ detail: String,
        count: Int? = nil,
        at instant: ContinuousClock.Instant = .now
    ) {
        let isData = kind == .sent || kind == .received
        if isData && self.partial.timeline.count >= Self.timelineLimit {
            self.omittedEntries += 1
            return
        }
        self.partial.timeline.append(
            TimelineEntry(at: (instant - self.caseStart).milliseconds, kind: kind, detail: detail, count: count)
        )
    }

    /// The first ending counts: what comes after it is the tail of closing.
    mutating func end(_ ending: LegEnding, _ detail: String) {
        guard self.endedAt == nil else { return }
        let now = ContinuousClock.now
        self.endedAt = now
        self.partial.ending = ending
        if self.omittedEntries > 0 { self.note(.note, "\(self.omittedEntries) more reads and writes", at: now) }
        self.note(.end, detail, at: now)
    }

    var receivedBeginning: [UInt8] { self.received.excerpt }

    var observation: LegObservation {
        var observation = self.partial
        observation.sent = ByteString(self.sent.excerpt)
        observation.sentCount = self.sent.count
        observation.sentDigest = self.sent.digest
        observation.received = ByteString(self.received.excerpt)
        observation.receivedCount = self.received.count
        observation.receivedDigest = self.received.digest
        observation.endedAfter = ((self.endedAt ?? .now) - self.connectionStart).milliseconds
        return observation
    }
}

extension Duration {
    package var milliseconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) * 1_000 + Double(attoseconds) / 1e15
    }
}
