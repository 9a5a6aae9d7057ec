extension SessionStateMachine {
    /// Bytes of a stream wait to be sent; the machine says with ``Output/data(_:)`` when and how many at once.
    package mutating func queued(_ byteCount: Int, on stream: StreamID) {
        self.streams[stream]?.queued += byteCount
        self.schedule(stream)
    }

    /// FIN follows the bytes queued so far. Nothing may be queued after it.
    package mutating func finish(_ stream: StreamID) {
        guard self.streams[stream]?.finishRequested == false else { return }
        self.streams[stream]?.finishRequested = true
        self.schedule(stream)
    }

    /// Ends both directions of a stream and forgets it. Data that still comes is answered with a reset.
    ///
    /// What was sent completely ends with FIN; what was not must not look whole, and is reset.
    package mutating func close(_ stream: StreamID) {
        guard let state = self.streams[stream] else { return }
        guard state.queued == 0 else {
            return self.reset(stream, code: .streamCancelled)
        }
        self.remove(stream)
        if !state.finishSent { self.control.append(.frame(.finish(stream))) }
    }

    /// Ends a stream at once and tells the peer why.
    package mutating func reset(_ stream: StreamID, code: ErrorCode) {
        guard self.streams[stream] != nil else { return }
        self.remove(stream)
        self.control.append(.frame(.reset(stream, code: code)))
    }

    /// Sends four bytes in a frame of their own, ahead of all bulk data.
    ///
    /// - Returns: False when the stream is unknown or its window is used up: the word is not sent.
    /// - Throws: `enhanceYourCalm` when too many words wait for a peer that does not read.
    package mutating func send(word: UInt32, on stream: StreamID) throws(MuxadoError) -> Bool {
        guard let window = self.streams[stream]?.sendWindow, window >= 4 else { return false }
        try self.answer(.word(stream, word, flags: []))
        self.streams[stream]?.sendWindow = window - 4
        return true
    }

    /// The next frame to write. Control frames go first; then each stream that may send has one turn after the other.
    package mutating func nextOutput() -> Output? {
        while let entry = self.control.popFirst() {
            switch entry {
            case .frame(let frame):
                return .control(frame)
            case .answer(let frame):
                self.waitingAnswers -= 1
                if frame.header.type == .reset { self.waitingResets.remove(frame.header.stream) }
                return .control(frame)
            case .windowIncrement(let stream):
                guard let state = self.streams[stream], state.pendingIncrement > 0, !state.remoteFinished else {
                    continue
                }
                self.streams[stream]?.pendingIncrement = 0
                return .control(.windowIncrement(stream, by: UInt32(state.pendingIncrement)))
            }
        }
        return self.nextTurn().map(Output.data)
    }

    private mutating func nextTurn() -> Turn? {
        guard let stream = self.firstReady else { return nil }
        self.removeReady(stream)
        guard var state = self.streams[stream] else { return nil }
        let byteCount = max(0, min(state.queued, state.sendWindow, self.settings.maximumFrameLength))
        state.queued -= byteCount
        state.sendWindow -= byteCount
        let finishes = state.finishRequested && state.queued == 0
        state.finishSent = finishes
        self.streams[stream] = state
        let closed = finishes && state.remoteFinished
        if closed {
            self.remove(stream)
        } else if !finishes {
            self.schedule(stream)
        }
        return Turn(stream: stream, byteCount: byteCount, finishes: finishes, closed: closed)
    }

    /// Puts a stream that may send at the end of the line, unless it stands there already.
    mutating func schedule(_ stream: StreamID) {
        guard let state = self.streams[stream], !state.isReady, state.canSend else { return }
        self.streams[stream]?.isReady = true
        self.streams[stream]?.previousReady = self.lastReady
        if let last = self.lastReady {
            self.streams[last]?.nextReady = stream
        } else {
            self.firstReady = stream
        }
        self.lastReady = stream
    }

    /// Takes a stream out of the line.
    mutating func removeReady(_ stream: StreamID) {
        guard let state = self.streams[stream], state.isReady else { return }
        if let previous = state.previousReady {
            self.streams[previous]?.nextReady = state.nextReady
        } else {
            self.firstReady = state.nextReady
        }
        if let next = state.nextReady {
            self.streams[next]?.previousReady = state.previousReady
        } else {
            self.lastReady = state.previousReady
        }
        self.streams[stream]?.isReady = false
        self.streams[stream]?.previousReady = nil
        self.streams[stream]?.nextReady = nil
    }
}
