extension SessionStateMachine {
    /// A piece of a DATA frame arrived.
    package mutating func received(_ piece: DataPiece) -> DataAction {
        guard !self.isClosed else { return .discard }
        do throws(MuxadoError) {
            var opened = false
            if piece.opensStream && piece.isFirst {
                guard try self.open(piece.stream) else { return .discard }
                opened = true
            }
            guard let state = self.streams[piece.stream] else {
                try self.refuseData(piece)
                return .discard
            }
            if let error = Self.violation(of: state, by: piece) {
                self.reset(piece.stream, code: error.code)
                return .failStream(error)
            }
            self.streams[piece.stream]?.receiveAllowance -= piece.byteCount
            guard piece.finishes else {
                return .deliver(opened: opened, finished: false, closed: false)
            }
            self.streams[piece.stream]?.remoteFinished = true
            let closed = state.finishSent
            if closed { self.remove(piece.stream) }
            return .deliver(opened: opened, finished: true, closed: closed)
        } catch {
            return .failSession(error)
        }
    }

    /// A RST frame arrived. Resets of streams nobody knows any more are normal.
    package mutating func received(resetOf stream: StreamID, code: ErrorCode) -> StreamAction {
        guard let state = self.streams[stream] else { return .none }
        self.remove(stream)
        let error = MuxadoError(code, scope: .stream(stream), origin: .remote, detail: "the peer reset the stream")
        // A peer that reads no more takes nothing back of what it has said, where that was all.
        let isBehindData = code == .streamReset || code == .streamClosed && state.remoteFinished
        return isBehindData ? .failStreamBehindData(error) : .failStream(error)
    }

    /// A WNDINC frame arrived.
    package mutating func received(increment: UInt32, for stream: StreamID) -> StreamAction {
        guard let window = self.streams[stream]?.sendWindow else { return .none }
        guard increment > 0 else {
            self.reset(stream, code: .protocolError)
            return .failStream(.stream(stream, .protocolError, "the peer's increment is zero"))
        }
        guard window + Int(increment) <= Int(StreamID.maximum) else {
            self.reset(stream, code: .flowControl)
            return .failStream(.stream(stream, .flowControl, "the peer's increments exceed 2^31 - 1 bytes"))
        }
        self.streams[stream]?.sendWindow = window + Int(increment)
        self.schedule(stream)
        return .none
    }

    /// A GOAWAY frame arrived: the session is over, as no known peer keeps one open after it.
    package static func error(forGoAway code: ErrorCode, debug: String) -> MuxadoError {
        MuxadoError(
            code == .noError ? .remoteGoneAway : code,
            scope: .session,
            origin: .remote,
            detail: debug.isEmpty ? "the peer closed the session" : debug
        )
    }

    /// The reader of a stream took bytes. They are given back to the peer in halves of the *initial* window, whatever was
    /// granted since.
    ///
    /// Half is few enough frames to cost nothing and early enough that a steady sender never waits. It may not be half of
    /// what the window has grown to: a peer may hold no more than the initial window however much it is granted, as ngrok's
    /// Rust implementation does, and would wait for increments that never come.
    ///
    /// - Parameter readerWaited: The reader had asked before the bytes came. Where that happens the network is the bottleneck,
    ///   and the window doubles as far as the settings allow; a reader for whom bytes always wait keeps the window it has.
    package mutating func consumed(_ byteCount: Int, of stream: StreamID, readerWaited: Bool) {
        guard byteCount > 0, var state = self.streams[stream], !state.remoteFinished else { return }
        state.unacknowledged += byteCount
        state.consumedSinceGrowth += byteCount
        state.readerWaited = state.readerWaited || readerWaited
        if state.unacknowledged * 2 >= self.settings.initialWindow {
            let increment = state.unacknowledged + self.growth(of: &state)
            if state.pendingIncrement == 0 { self.control.append(.windowIncrement(stream)) }
            state.pendingIncrement += increment
            state.receiveAllowance += increment
            state.unacknowledged = 0
        }
        self.streams[stream] = state
    }

    /// How much the window grows now: looked at once for each half of it that was taken.
    private mutating func growth(of state: inout StreamState) -> Int {
        guard state.consumedSinceGrowth * 2 >= state.receiveWindow else { return 0 }
        let window =
            state.readerWaited ? min(state.receiveWindow * 2, self.settings.maximumWindow) : state.receiveWindow
        let growth = min(window - state.receiveWindow, self.settings.maximumGrowth - self.grown)
        state.receiveWindow += growth
        state.consumedSinceGrowth = 0
        state.readerWaited = false
        self.grown += growth
        return growth
    }

    /// Returns false when the stream was refused.
    private mutating func open(_ stream: StreamID) throws(MuxadoError) -> Bool {
        guard !self.settings.role.opens(stream) else {
            throw .session(.protocolError, "the peer opened stream \(stream), a number of this side")
        }
        guard self.streams[stream] == nil else {
            throw .session(.protocolError, "the peer opened stream \(stream) twice")
        }
        self.lastRemote = max(self.lastRemote, stream)
        guard self.inboundStreams < self.settings.maximumInboundStreams else {
            try self.answer(.reset(stream, code: .streamRefused))
            return false
        }
        guard self.backlog < self.settings.acceptBacklog else {
            try self.answer(.reset(stream, code: .acceptQueueFull))
            return false
        }
        self.backlog += 1
        self.inboundStreams += 1
        self.streams[stream] = StreamState(window: self.settings.initialWindow, isInBacklog: true)
        return true
    }

    /// Data for a stream nobody knows: one reset per frame, none for an end of what has ended already.
    private mutating func refuseData(_ piece: DataPiece) throws(MuxadoError) {
        guard piece.isFirst, !(piece.byteCount == 0 && piece.finishes) else { return }
        guard self.waitingResets.insert(piece.stream).inserted else { return }
        try self.answer(.reset(piece.stream, code: .streamClosed))
    }

    private static func violation(of state: StreamState, by piece: DataPiece) -> MuxadoError? {
        if state.remoteFinished {
            return .stream(piece.stream, .streamClosed, "the peer sent data after its end")
        }
        if piece.byteCount > state.receiveAllowance {
            return .stream(piece.stream, .flowControl, "the peer sent more than its window")
        }
        return nil
    }
}
