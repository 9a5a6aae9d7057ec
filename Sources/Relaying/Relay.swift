package import NIOCore

/// Does what ``RelayStateMachine`` decides, on two legs.
///
/// One relay has one machine, which lives on one event loop, the relay's home: the client's at the edge, whose agents' streams
/// live on other loops, and the only one at the agent. Events of a leg that lives elsewhere come home as messages, and its
/// orders go there as messages. A burst costs two hops then, itself over and the news of the room back, whichever way it goes,
/// as it would between two machines that talk to each other; and no two of those can ever know different things.
package final class Relay {
    /// How long a relay may stand still.
    package struct Limits: Hashable, Sendable {
        /// Without a byte in either direction.
        package var idle: TimeAmount
        /// The same, when one direction has ended.
        package var halfOpen: TimeAmount

        package init(idle: TimeAmount, halfOpen: TimeAmount) {
            self.idle = idle
            self.halfOpen = halfOpen
        }
    }

    private let eventLoop: any EventLoop
    private let limits: Limits?
    private var machine: RelayStateMachine
    private var legs = BothSides<Resident<RelayLeg>?>(nil)
    private var held = BothSides<[ByteBuffer]>([])
    private var lastActivity = NIODeadline.uptimeNanoseconds(0)
    private var timer: Scheduled<Void>?
    /// The first error of a leg.
    package private(set) var failure: (any Error)?

    package init(_ policy: RelayPolicy, limits: Limits? = nil, on eventLoop: any EventLoop) {
        self.machine = RelayStateMachine(policy)
        self.limits = limits
        self.eventLoop = eventLoop
    }

    /// The relay as its legs know it.
    package var resident: Resident<Relay> { Resident(self, on: self.eventLoop) }
    package var outcome: RelayStateMachine.Outcome? { self.machine.outcome }
    package func byteCount(from side: RelaySide) -> Int64 { self.machine.byteCount(from: side) }
    package func wasTruncated(_ side: RelaySide) -> Bool { self.machine.wasTruncated(side) }

    // MARK: What the owner says

    package func stands(_ side: RelaySide) {
        self.perform(self.machine.stands(side))
        if self.machine.hasBegun { self.restartTimer() }
    }

    package func failedToStand(_ side: RelaySide) { self.perform(self.machine.failedToStand(side)) }

    // MARK: What legs say

    func attach(_ leg: Resident<RelayLeg>, as side: RelaySide) { self.legs[side] = leg }

    func detach(_ side: RelaySide) { self.legs[side] = nil }

    /// Also for what the owner had read of a side before its leg was there.
    package func received(_ buffers: [ByteBuffer], from side: RelaySide) {
        guard self.machine.outcome == nil else { return }
        self.held[side] = self.held[side].isEmpty ? buffers : self.held[side] + buffers
        self.perform(self.machine.received(buffers.reduce(0) { $0 + $1.readableBytes }, from: side))
    }

    func wrote(_ burstCount: Int, to side: RelaySide) { self.perform(self.machine.wrote(burstCount, to: side)) }

    func inputEnded(_ ending: RelayStateMachine.Ending, of side: RelaySide) {
        self.perform(self.machine.inputEnded(ending, of: side))
    }

    func outputEnded(of side: RelaySide) { self.perform(self.machine.outputEnded(of: side)) }

    func failed(_ side: RelaySide, with error: any Error) {
        if self.failure == nil { self.failure = error }
        self.perform(self.machine.failed(side, .reset))
    }

    func lost(_ side: RelaySide) { self.perform(self.machine.failed(side, .lost)) }

    // MARK: What the machine says

    /// A leg on this loop may answer while this runs; what follows from that is done first, and the machine knew of the rest.
    private func perform(_ actions: [RelayStateMachine.Action]) {
        for action in actions {
            switch action {
            case .read(let side): self.legs[side]?.run { $0.read() }
            case .forward(let side): self.forward(to: side)
            case .end(let side):
                self.restartTimer()
                self.legs[side]?.run { $0.endOutput() }
            case .close(let side): self.legs[side]?.run { $0.close() }
            case .cut(let side): self.legs[side]?.run { $0.cut() }
            case .reset(let side): self.legs[side]?.run { $0.reset() }
            case .finish: self.finish()
            }
        }
    }

    private func forward(to side: RelaySide) {
        if self.limits != nil { self.lastActivity = self.eventLoop.now }
        let buffers = self.held[side.other]
        self.held[side.other] = []
        self.legs[side]?.run { $0.write(buffers) }
    }

    private func finish() {
        self.timer?.cancel()
        self.timer = nil
        self.held = BothSides([])
    }

    // MARK: Time

    private func restartTimer() {
        guard self.machine.outcome == nil else { return }
        self.lastActivity = self.eventLoop.now
        self.timer?.cancel()
        self.schedule()
    }

    /// One timer that looks at the last burst when it fires: to move it for each burst would cost more than the burst.
    private func schedule() {
        guard let limits = self.limits else { return }
        let deadline = self.lastActivity + (self.machine.isHalfOpen ? limits.halfOpen : limits.idle)
        self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            let limit = self.machine.isHalfOpen ? limits.halfOpen : limits.idle
            if self.lastActivity + limit <= self.eventLoop.now {
                self.perform(self.machine.deadlinePassed())
            } else {
                self.schedule()
            }
        }
    }
}
