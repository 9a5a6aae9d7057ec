import Addresses
import NIOCore

/// Stands below the TLS of the connection to the edge, which learns of the connection only when the proxy has made it.
final class ProxyHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Fails with ``ProxyTrouble``.
    let ended: EventLoopFuture<Void>
    private let promise: EventLoopPromise<Void>
    private let proxy: ProxyAddress
    private let target: HostAndPort
    private let timeout: Duration
    private var handshake: any ProxyHandshake
    private var bytes = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isOver = false

    /// - Parameter promise: That of ``ended``.
    init(_ proxy: ProxyAddress, to target: HostAndPort, timeout: Duration, promise: EventLoopPromise<Void>) {
        self.ended = promise.futureResult
        self.promise = promise
        self.proxy = proxy
        self.target = target
        self.timeout = timeout
        switch proxy.kind {
        case .http: self.handshake = ConnectHandshake(proxy, to: target)
        case .socks5: self.handshake = SOCKSHandshake(proxy, to: target)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.handshake.start())), promise: nil)
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(self.timeout)) {
            self.fail(.silent(self.timeout), context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isOver else {
            context.fireChannelRead(data)
            return
        }
        self.bytes.writeImmutableBuffer(self.unwrapInboundIn(data))
        do throws(ProxyTrouble.Reason) {
            while !self.isOver {
                switch try self.handshake.receive(&self.bytes) {
                case .readMore: return
                case .say(let words):
                    context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: words)), promise: nil)
                case .established: self.finish(context)
                }
            }
        } catch {
            self.fail(error, context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        self.isOver = true
        self.deadline?.cancel()
        self.promise.succeed()
        context.fireChannelActive()
        if self.bytes.readableBytes > 0 { context.fireChannelRead(self.wrapInboundOut(self.bytes)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(.closed, context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.isOver { context.fireErrorCaught(error) } else { self.fail(.closed, context) }
    }

    private func fail(_ reason: ProxyTrouble.Reason, _ context: ChannelHandlerContext) {
        guard !self.isOver else { return }
        self.isOver = true
        self.deadline?.cancel()
        let trouble = ProxyTrouble(proxy: self.proxy, target: self.target, reason: reason)
        self.promise.fail(trouble)
        context.fireErrorCaught(trouble)
        context.close(promise: nil)
    }

    /// Of an address that could not be connected to nothing else comes.
    func handlerRemoved(context: ChannelHandlerContext) { self.promise.fail(ChannelError.eof) }
}
