internal import Muxado
internal import NIOCore

// Opening and accepting streams, and what their channels ask of the session. All on the event loop.
extension MuxadoHandler {
    func open(
        _ type: StreamType,
        initializer: @Sendable (any Channel) -> EventLoopFuture<Void>,
        promise: EventLoopPromise<any Channel>
    ) {
        if let failure = self.failure {
            promise.fail(failure)
            return
        }
        let channel = MuxadoStreamChannel(session: self, parent: self.channel, streamType: type, streamID: nil)
        self.opening[ObjectIdentifier(channel)] = channel
        initializer(channel).hop(to: self.eventLoop).whenComplete { result in
            self.opening[ObjectIdentifier(channel)] = nil
            do {
                try result.get()
                try self.activate(channel)
                promise.succeed(channel)
            } catch {
                channel.fail(error)
                promise.fail(error)
                self.endIfExhausted(error)
            }
        }
    }

    /// A session that can open nothing any more would turn everybody away for as long as it lasts; whoever is behind it makes
    /// another.
    private func endIfExhausted(_ error: any Error) {
        guard let error = error as? MuxadoError, error.code == .streamsExhausted else { return }
        self.end(error, goAway: error.code, debug: error.detail)
    }

    private func activate(_ channel: MuxadoStreamChannel) throws {
        if let failure = self.failure { throw failure }
        guard channel.state == .initializing else { throw ChannelError.ioOnClosedChannel }
        let id = try self.session.openStream(type: channel.streamType.rawValue)
        channel.streamID = id
        self.entries[id] = .channel(channel)
        self.fill()
        channel.activate()
        self.pump()
    }

    /// A stream of the peer whose type is known now.
    func accept(_ stream: StreamID, _ type: StreamType) {
        let channel = MuxadoStreamChannel(session: self, parent: self.channel, streamType: type, streamID: stream)
        self.entries[stream] = .channel(channel)
        self.inboundStreamInitializer(channel, type).hop(to: self.eventLoop).whenComplete { result in
            self.session.accepted(stream)
            switch result {
            case .success:
                channel.activate()
            case .failure(let error):
                self.refuse(channel, stream, because: error)
            }
        }
    }

    private func refuse(_ channel: MuxadoStreamChannel, _ stream: StreamID, because error: any Error) {
        guard channel.state != .closed else { return }
        self.session.reset(stream, code: .streamRefused)
        self.entries[stream] = nil
        channel.session = nil
        channel.fail(error)
        self.pump()
    }

    func queued(_ byteCount: Int, on stream: StreamID) {
        self.session.queued(byteCount, on: stream)
        // At once, so that a write followed by a close behaves as it does on a socket.
        self.fill()
        self.pump()
    }

    func finish(_ stream: StreamID) {
        self.session.finish(stream)
        self.fill()
        self.pump()
    }

    func close(_ stream: StreamID) {
        self.session.close(stream)
        self.entries[stream] = nil
        self.pump()
    }

    func reset(_ stream: StreamID, code: ErrorCode) {
        self.session.reset(stream, code: code)
        self.entries[stream] = nil
        self.pump()
    }

    func consumed(_ byteCount: Int, of stream: StreamID, readerWaited: Bool) {
        self.session.consumed(byteCount, of: stream, readerWaited: readerWaited)
        self.pump()
    }
}
