/// What a relay does about what happens on its two sides, without any of it being done here.
///
/// - An end in order goes on as an end, and leaves the other direction open. A side whose both directions have ended closes.
/// - An end that does not say that it was all ends everything: the other side is cut, behind all that was said before, and
///   the side itself, unless it had been given everything and its end. Neither can take what it got for the whole.
/// - A failure, a reset as well as a loss, never goes on as an end in order: the other side is reset, unless it had been
///   given everything and its end before, or is a client that the policy closes because it was given nothing.
/// - Giving up tells both sides.
/// - A side is read only when both stand and the other has written all that it was given. What comes unasked (TLS has read
///   further than it was asked to, or a FIN made NIO read what the kernel had) is kept and goes on in its turn.
///
/// Whatever happens, an outcome comes, and after it nothing but the reset of a side that stands too late.
package struct RelayStateMachine: Sendable {
    /// How one side's input ended.
    package enum Ending: Hashable, Sendable {
        /// FIN, after close_notify where there is TLS.
        case inOrder
        /// FIN without close_notify, or a stream's reset behind its data.
        case truncated
    }

    package enum Failure: Hashable, Sendable {
        /// An error says so.
        case reset
        /// The channel is gone, and its input had not ended.
        case lost
    }

    /// What a side had been given when the other failed.
    package enum Delivery: Hashable, Sendable {
        case nothing
        case some
        /// All there was, and its end.
        case everything
    }

    package enum Outcome: Hashable, Sendable {
        /// Both directions ended, and both ends were passed on.
        case ended
        /// One side ended without saying that it was all.
        case truncated(by: RelaySide)
        case failed(RelaySide, Failure, after: Delivery)
        /// One side failed, or could not be reached, before both stood.
        case neverBegan(because: RelaySide)
        case gaveUp
    }

    package enum Action: Hashable, Sendable {
        case read(RelaySide)
        /// Give this side all that is kept for it.
        case forward(to: RelaySide)
        /// End this side's output in order, behind what was forwarded, and report when that is done.
        case end(RelaySide)
        /// End this side's output in order if it is still open, and close it without loss of what was written.
        case close(RelaySide)
        /// End this side behind what was forwarded, and not in order.
        case cut(RelaySide)
        /// Reset this side, at once.
        case reset(RelaySide)
        case finish(Outcome)
    }

    private enum Input: Sendable, Equatable {
        case open
        case ended(Ending)
    }

    private enum Output: Sendable {
        case open
        case ending
        case ended
    }

    private struct Leg: Sendable {
        var stands = false
        var input = Input.open
        var output = Output.open
        /// Bytes read and not forwarded.
        var held = 0
        /// Bytes read and forwarded.
        var relayed: Int64 = 0
        /// Bursts that this side was given and has not written.
        var unwritten = 0

        var inputHasEnded: Bool { self.input != .open }
        var hasEnded: Bool { self.inputHasEnded && self.output == .ended }
    }

    private let policy: RelayPolicy
    private var legs = BothSides(Leg())
    package private(set) var outcome: Outcome?

    package init(_ policy: RelayPolicy) {
        self.policy = policy
    }

    /// Whether both sides stand, or did.
    package var hasBegun: Bool { self.legs[.client].stands && self.legs[.upstream].stands }
    /// Whether exactly one direction has ended, which is worth less patience.
    package var isHalfOpen: Bool { self.legs[.client].inputHasEnded != self.legs[.upstream].inputHasEnded }
    /// Bytes of this side that were forwarded.
    package func byteCount(from side: RelaySide) -> Int64 { self.legs[side].relayed }
    package func wasTruncated(_ side: RelaySide) -> Bool { self.legs[side].input == .ended(.truncated) }

    // MARK: Beginning

    /// This side is there, its handshake done.
    package mutating func stands(_ side: RelaySide) -> [Action] {
        guard !self.legs[side].stands else { return [] }
        self.legs[side].stands = true
        guard self.outcome == nil else { return [.reset(side)] }
        guard self.hasBegun else { return [] }
        if let cut = RelaySide.allCases.first(where: { self.wasTruncated($0) }) { return self.beginAndEnd(cutBy: cut) }
        return self.begin(.client) + self.begin(.upstream)
    }

    /// This side cannot be reached, or its handshake failed. The client is told by a close in order, without data.
    package mutating func failedToStand(_ side: RelaySide) -> [Action] {
        guard self.outcome == nil, !self.legs[side].stands else { return [] }
        return self.neverBegin(because: side)
    }

    private mutating func neverBegin(because side: RelaySide) -> [Action] {
        let notice = side == .client ? Action.reset(.upstream) : .close(.client)
        return self.finish(.neverBegan(because: side)) + [notice, .close(side)]
    }

    private mutating func begin(_ side: RelaySide) -> [Action] {
        var actions: [Action] = []
        if self.legs[side].held > 0 { actions.append(self.forward(from: side)) }
        if self.legs[side].inputHasEnded { return actions + self.passOnEnd(of: side) }
        return actions + self.readIfRoom(side)
    }

    /// What was said before the cut goes on, and what was said before it by the other side.
    private mutating func beginAndEnd(cutBy side: RelaySide) -> [Action] {
        var actions: [Action] = []
        for speaker in RelaySide.allCases where self.legs[speaker].held > 0 {
            actions.append(self.forward(from: speaker))
        }
        return actions + self.cut(by: side)
    }

    // MARK: Bytes

    package mutating func received(_ byteCount: Int, from side: RelaySide) -> [Action] {
        guard self.outcome == nil, !self.legs[side].inputHasEnded else { return [] }
        self.legs[side].held += byteCount
        return self.hasBegun ? [self.forward(from: side)] : []
    }

    /// This side has written as many of the bursts that it was given, and can take more.
    package mutating func wrote(_ burstCount: Int, to side: RelaySide) -> [Action] {
        guard self.outcome == nil else { return [] }
        self.legs[side].unwritten -= burstCount
        return self.readIfRoom(side.other)
    }

    private mutating func forward(from side: RelaySide) -> Action {
        self.legs[side].relayed += Int64(self.legs[side].held)
        self.legs[side].held = 0
        self.legs[side.other].unwritten += 1
        return .forward(to: side.other)
    }

    /// Asked when both stand and when the last burst was written, so never twice for one read.
    private func readIfRoom(_ side: RelaySide) -> [Action] {
        guard self.hasBegun, !self.legs[side].inputHasEnded, self.legs[side.other].unwritten == 0 else { return [] }
        return [.read(side)]
    }

    // MARK: Ends

    package mutating func inputEnded(_ ending: Ending, of side: RelaySide) -> [Action] {
        guard self.outcome == nil, !self.legs[side].inputHasEnded else { return [] }
        let ending = side == .client && self.policy.clientTruncation == .isAnEnd ? .inOrder : ending
        self.legs[side].input = .ended(ending)
        guard self.hasBegun else { return [] }
        switch ending {
        case .inOrder: return self.passOnEnd(of: side) + (self.legs[side].hasEnded ? [.close(side)] : [])
        case .truncated: return self.cut(by: side)
        }
    }

    /// The end of this side's output has been carried out, with all that was before it.
    package mutating func outputEnded(of side: RelaySide) -> [Action] {
        guard self.outcome == nil, self.legs[side].output == .ending else { return [] }
        self.legs[side].output = .ended
        guard self.legs[side].inputHasEnded else { return [] }
        let isLast = self.legs[side.other].hasEnded
        return (isLast ? self.finish(.ended) : []) + [.close(side)]
    }

    private mutating func passOnEnd(of side: RelaySide) -> [Action] {
        self.legs[side.other].output = .ending
        return [.end(side.other)]
    }

    /// - Parameter side: who ended without saying that it was all.
    private mutating func cut(by side: RelaySide) -> [Action] {
        let hasEverything = self.legs[side.other].input == .ended(.inOrder)
        return self.finish(.truncated(by: side)) + [.cut(side.other), hasEverything ? .close(side) : .cut(side)]
    }

    // MARK: Failures

    package mutating func failed(_ side: RelaySide, _ failure: Failure) -> [Action] {
        guard self.outcome == nil, !self.legs[side].hasEnded else { return [] }
        guard self.hasBegun else {
            // What it said before it was cut goes on once the other stands, and it need not be there for that.
            return self.legs[side].stands && self.wasTruncated(side) ? [] : self.neverBegin(because: side)
        }
        let other = side.other
        let delivery: Delivery =
            self.legs[other].output != .open ? .everything : self.legs[side].relayed > 0 ? .some : .nothing
        let finish = self.finish(.failed(side, failure, after: delivery))
        let notice: Action
        switch delivery {
        case .everything: notice = .close(other)
        case .nothing where other == .client && self.policy.unansweredClient == .close: notice = .close(other)
        case .nothing, .some: notice = .reset(other)
        }
        // A channel with an error may still have an alert to bring over; one that is lost has nothing.
        return finish + [notice] + (failure == .reset ? [.close(side)] : [])
    }

    /// Nothing has moved for as long as it may.
    package mutating func deadlinePassed() -> [Action] {
        guard self.outcome == nil else { return [] }
        return self.finish(.gaveUp) + [.close(.client), .close(.upstream)]
    }

    private mutating func finish(_ outcome: Outcome) -> [Action] {
        self.outcome = outcome
        return [.finish(outcome)]
    }
}
