import Addresses
import ScenarioModel

/// What is known of one TCP connection, and what follows from it.
///
/// It has no channel and waits for nothing: ``Leg`` tells it what happened, asks what is to be done, and does it.
struct LegState: Sendable {
    /// How the peer's direction came to its end. FIN comes before a reset that may follow it.
    enum PeerEnding: Sendable {
        case fin, reset
    }

    /// Our own direction.
    private enum Output: Sendable {
        case open
        /// FIN goes out behind what is still on its way to the kernel.
        case ending
        case ended
        /// What we write is answered with RST.
        case refused
        /// The socket is closed, or will be next.
        case closed
    }

    /// Reading pauses when so many bytes wait to be taken.
    static let inboundLimit = 512 * 1024
    /// A writer waits while so many bytes are not yet in the kernel.
    static let outboundLimit = 256 * 1024

    private(set) var recorder: LegRecorder
    private(set) var isExpired = false
    private var isOpened = false
    private var inbound: [UInt8] = []
    private var recordsReceived: Bool
    private var isReadingPaused = false
    private var peerEnding: PeerEnding?
    private var output = Output.open
    private var pendingWrites = 0
    /// When the first of the bytes that wait to be taken came.
    private var arrival: ContinuousClock.Instant?
    /// When the peer or time ended the connection, until the leg's task is told.
    private var untoldEnd: ContinuousClock.Instant?
    /// Since when the leg's task has had something to do.
    private var busy: ContinuousClock.Instant?

    init(recorder: LegRecorder, recordsReceived: Bool) {
        self.recorder = recorder
        self.recordsReceived = recordsReceived
    }

    mutating func beginEnd() { self.recorder.beginEnd() }

    mutating func note(_ kind: TimelineEntry.Kind, _ detail: String) {
        self.recorder.note(kind, detail)
    }

    mutating func reach(_ phase: LegObservation.Phase) { self.recorder.reach(phase) }

    /// The first time counts.
    mutating func opened(_ kind: TimelineEntry.Kind, local: TransportAddress?, remote: TransportAddress?) {
        guard !self.isOpened else { return }
        self.isOpened = true
        self.recorder.setAddresses(local: local, remote: remote)
        if kind == .connect { self.recorder.connected() }
        let near = local.map(\.description) ?? "?"
        let peer = remote.map(\.description) ?? "?"
        self.recorder.note(kind, kind == .accept ? "\(peer) at \(near)" : "\(near) to \(peer)")
    }

    /// Time is up. What the peer did until now is still given; what it sends from now on is not, or one that never stops
    /// would never be left.
    mutating func expire() {
        self.noteEnd()
        self.isExpired = true
    }

    private mutating func noteEnd() {
        if !self.isDecided { self.untoldEnd = .now }
    }

    /// A wait was to end at this instant.
    mutating func waited(until limit: ContinuousClock.Instant) { self.recorder.wasLate(by: .now - limit) }

    /// Nothing was to be taken before this instant: what came earlier has not waited for us until then.
    mutating func rested(until end: ContinuousClock.Instant) {
        self.arrival = self.arrival.map { max($0, end) }
        self.untoldEnd = self.untoldEnd.map { max($0, end) }
    }
}

// MARK: - What the peer does

extension LegState {
    /// Returns whether reading must pause.
    mutating func received(_ bytes: [UInt8], arrived: ArrivedSegments? = nil) -> Bool {
        guard !self.isExpired else { return true }
        self.recorder.read(count: bytes.count, arrived: arrived)
        if self.recordsReceived { self.recorder.recordReceived(bytes) }
        if self.inbound.isEmpty {
            self.inbound = bytes
            self.arrival = .now
        } else {
            self.inbound.append(contentsOf: bytes)
        }
        self.isReadingPaused = self.inbound.count >= Self.inboundLimit
        return self.isReadingPaused
    }

    /// From now on received bytes are recorded: first these, which were taken before, then what waits and what comes.
    mutating func startRecording(with taken: [UInt8]) {
        guard !self.recordsReceived else { return }
        self.recordsReceived = true
        self.recorder.recordReceived(taken)
        self.recorder.recordReceived(self.inbound)
    }

    mutating func ended(_ ending: PeerEnding, _ detail: String) {
        if self.peerEnding == nil {
            self.noteEnd()
            self.peerEnding = ending
            self.recorder.end(ending == .fin ? .fin : .reset, detail)
        } else if ending == .reset {
            self.refuseOutput()
        }
    }

    /// The connection is gone in both directions. Where our own was still open, a reset did that.
    mutating func connectionGone() {
        if self.peerEnding == nil { self.ended(.fin, "FIN") }
        self.refuseOutput()
    }

    private mutating func refuseOutput() {
        guard self.output == .open || self.output == .ending else { return }
        self.output = .refused
        if self.peerEnding == .fin { self.recorder.note(.note, "RST, after FIN") }
    }

    /// Nothing that is sent can arrive any more, or time is up.
    var isOver: Bool { self.isExpired || self.output == .refused || self.output == .closed }

    /// The peer or time has ended the connection.
    var isDecided: Bool { self.peerEnding != nil || self.isExpired }
    var hasEvent: Bool { !self.inbound.isEmpty || self.isDecided }

    /// The next thing for the leg's task, and whether reading may go on where it was paused.
    mutating func takeEvent() -> (event: Leg.Event?, resumesReading: Bool) {
        if !self.inbound.isEmpty {
            self.takes(whatCameAt: self.arrival)
            defer {
                self.inbound = []
                self.isReadingPaused = false
            }
            return (.bytes(self.inbound), self.isReadingPaused && !self.isExpired)
        }
        if let end = self.untoldEnd {
            self.untoldEnd = nil
            self.takes(whatCameAt: end)
        }
        switch self.peerEnding {
        case .fin?: return (.fin, false)
        case .reset?: return (.reset, false)
        case nil: return (self.isExpired ? .expired : nil, false)
        }
    }

    private mutating func takes(whatCameAt arrival: ContinuousClock.Instant?) {
        let now = ContinuousClock.now
        if let arrival { self.recorder.wasLate(by: now - arrival) }
        self.busy = now
    }
}

// MARK: - What we do

extension LegState {
    /// Whether bytes that are sent now may still reach the peer.
    var takesMore: Bool { self.output == .open && self.peerEnding != .reset }

    /// The same, and there is time left to say more.
    var isWorthWriting: Bool { self.takesMore && !self.isExpired }

    /// Returns whether the bytes go to the socket.
    mutating func send(_ bytes: [UInt8], headerCount: Int = 0) -> Bool {
        guard self.takesMore else {
            if self.output == .ending || self.output == .ended {
                self.recorder.note(.note, "\(bytes.count) bytes not sent: our side has ended")
            }
            return false
        }
        self.pendingWrites += bytes.count
        if headerCount > 0 { self.recorder.recordHeader(Array(bytes.prefix(headerCount))) }
        if bytes.count > headerCount { self.recorder.recordSent(Array(bytes.dropFirst(headerCount))) }
        return true
    }

    /// So many bytes are in the kernel, or will never be. Returns whether FIN is due.
    mutating func written(_ count: Int, failure: WriteFailure? = nil) -> Bool {
        self.pendingWrites -= count
        switch failure {
        case nil: break
        case .brokenPipe?:
            self.ended(.fin, "FIN")
            self.refuseOutput()
        case .reset?:
            self.ended(.reset, "RST, when writing")
            self.refuseOutput()
        case .channelClosed?:
            self.refuseOutput()
        }
        guard self.output == .ending, self.pendingWrites == 0 else { return false }
        self.output = .ended
        return true
    }

    /// `nil` while there is a reason to wait.
    var room: Leg.Room? {
        if !self.isWorthWriting { return .giveUp }
        if self.pendingWrites < Self.outboundLimit { return .write }
        return self.inbound.isEmpty ? nil : .readFirst
    }

    /// Whether everything that was sent is in the kernel; `nil` while it may still come to that.
    var isFlushed: Bool? {
        switch self.output {
        case .refused, .closed: return false
        case .open, .ending, .ended:
            if self.pendingWrites == 0 { return true }
            return self.peerEnding == .reset || self.isExpired ? false : nil
        }
    }

    /// Returns whether FIN is due; otherwise it is when the last write is done, or was sent before.
    mutating func closeOutput() -> Bool {
        guard self.takesMore else { return false }
        self.recorder.note(.closeWrite, "FIN")
        self.output = self.pendingWrites == 0 ? .ended : .ending
        return self.output == .ended
    }

    /// A peer that had not ended its side by now is ``LegEnding/closedByUs``, or ``LegEnding/stillOpen`` where time is up.
    mutating func close() {
        self.waits()
        self.output = .closed
        if self.isExpired {
            self.recorder.end(.stillOpen, "time is up, and the peer holds the connection open")
        } else {
            self.recorder.end(.closedByUs, "closed by the harness")
        }
    }

    /// The leg's task has done what it had to do, and waits for something new.
    mutating func waits() {
        guard let busy = self.busy else { return }
        self.recorder.wasLate(by: .now - busy)
        self.busy = nil
    }

    mutating func reset() {
        self.output = .closed
        self.recorder.end(.closedByUs, "reset by the harness")
    }
}
