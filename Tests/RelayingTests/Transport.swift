import NIOCore
import NIOEmbedded
import Relaying

/// The near end of a connection that has no far end: it keeps what it is told to do, and does what a test says.
struct Transport {
    let channel: EmbeddedChannel
    private let log: Log

    init(on loop: EmbeddedEventLoop) throws {
        self.channel = EmbeddedChannel(loop: loop)
        self.log = Log()
        try self.channel.pipeline.syncOperations.addHandler(self.log)
    }

    func connect() throws {
        self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    /// What it was told since this was last asked: `read`, the text of each flush, `FIN`, `close`.
    func told() -> [String] {
        defer { self.log.told = [] }
        return self.log.told
    }

    func receive(_ text: String) {
        self.channel.pipeline.fireChannelRead(ByteBuffer(string: text))
        self.channel.pipeline.fireChannelReadComplete()
    }

    func receiveEnd() { self.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }

    func fail(_ error: any Error) { self.channel.pipeline.fireErrorCaught(error) }

    /// The connection is gone, without a word.
    func vanish() { self.log.context?.close(mode: .all, promise: nil) }

    func setWritable(_ isWritable: Bool) {
        self.channel.isWritable = isWritable
        self.channel.pipeline.fireChannelWritabilityChanged()
    }

    /// From now on the peer takes nothing.
    func block() { self.log.isBlocked = true }

    /// The peer takes what waits, but is not known to have taken the last of it.
    func takeSome() { self.log.context?.flush() }

    func takeAll() { self.log.unblock() }

    private final class Log: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        var told: [String] = []
        var isBlocked = false
        private(set) var context: ChannelHandlerContext?
        private var unflushed = ""
        /// An empty write, which is done when all before it are.
        private var mark: EventLoopPromise<Void>?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func read(context: ChannelHandlerContext) { self.told.append("read") }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let text = String(buffer: self.unwrapOutboundIn(data))
            if text.isEmpty, self.isBlocked {
                self.mark = promise
                return
            }
            self.unflushed += text
            context.write(data, promise: promise)
        }

        func flush(context: ChannelHandlerContext) {
            if !self.unflushed.isEmpty { self.told.append(self.unflushed) }
            self.unflushed = ""
            if !self.isBlocked { context.flush() }
        }

        func unblock() {
            self.isBlocked = false
            self.context?.flush()
            self.mark?.succeed()
            self.mark = nil
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .all else {
                self.told.append("FIN")
                promise?.succeed()
                return
            }
            self.told.append("close")
            context.close(mode: mode, promise: promise)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.mark?.fail(ChannelError.ioOnClosedChannel)
            self.mark = nil
            context.fireChannelInactive()
        }
    }
}
