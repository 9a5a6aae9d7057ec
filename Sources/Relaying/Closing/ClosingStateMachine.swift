/// How a transport is closed so that what was written arrives.
///
/// NIO's own close throws away writes that wait, and a socket that is closed with unread input answers with RST, which can
/// destroy what is on its way: the last bytes of an answer, or an alert. So a close is: flush, FIN, read and throw away until
/// the peer's FIN, close; each wait has a limit.
///
/// A cut is what was written and then a reset. RST throws away what its sender's kernel has not sent yet, and on some systems
/// what its receiver's has not handed over, so that it waits until the peer's kernel has acknowledged everything: more than
/// that the peer's kernel does not tell. (Linux hands over what came before an RST.)
package struct ClosingStateMachine {
    package enum Action: Hashable {
        /// Flush, and report when it is done.
        case flush
        /// FIN.
        case endOutput
        /// Read, and throw away what comes.
        case discardInput
        case startFlushTimer
        case startDrainTimer
        /// Tell the handlers above that the input has ended.
        case tellInputEnded
        /// Wait until the peer has acknowledged all that was written, and report it.
        case awaitAcknowledgement
        /// Close at once.
        case close
        /// Close at once, and visibly so.
        case reset
        /// The same, behind everything that was written.
        case resetBehindData
    }

    private enum Output {
        case open
        case flushing
        case ended
        /// Flushing, and a reset follows.
        case cutting
        /// Flushed, and a reset follows what the peer acknowledges.
        case acknowledging
    }

    private var output = Output.open
    package private(set) var inputHasEnded = false
    private var hasFailed = false
    private var isClosing = false
    private var isClosed = false

    package init() {}

    /// What is written behind the end would come before its FIN while that waits for the flush: a TLS handler's close_notify
    /// behind a truncated end, for one.
    package var dropsWrites: Bool { self.output != .open }
    package var dropsInput: Bool { self.isClosing }
    /// Whether everything that was written has left.
    package var outputEnded: Bool { self.output == .ended }

    package mutating func endOutput() -> [Action] {
        guard self.output == .open, !self.isClosed else { return [] }
        self.output = .flushing
        return [.flush]
    }

    package mutating func close() -> [Action] {
        guard !self.isClosing, !self.isClosed else { return [] }
        self.isClosing = true
        switch self.output {
        case .open:
            self.output = .flushing
            return [.discardInput, .startFlushTimer, .flush]
        case .flushing, .cutting, .acknowledging:
            return [.discardInput, .startFlushTimer]
        case .ended:
            return self.inputHasEnded ? self.closeNow() : [.discardInput, .startDrainTimer]
        }
    }

    /// Ends both directions behind what was written, with a reset. An end in order that was asked for before stays one.
    package mutating func cut() -> [Action] {
        guard self.output == .open, !self.isClosing, !self.isClosed else { return self.close() }
        self.isClosing = true
        self.output = .cutting
        return [.discardInput, .startFlushTimer, .flush]
    }

    package mutating func reset() -> [Action] {
        guard !self.isClosed else { return [] }
        self.isClosing = true
        self.isClosed = true
        return [.reset]
    }

    /// The flush is done, or cannot be.
    package mutating func flushed(_ isComplete: Bool) -> [Action] {
        guard !self.isClosed else { return [] }
        switch self.output {
        case .flushing:
            guard isComplete else { return self.closeNow() }
            self.output = .ended
            return [.endOutput] + (self.isClosing ? self.drain() : [])
        case .cutting:
            guard isComplete else { return self.reset() }
            self.output = .acknowledging
            return [.awaitAcknowledgement]
        case .open, .ended, .acknowledging:
            return []
        }
    }

    /// The peer has acknowledged all that was written.
    package mutating func acknowledged() -> [Action] {
        guard self.output == .acknowledging, !self.isClosed else { return [] }
        self.isClosed = true
        return [.resetBehindData]
    }

    /// - Parameter hasProgressed: whether the peer has taken anything since the timer was started.
    package mutating func flushTimePassed(hasProgressed: Bool) -> [Action] {
        guard !self.isClosed else { return [] }
        switch self.output {
        case .flushing: return hasProgressed ? [.startFlushTimer] : self.closeNow()
        case .cutting, .acknowledging: return hasProgressed ? [.startFlushTimer] : self.reset()
        case .open, .ended: return []
        }
    }

    package mutating func drainTimePassed() -> [Action] {
        guard self.isClosing, self.output == .ended, !self.isClosed else { return [] }
        return self.closeNow()
    }

    package mutating func inputEndedByPeer() -> [Action] {
        guard !self.inputHasEnded else { return [] }
        self.inputHasEnded = true
        guard self.isClosing else { return [.tellInputEnded] }
        return self.output == .ended && !self.isClosed ? self.closeNow() : []
    }

    package mutating func failed() { self.hasFailed = true }

    /// The channel is gone. NIO tells the end of input of a channel whose output has ended in no other way.
    package mutating func becameInactive() -> [Action] {
        let isEnd = self.output == .ended && !self.inputHasEnded && !self.isClosing && !self.hasFailed
        self.isClosed = true
        self.inputHasEnded = true
        return isEnd ? [.tellInputEnded] : []
    }

    private mutating func drain() -> [Action] { self.inputHasEnded ? self.closeNow() : [.startDrainTimer] }

    private mutating func closeNow() -> [Action] {
        self.isClosed = true
        return [.close]
    }
}
