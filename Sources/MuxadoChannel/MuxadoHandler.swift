package import Muxado
package import NIOCore
internal import Synchronization

/// A muxado session on a channel, and its streams as child channels. It is the last handler of its pipeline, after TLS.
///
/// Each stream is flow-controlled by itself: one whose reader stands still neither delays nor starves another. What is
/// sent next is decided late, with at most ``Configuration/transportLimit`` bytes handed to the transport; control
/// frames and heartbeats overtake data, and streams take turns of one frame.
///
/// `@unchecked Sendable`: everything mutable is touched on ``eventLoop`` only, apart from one atomic; the methods for
/// other threads go there first.
package final class MuxadoHandler: ChannelDuplexHandler, @unchecked Sendable {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = Never
    package typealias OutboundOut = ByteBuffer

    /// The agent is the client, the edge the server.
    package typealias Role = Muxado.Role

    package struct Configuration: Hashable, Sendable {
        /// Bytes each side may send on a new stream. It is never negotiated; every known peer assumes 262,144.
        package var initialWindow = 262_144
        /// How far a stream's receive window grows while its reader always waits for data; bounds what waits unread.
        package var maximumWindow = 4 << 20
        /// Bytes by which all windows together may exceed the initial one.
        package var maximumGrowth = 16 << 20
        /// The highest number of a stream; a session that has used it ends.
        package var lastStream = UInt32(Int32.max)
        /// Streams of the peer whose initializer has not finished; one more is reset.
        package var acceptBacklog = 128
        /// Streams of the peer alive at once; one more is reset.
        package var maximumInboundStreams = 65_536
        /// Time between two heartbeats; zero switches them off.
        package var heartbeatInterval = TimeAmount.seconds(10)
        /// The session is dead when no good answer came for the interval and this.
        package var heartbeatTolerance = TimeAmount.seconds(15)
        /// The longest body of a DATA frame written, which is a stream's turn.
        package var maximumFrameLength = SessionSettings.defaultFrameLength
        /// Bytes handed to the transport and not written yet. Enough to fill a socket's buffer, and no more, so that a
        /// heartbeat waits for little.
        package var transportLimit = 256 * 1_024
        /// How long the reader of a stream that the peer has reset behind its data may take none of it.
        package var readerPatience = TimeAmount.seconds(60)
        /// How long a GOAWAY may take before the transport is closed anyway.
        package var goAwayBudget = TimeAmount.milliseconds(250)

        package init() {}
    }

    enum Entry {
        /// The peer's stream whose type has not come completely.
        case typing(WordReader)
        case channel(MuxadoStreamChannel)
        /// The peer's heartbeat stream.
        case responder(WordReader)
        /// Our heartbeat stream.
        case requester
    }

    package let configuration: Configuration
    package let eventLoop: any EventLoop
    let channel: any Channel
    let inboundStreamInitializer: @Sendable (any Channel, StreamType) -> EventLoopFuture<Void>
    private let latencyNanoseconds = Atomic<Int64>(-1)
    private let endPromise: EventLoopPromise<MuxadoError>

    var context: ChannelHandlerContext?
    var reader = FrameReader()
    var session: SessionStateMachine
    var entries: [StreamID: Entry] = [:]
    /// Streams being opened, whose initializer has not finished.
    var opening: [ObjectIdentifier: MuxadoStreamChannel] = [:]
    /// Streams that got something in this read cycle.
    var touched: [MuxadoStreamChannel] = []
    var started = false
    var failure: MuxadoError?
    var isReading = false

    /// Frames that are written but not yet given to the transport.
    var batch = ByteBuffer()
    /// Bytes given to the transport and not written by it yet.
    var inFlight = 0
    var needsFlush = false
    var isPumping = false
    var pumpAgain = false
    /// Promises of writes that were handed over, and streams whose writability may have changed.
    var handedOver: [EventLoopPromise<Void>] = []
    var drained: [MuxadoStreamChannel] = []
    var outputEnded: [MuxadoStreamChannel] = []

    var heartbeatInterval: TimeAmount
    var heartbeatTolerance: TimeAmount
    var requester = HeartbeatRequester()
    var requesterID: StreamID?
    var beatTask: Scheduled<Void>?
    var watchdog: Scheduled<Void>?

    /// - Parameters:
    ///   - channel: The session's channel, to whose pipeline the handler is added.
    ///   - inboundStreamInitializer: Called on the event loop for each stream the peer opens, once its type is known.
    ///     Reading starts when the future succeeds; when it fails the stream is reset (refused).
    package init(
        role: Role,
        configuration: Configuration = Configuration(),
        channel: any Channel,
        inboundStreamInitializer: @escaping @Sendable (any Channel, StreamType) -> EventLoopFuture<Void>
    ) {
        self.configuration = configuration
        self.heartbeatInterval = configuration.heartbeatInterval
        self.heartbeatTolerance = configuration.heartbeatTolerance
        self.channel = channel
        self.eventLoop = channel.eventLoop
        self.inboundStreamInitializer = inboundStreamInitializer
        self.endPromise = channel.eventLoop.makePromise()
        self.session = SessionStateMachine(
            settings: SessionSettings(
                role: role,
                initialWindow: configuration.initialWindow,
                maximumWindow: configuration.maximumWindow,
                maximumGrowth: configuration.maximumGrowth,
                lastStream: configuration.lastStream,
                acceptBacklog: configuration.acceptBacklog,
                maximumInboundStreams: configuration.maximumInboundStreams,
                maximumFrameLength: configuration.maximumFrameLength
            )
        )
    }

    deinit {
        // Only a handler that never was in a pipeline still owes it.
        if self.failure == nil {
            self.endPromise.succeed(.session(.sessionClosed, "the session never started"))
        }
    }

    /// Succeeds with the reason when the session is over, however it ends.
    package var sessionEnded: EventLoopFuture<MuxadoError> { self.endPromise.futureResult }

    /// The time the peer took for the latest heartbeat; nil before the first answer. From any thread.
    package var latency: TimeAmount? {
        let nanoseconds = self.latencyNanoseconds.load(ordering: .relaxed)
        return nanoseconds < 0 ? nil : .nanoseconds(nanoseconds)
    }

    /// Opens a stream: its type goes out in one DATA frame with SYN once the initializer has finished. From any thread.
    ///
    /// - Returns: The stream's active channel; fails with a ``MuxadoError`` when the session is over.
    package func openStream(
        type: StreamType,
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let promise = self.eventLoop.makePromise(of: (any Channel).self)
        self.onLoop { self.open(type, initializer: initializer, promise: promise) }
        return promise.futureResult
    }

    /// Ends the session: every stream fails, GOAWAY goes out within 250 ms, and the transport is closed. From any thread.
    package func close(errorCode: ErrorCode = .noError, debug: String = "") {
        self.onLoop {
            let detail = debug.isEmpty ? "this side closed the session" : debug
            self.end(.session(.sessionClosed, detail), goAway: errorCode, debug: debug)
        }
    }

    /// How many streams the peer may have open from now on. From any thread.
    package func allow(inboundStreams: Int) { self.onLoop { self.session.allow(inboundStreams: inboundStreams) } }

    func onLoop(_ body: @escaping @Sendable () -> Void) {
        if self.eventLoop.inEventLoop {
            body()
        } else {
            self.eventLoop.execute(body)
        }
    }

    func noteLatency(_ nanoseconds: Int64) {
        self.latencyNanoseconds.store(nanoseconds, ordering: .relaxed)
    }

    /// Ends the session once; later causes are ignored.
    ///
    /// - Parameter goAway: The code to tell the peer; nil when there is nobody to tell.
    func end(_ error: MuxadoError, goAway: ErrorCode?, debug: String) {
        guard self.failure == nil else { return }
        self.failure = error
        self.beatTask?.cancel()
        self.watchdog?.cancel()
        self.session.close(goAway ?? .noError, debug: debug)
        let channels = self.takeChannels()
        if goAway != nil, self.started {
            self.writeGoAway()
        } else {
            self.context?.close(promise: nil)
        }
        for channel in channels { channel.fail(error) }
        self.channel.pipeline.fireUserInboundEventTriggered(SessionEvent.ended(error))
        self.endPromise.succeed(error)
    }

    private func takeChannels() -> [MuxadoStreamChannel] {
        var channels = Array(self.opening.values)
        for case .channel(let channel) in self.entries.values { channels.append(channel) }
        self.opening = [:]
        self.entries = [:]
        for channel in channels { channel.session = nil }
        return channels
    }
}
