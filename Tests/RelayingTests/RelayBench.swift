import NIOCore
import NIOPosix
import Relaying

/// One relay between two peers on loopback: client ↔ leg, relay, leg ↔ upstream.
struct RelayBench {
    let client: Peer
    let upstream: Peer
    /// The input of the upstream's leg has ended; then, its channel is gone.
    let upstreamEnded: EventLoopFuture<Void>
    let upstreamGone: EventLoopFuture<Void>
    private let relay: NIOLoopBound<Relay>
    private let home: any EventLoop
    private let listeners: [any Channel]

    /// More than one loop, on any machine.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)

    struct Options: Sendable {
        var policy = RelayPolicy.edge
        var limits: Relay.Limits?
        /// The edge's legs may live on two loops, the agent's on one.
        var onTwoLoops = true
        var clientReads = true
        /// Small buffers, so that much waits in the relay and not in the kernel.
        var hasSmallBuffers = false
        /// Where there is a layer with an end of its own, as TLS has.
        var notifies: Set<RelaySide> = []
    }

    /// How the relay ended, once it has.
    func outcome() async throws -> RelayStateMachine.Outcome? {
        try await self.home.submit { self.relay.value.outcome }.get()
    }

    static func with(_ options: Options = Options(), _ body: (RelayBench) async throws -> Void) async throws {
        let bench = try await Self.start(options)
        defer { bench.stop() }
        try await body(bench)
    }

    private func stop() {
        self.client.leave()
        self.upstream.leave()
        for listener in self.listeners { listener.close(promise: nil) }
    }

    private static func start(_ options: Options) async throws -> RelayBench {
        let home = Self.group.next()
        let far = options.onTwoLoops ? Self.group.next() : home
        let peers = Self.group.next()
        let behind = try await Peer.listen(on: peers)
        let made = home.makePromise(of: NIOLoopBound<Relay>.self)
        var bootstrap = ServerBootstrap(group: home)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let relay = Relay(options.policy, limits: options.limits, on: channel.eventLoop)
                    made.succeed(NIOLoopBound(relay, eventLoop: channel.eventLoop))
                    try Self.addLeg(.client, of: relay.resident, to: channel, options)
                }
            }
        if options.hasSmallBuffers {
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: 4_096)
        }
        let front = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        let client = try await Peer.connect(
            to: front.localAddress!,
            on: peers,
            reads: options.clientReads,
            receiveBuffer: options.hasSmallBuffers ? 4_096 : nil
        )
        let relay = try await made.futureResult.get()
        let resident = try await home.submit {
            relay.value.stands(.client)
            return relay.value.resident
        }.get()
        let ended = far.makePromise(of: Void.self)
        let upstreamLeg = try await ClientBootstrap(group: far)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.addLeg(.upstream, of: resident, to: channel, options)
                    try channel.pipeline.syncOperations.addHandler(InputEndProbe(ended))
                }
            }
            .connect(to: behind.channel.localAddress!).get()
        try await home.submit { relay.value.stands(.upstream) }.get()
        var upstreams = behind.peers.makeAsyncIterator()
        guard let upstream = await upstreams.next() else { throw ChannelError.eof }
        return RelayBench(
            client: client,
            upstream: upstream,
            upstreamEnded: ended.futureResult,
            upstreamGone: upstreamLeg.closeFuture,
            relay: relay,
            home: home,
            listeners: [front, behind.channel]
        )
    }

    private static func addLeg(
        _ side: RelaySide,
        of relay: Resident<Relay>,
        to channel: any Channel,
        _ options: Options
    ) throws {
        let closing = ClosingHandler()
        try channel.pipeline.syncOperations.addHandler(closing)
        if options.notifies.contains(side) {
            try channel.pipeline.syncOperations.addHandlers(NotifyHandler(), TLSAlertHandler(closing: closing))
        }
        try channel.pipeline.syncOperations.addHandler(RelayLeg(side, of: relay, closing: closing))
    }
}

/// Behind a leg: says when its input has ended.
private final class InputEndProbe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ended: EventLoopPromise<Void>

    init(_ ended: EventLoopPromise<Void>) {
        self.ended = ended
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { self.ended.succeed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.ended.fail(ChannelError.eof) }
}
