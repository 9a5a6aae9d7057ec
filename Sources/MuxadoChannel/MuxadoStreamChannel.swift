internal import Muxado
package import NIOCore
internal import Synchronization

/// One stream of a session as a channel: `ByteBuffer`s in and out, on the session's event loop.
///
/// It behaves as a TCP socket's channel does. Closing it with data that was not handed to the session yet resets the
/// stream, so that the peer never takes a cut stream for a whole one; half-close, or wait for the writes, to end gently.
///
/// `@unchecked Sendable`: everything but the two atomics and the constants is touched on ``eventLoop`` only, which the
/// methods reachable from other threads ensure.
package final class MuxadoStreamChannel: Channel, @unchecked Sendable {
    enum State {
        /// Its initializer has not finished.
        case initializing
        case active
        case closed
    }

    package let allocator: ByteBufferAllocator
    package let eventLoop: any EventLoop
    /// What the stream is for.
    package let streamType: StreamType
    let closePromise: EventLoopPromise<Void>
    private let parentChannel: any Channel
    private let writable = Atomic<Bool>(true)
    private let activeFlag = Atomic<Bool>(false)
    private var ownPipeline: ChannelPipeline!

    /// Nil once the session has forgotten the stream, or was itself forgotten.
    var session: MuxadoHandler?
    /// Nil until the stream is opened.
    var streamID: StreamID?
    var state = State.initializing
    var inbound = InboundQueue()
    var outbound = OutboundQueue()
    var inputFinished = false
    var inputClosed = false
    var outputClosed = false
    var outputFinSent = false
    var outputClosePromise: EventLoopPromise<Void>?
    var failure: (any Error)?
    /// What is to end the stream once its reader has taken all that came.
    var failureBehindData: (any Error)?
    var readerPatience: Scheduled<Void>?
    var readRequested = false
    /// The reader had asked before the oldest waiting byte came.
    var inboundWasAwaited = false
    /// Bytes flushed by the initializer, before the stream could take them.
    var flushedEarly = 0
    var isDelivering = false
    var autoRead = true
    var allowRemoteHalfClosure = false
    var waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 32 * 1_024, high: 64 * 1_024)

    init(session: MuxadoHandler, parent: any Channel, streamType: StreamType, streamID: StreamID?) {
        self.session = session
        self.parentChannel = parent
        self.allocator = parent.allocator
        self.eventLoop = parent.eventLoop
        self.streamType = streamType
        self.streamID = streamID
        self.closePromise = parent.eventLoop.makePromise()
        self.ownPipeline = ChannelPipeline(channel: self)
    }

    package var closeFuture: EventLoopFuture<Void> { self.closePromise.futureResult }
    package var pipeline: ChannelPipeline { self.ownPipeline }
    package var localAddress: SocketAddress? { self.parentChannel.localAddress }
    package var remoteAddress: SocketAddress? { self.parentChannel.remoteAddress }
    package var parent: (any Channel)? { self.parentChannel }
    package var isWritable: Bool { self.writable.load(ordering: .relaxed) }
    package var isActive: Bool { self.activeFlag.load(ordering: .acquiring) }
    package var _channelCore: any ChannelCore { self }

    func setActive(_ active: Bool) {
        self.activeFlag.store(active, ordering: .releasing)
    }

    /// Compares what waits with the watermarks and tells the pipeline when writability changed.
    func updateWritability() {
        guard self.state != .closed else { return }
        let writable = self.isWritable
        let byteCount = self.outbound.byteCount
        if writable ? byteCount > self.waterMark.high : byteCount < self.waterMark.low {
            self.writable.store(!writable, ordering: .relaxed)
            if self.state == .active { self.pipeline.syncOperations.fireChannelWritabilityChanged() }
        }
    }
}

extension MuxadoStreamChannel {
    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        if self.eventLoop.inEventLoop {
            return self.eventLoop.makeCompletedFuture { try self.setOptionOnLoop(option, value: value) }
        }
        return self.eventLoop.submit { try self.setOptionOnLoop(option, value: value) }
    }

    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        if self.eventLoop.inEventLoop {
            return self.eventLoop.makeCompletedFuture { try self.optionOnLoop(option) }
        }
        return self.eventLoop.submit { try self.optionOnLoop(option) }
    }

    package var syncOptions: (any NIOSynchronousChannelOptions)? { SynchronousOptions(channel: self) }

    private struct SynchronousOptions: NIOSynchronousChannelOptions {
        let channel: MuxadoStreamChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
            try self.channel.setOptionOnLoop(option, value: value)
        }

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
            try self.channel.optionOnLoop(option)
        }
    }

    private func setOptionOnLoop<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
        self.eventLoop.preconditionInEventLoop()
        switch (option, value) {
        case (is ChannelOptions.Types.AutoReadOption, let value as Bool):
            let before = self.autoRead
            self.autoRead = value
            if value, !before, self.state == .active { self.pipeline.syncOperations.read() }
        case (is ChannelOptions.Types.AllowRemoteHalfClosureOption, let value as Bool):
            self.allowRemoteHalfClosure = value
        case (
            is ChannelOptions.Types.WriteBufferWaterMarkOption,
            let value as ChannelOptions.Types.WriteBufferWaterMark
        ):
            self.waterMark = value
            self.updateWritability()
        default:
            throw ChannelError.operationUnsupported
        }
    }

    private func optionOnLoop<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        self.eventLoop.preconditionInEventLoop()
        let value: Any? =
            switch option {
            case is ChannelOptions.Types.AutoReadOption: self.autoRead
            case is ChannelOptions.Types.AllowRemoteHalfClosureOption: self.allowRemoteHalfClosure
            case is ChannelOptions.Types.WriteBufferWaterMarkOption: self.waterMark
            case is ChannelOptions.Types.BufferedWritableBytesOption: self.outbound.byteCount
            default: nil
            }
        guard let value = value as? Option.Value else { throw ChannelError.operationUnsupported }
        return value
    }
}
