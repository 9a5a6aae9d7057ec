internal import Muxado
package import NIOCore

extension MuxadoStreamChannel: ChannelCore {
    package func localAddress0() throws -> SocketAddress {
        guard let address = self.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    package func remoteAddress0() throws -> SocketAddress {
        guard let address = self.remoteAddress else { throw ChannelError.operationUnsupported }
        return address
    }

    package func register0(promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func bind0(to address: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func connect0(to address: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// Takes ``StreamReset``, and no other event.
    package func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        guard let reset = event as? StreamReset else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        guard self.state != .closed else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        let session = self.session
        self.end(with: nil)
        if let streamID = self.streamID { session?.reset(streamID, code: reset.code) }
        promise?.succeed()
    }

    /// Data that no handler wanted.
    package func channelRead0(_ data: NIOAny) {}

    /// An error that no handler wanted; what caused it has closed the channel, or will.
    package func errorCaught0(error: any Error) {}

    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.state != .closed else {
            promise?.fail(self.failure ?? ChannelError.ioOnClosedChannel)
            return
        }
        guard !self.outputClosed else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        self.outbound.append(self.unwrapData(data, as: ByteBuffer.self), promise: promise)
        self.updateWritability()
    }

    package func flush0() {
        guard self.state != .closed else { return }
        let byteCount = self.outbound.flush()
        guard self.state == .active, let streamID = self.streamID else {
            self.flushedEarly += byteCount
            return
        }
        if byteCount > 0 {
            self.session?.queued(byteCount, on: streamID)
        } else {
            self.completeEmptyWrites()
        }
    }

    package func read0() {
        self.readRequested = true
        self.deliver()
    }

    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard self.state != .closed else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch mode {
        case .all:
            self.closeAll(promise: promise)
        case .output:
            self.closeOutput(promise: promise)
        case .input:
            promise?.fail(ChannelError.operationUnsupported)
        }
    }

    private func closeAll(promise: EventLoopPromise<Void>?) {
        let session = self.session
        self.end(with: nil)
        if let streamID = self.streamID { session?.close(streamID) }
        promise?.succeed()
    }

    private func closeOutput(promise: EventLoopPromise<Void>?) {
        guard !self.outputClosed else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        guard self.state == .active, let streamID = self.streamID, let session = self.session else {
            promise?.fail(ChannelError.inappropriateOperationForState)
            return
        }
        self.flush0()
        self.outputClosed = true
        self.outputClosePromise = promise
        session.finish(streamID)
    }

    private func completeEmptyWrites() {
        var done: [EventLoopPromise<Void>] = []
        if self.outbound.byteCount == 0 { self.outbound.takeEmptyWrites(done: &done) }
        for promise in done { promise.succeed() }
    }
}

// What the session tells its stream. All of it happens on the event loop.
extension MuxadoStreamChannel {
    /// Its initializer has finished and its number is known: the pipeline comes alive.
    func activate() {
        guard self.state == .initializing else { return }
        self.state = .active
        self.setActive(true)
        if self.flushedEarly > 0, let streamID = self.streamID {
            self.session?.queued(self.flushedEarly, on: streamID)
        }
        self.pipeline.syncOperations.fireChannelRegistered()
        self.pipeline.syncOperations.fireChannelActive()
        if self.state == .active, self.autoRead { self.pipeline.syncOperations.read() }
    }

    /// Bytes arrived. They are delivered later in the same turn of the event loop, with all that comes with them.
    func receive(_ buffer: ByteBuffer) {
        if self.inbound.isEmpty { self.inboundWasAwaited = self.readRequested }
        self.inbound.append(buffer, allocator: self.allocator)
    }

    /// What one read gives at most, or a single buffer: the reader's own queue stays short when it cannot go on.
    private static let readSize = 64 * 1_024

    /// Gives waiting data to the pipeline as often as it asks for some, and the end of input after the last of it.
    func deliver() {
        guard !self.isDelivering else { return }
        self.isDelivering = true
        defer { self.isDelivering = false }
        while self.state == .active, self.readRequested, !self.inputClosed {
            guard !self.inbound.isEmpty else {
                if self.inputFinished { self.closeInput() }
                break
            }
            self.readRequested = false
            self.deliverSome()
        }
        if !self.inbound.isEmpty {
            self.inboundWasAwaited = false
        } else if let failure = self.failureBehindData, self.inputClosed || !self.inputFinished {
            self.fail(failure)
        }
    }

    /// The session moved `byteCount` flushed bytes out of here.
    func move(_ byteCount: Int, into target: inout ByteBuffer, done: inout [EventLoopPromise<Void>]) {
        self.outbound.move(byteCount, into: &target, done: &done)
    }

    /// FIN was handed to the transport.
    func outputFinished() {
        self.outputFinSent = true
        self.outputClosePromise?.succeed()
        self.outputClosePromise = nil
        if self.state == .active, self.inputClosed { self.end(with: nil) }
    }

    /// The stream is over because of a reset, a failed initializer or the end of the session.
    func fail(_ error: any Error) {
        guard self.state != .closed else { return }
        self.failure = error
        if self.state == .active { self.pipeline.syncOperations.fireErrorCaught(error) }
        self.end(with: error)
    }

    /// The peer has reset the stream behind its data. It takes nothing more, and what it sent before is still to be read.
    ///
    /// - Parameter readerPatience: A reader that takes nothing for so long never will, and nobody else is left who would end
    ///   the stream: the peer has forgotten it.
    func failBehindData(_ error: any Error, readerPatience: TimeAmount) {
        let isRead = self.inbound.isEmpty && (self.inputClosed || !self.inputFinished)
        guard self.state != .closed, !isRead else { return self.fail(error) }
        self.failureBehindData = error
        self.outputClosed = true
        self.awaitReader(readerPatience)
        self.failWrites(with: error)
        self.updateWritability()
    }

    private func awaitReader(_ patience: TimeAmount) {
        let before = self.inbound.byteCount
        self.readerPatience = self.eventLoop.scheduleTask(in: patience) {
            guard let failure = self.failureBehindData else { return }
            if self.inbound.byteCount < before { self.awaitReader(patience) } else { self.fail(failure) }
        }
    }

    private func failWrites(with failure: any Error) {
        for promise in self.outbound.takeAll() { promise.fail(failure) }
        self.outputClosePromise?.fail(failure)
        self.outputClosePromise = nil
    }

    private func deliverSome() {
        let buffers = self.inbound.take(Self.readSize)
        let byteCount = buffers.reduce(0) { $0 + $1.readableBytes }
        for buffer in buffers {
            self.pipeline.syncOperations.fireChannelRead(NIOAny(buffer))
        }
        if let streamID = self.streamID {
            self.session?.consumed(byteCount, of: streamID, readerWaited: self.inboundWasAwaited)
        }
        guard self.state == .active else { return }
        self.pipeline.syncOperations.fireChannelReadComplete()
        if self.state == .active, self.autoRead { self.pipeline.syncOperations.read() }
    }

    private func closeInput() {
        self.inputClosed = true
        guard self.allowRemoteHalfClosure else {
            return self.closeAll(promise: nil)
        }
        self.pipeline.syncOperations.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        if self.outputFinSent { self.end(with: nil) }
    }

    /// Closes the channel for its pipeline. The session has been told, or told us.
    private func end(with error: (any Error)?) {
        guard self.state != .closed else { return }
        let wasActive = self.state == .active
        self.state = .closed
        self.setActive(false)
        self.session = nil
        self.readerPatience?.cancel()
        self.failWrites(with: error ?? ChannelError.ioOnClosedChannel)
        self.inbound = InboundQueue()
        if wasActive {
            self.pipeline.syncOperations.fireChannelInactive()
            self.pipeline.syncOperations.fireChannelUnregistered()
        }
        self.eventLoop.execute {
            self.removeHandlers(pipeline: self.pipeline)
            self.closePromise.succeed()
        }
    }
}
