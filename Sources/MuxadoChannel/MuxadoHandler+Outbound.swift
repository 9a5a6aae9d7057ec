internal import Muxado
internal import NIOCore

extension MuxadoHandler {
    /// Frames are collected up to this size before they are given to the transport, four TLS records: TLS makes at
    /// least one record of each write, and copying 16 KiB costs less than a second record.
    private static let batchSize = 64 * 1_024

    /// Gives the transport as much as its limit allows, and tells the streams.
    func pump() {
        guard self.started, self.context != nil else { return }
        guard !self.isPumping else {
            self.pumpAgain = true
            return
        }
        self.isPumping = true
        repeat {
            self.pumpAgain = false
            self.fill()
            if !self.isReading { self.flushBatch() }
            self.notify()
        } while self.pumpAgain
        self.isPumping = false
    }

    /// Encodes frames while there are some and the transport may have more. Calls no one's code.
    func fill() {
        guard self.started, self.failure == nil else { return }
        while self.inFlight + self.batch.readableBytes < self.configuration.transportLimit,
            let output = self.session.nextOutput()
        {
            switch output {
            case .control(let frame):
                self.reserve(frame.byteCount)
                self.encode(frame)
            case .data(let turn):
                self.encode(turn)
            }
            if self.batch.readableBytes >= Self.batchSize { self.writeBatch() }
        }
    }

    /// Sends GOAWAY after what was encoded before, and closes the transport when it is written or the budget is used.
    func writeGoAway() {
        if case .control(let frame)? = self.session.nextOutput() {
            self.reserve(frame.byteCount)
            self.encode(frame)
        }
        let written = self.eventLoop.makePromise(of: Void.self)
        let channel = self.channel
        let budget = self.eventLoop.scheduleTask(in: self.configuration.goAwayBudget) {
            channel.close(promise: nil)
        }
        written.futureResult.whenComplete { _ in
            budget.cancel()
            channel.close(promise: nil)
        }
        guard let context = self.context else {
            written.succeed()
            return
        }
        let batch = self.takeBatch()
        context.writeAndFlush(self.wrapOutboundOut(batch), promise: written)
    }

    private func reserve(_ byteCount: Int) {
        guard self.batch.writableBytes < byteCount, self.batch.readableBytes == 0 else { return }
        self.batch = self.channel.allocator.buffer(capacity: byteCount)
    }

    private func encode(_ frame: ControlFrame) {
        self.batch.writeInteger(frame.header.wireValue)
        if let word = frame.firstWord { self.batch.writeInteger(word) }
        if let word = frame.secondWord { self.batch.writeInteger(word) }
        if !frame.debug.isEmpty { self.batch.writeBytes(frame.debug) }
    }

    private func encode(_ turn: SessionStateMachine.Turn) {
        guard case .channel(let channel)? = self.entries[turn.stream] else {
            preconditionFailure("only channels queue data")
        }
        let byteCount = FrameHeader.byteCount + turn.byteCount
        // A full turn is seldom alone.
        self.reserve(turn.byteCount == self.configuration.maximumFrameLength ? Self.batchSize + byteCount : byteCount)
        self.batch.writeInteger(turn.header.wireValue)
        channel.move(turn.byteCount, into: &self.batch, done: &self.handedOver)
        self.drained.append(channel)
        if turn.finishes { self.outputEnded.append(channel) }
        if turn.closed {
            self.entries[turn.stream] = nil
            channel.session = nil
        }
    }

    private func takeBatch() -> ByteBuffer {
        defer { self.batch = ByteBuffer() }
        return self.batch
    }

    private func writeBatch() {
        guard let context = self.context, self.batch.readableBytes > 0 else { return }
        let batch = self.takeBatch()
        let byteCount = batch.readableBytes
        self.inFlight += byteCount
        self.needsFlush = true
        let written = self.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { result in
            self.inFlight -= byteCount
            switch result {
            case .success:
                self.pump()
            case .failure(let error):
                let failure = MuxadoError(.internalError, scope: .session, origin: .transport, detail: "\(error)")
                self.end(failure, goAway: nil, debug: "")
            }
        }
        context.write(self.wrapOutboundOut(batch), promise: written)
    }

    private func flushBatch() {
        self.writeBatch()
        guard self.needsFlush else { return }
        self.needsFlush = false
        self.context?.flush()
    }

    /// Tells writers that their bytes were handed over, and streams that there is room again.
    private func notify() {
        guard !self.drained.isEmpty || !self.handedOver.isEmpty || !self.outputEnded.isEmpty else { return }
        let promises = self.handedOver
        let drained = self.drained
        let ended = self.outputEnded
        self.handedOver = []
        self.drained = []
        self.outputEnded = []
        for promise in promises { promise.succeed() }
        for channel in drained { channel.updateWritability() }
        for channel in ended { channel.outputFinished() }
    }
}
