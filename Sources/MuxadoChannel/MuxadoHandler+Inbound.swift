internal import Muxado
package import NIOCore

extension MuxadoHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.start() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.end(Self.peerEOF, goAway: nil, debug: "")
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        self.start()
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.end(Self.peerEOF, goAway: nil, debug: "")
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = MuxadoError(.internalError, scope: .session, origin: .transport, detail: "\(error)")
        self.end(failure, goAway: nil, debug: "")
        context.fireErrorCaught(error)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            self.end(Self.peerEOF, goAway: nil, debug: "")
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.isReading = true
        do throws(MuxadoError) {
            while self.failure == nil {
                let step = try self.reader.next(buffer.readableBytesUInt8Span)
                buffer.moveReaderIndex(forwardBy: step.consumed)
                guard let event = step.event else { return }
                try self.handle(event, in: &buffer)
            }
        } catch {
            self.end(error, goAway: error.origin == .local ? error.code : nil, debug: error.detail)
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        self.deliverTouched()
        self.isReading = false
        self.pump()
        context.fireChannelReadComplete()
    }

    private static var peerEOF: MuxadoError {
        MuxadoError(.peerEOF, scope: .session, origin: .transport, detail: "the connection ended")
    }

    private func start() {
        guard !self.started, self.failure == nil else { return }
        self.started = true
        self.startHeartbeat()
        self.pump()
    }

    private func handle(_ event: FrameReader.Event, in buffer: inout ByteBuffer) throws(MuxadoError) {
        switch event {
        case .data(let piece):
            let data = buffer.readSlice(length: piece.byteCount) ?? ByteBuffer()
            try self.received(piece, data)
        case .reset(let stream, let code):
            self.perform(self.session.received(resetOf: stream, code: code), on: stream)
        case .windowIncrement(let stream, let increment):
            self.perform(self.session.received(increment: increment, for: stream), on: stream)
            self.pump()
        case .goAway(_, let code, let debug):
            throw SessionStateMachine.error(forGoAway: code, debug: debug)
        }
    }

    private func perform(_ action: SessionStateMachine.StreamAction, on stream: StreamID) {
        switch action {
        case .none: break
        case .failStream(let error): self.failStream(stream, error)
        case .failStreamBehindData(let error):
            self.forget(stream)?.failBehindData(error, readerPatience: self.configuration.readerPatience)
        }
    }

    private func failStream(_ stream: StreamID, _ error: MuxadoError) { self.forget(stream)?.fail(error) }

    private func forget(_ stream: StreamID) -> MuxadoStreamChannel? {
        guard case .channel(let channel)? = self.entries.removeValue(forKey: stream) else { return nil }
        channel.session = nil
        return channel
    }

    private func received(_ piece: DataPiece, _ data: ByteBuffer) throws(MuxadoError) {
        switch self.session.received(piece) {
        case .deliver(let opened, let finished, let closed):
            if opened { self.entries[piece.stream] = .typing(WordReader()) }
            try self.deliver(data, finished: finished, to: piece.stream)
            if closed { _ = self.forget(piece.stream) }
        case .discard:
            break
        case .failStream(let error):
            self.failStream(piece.stream, error)
        case .failSession(let error):
            throw error
        }
    }

    private func deliver(_ data: ByteBuffer, finished: Bool, to stream: StreamID) throws(MuxadoError) {
        switch self.entries[stream] {
        case .channel(let channel):
            self.give(data, finished: finished, to: channel)
        case .typing(let reader):
            self.readType(from: data, reader, finished: finished, stream: stream)
        case .responder(let reader):
            try self.answerHeartbeats(in: data, reader, finished: finished, stream: stream)
        case .requester:
            self.readEchoes(in: data, finished: finished, stream: stream)
        case nil:
            break
        }
    }

    private func give(_ data: ByteBuffer, finished: Bool, to channel: MuxadoStreamChannel) {
        channel.receive(data)
        if finished { channel.inputFinished = true }
        self.touched.append(channel)
    }

    private func deliverTouched() {
        let channels = self.touched
        self.touched = []
        for channel in channels { channel.deliver() }
        if self.touched.isEmpty {
            self.touched = channels
            self.touched.removeAll(keepingCapacity: channels.count <= 64)
        }
    }

    private func readType(from data: ByteBuffer, _ reader: WordReader, finished: Bool, stream: StreamID) {
        var data = data
        var reader = reader
        var type: UInt32?
        let before = data.readableBytes
        while type == nil, let byte = data.readInteger(as: UInt8.self) {
            type = reader.append(byte)
        }
        self.session.consumed(before - data.readableBytes, of: stream, readerWaited: true)
        guard let type else {
            self.entries[stream] = finished ? nil : .typing(reader)
            if finished { self.session.close(stream) }
            return
        }
        let streamType = StreamType(rawValue: type)
        if streamType == .heartbeat {
            self.session.accepted(stream)
            self.entries[stream] = .responder(WordReader())
        } else {
            self.accept(stream, streamType)
        }
        // What comes with the type goes to whoever is there now: the new channel, or the heartbeat.
        if data.readableBytes > 0 || finished {
            do throws(MuxadoError) {
                try self.deliver(data, finished: finished, to: stream)
            } catch {
                self.end(error, goAway: error.code, debug: error.detail)
            }
        }
    }
}
