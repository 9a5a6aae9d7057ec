import NIOCore

/// Keeps what one stream's pipeline saw.
///
/// `@unchecked Sendable`: touched on its channel's event loop only.
final class Recorder: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    var received = ByteBuffer()
    var errors: [any Error] = []
    var events: [String] = []

    func channelActive(context: ChannelHandlerContext) { self.events.append("active") }
    func channelInactive(context: ChannelHandlerContext) { self.events.append("inactive") }
    func channelReadComplete(context: ChannelHandlerContext) { self.events.append("readComplete") }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.errors.append(error) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.received.writeBuffer(&buffer)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.events.append(context.channel.isWritable ? "writable" : "unwritable")
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { self.events.append("inputClosed") }
    }

    var text: String { String(buffer: self.received) }
}

/// Sends everything back, and its end too.
final class Echo: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { context.close(mode: .output, promise: nil) }
    }
}

/// Repeats itself after a prime number of bytes, so that no lost, doubled or swapped piece goes unseen.
enum Pattern {
    private static let period = 65_521
    private static let twice: ByteBuffer = {
        let once = (0..<Self.period).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        return ByteBuffer(bytes: once + once)
    }()

    /// At most 65,521 bytes of the pattern from `position` on.
    static func slice(at position: Int, length: Int) -> ByteBuffer {
        Self.twice.getSlice(at: position % Self.period, length: min(length, Self.period)) ?? ByteBuffer()
    }

    /// The same in a buffer of its own.
    static func piece(at position: Int, length: Int) -> ByteBuffer {
        ByteBuffer(bytes: Self.slice(at: position, length: length).readableBytesView)
    }

    static func matches(_ buffer: ByteBuffer, at position: Int) -> Bool {
        var rest = buffer
        var position = position
        while rest.readableBytes > 0 {
            let expected = Self.slice(at: position, length: rest.readableBytes)
            guard rest.readSlice(length: expected.readableBytes) == expected else { return false }
            position += expected.readableBytes
        }
        return true
    }
}

/// Writes `byteCount` bytes of the pattern as fast as its channel takes them, then FIN; checks what comes back.
///
/// `@unchecked Sendable`: touched on its channel's event loop only.
final class PatternPeer: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Mismatch: Error {
        let position: Int
    }

    private let byteCount: Int
    private let expected: Int
    private var sent = 0
    private var isWriting = false
    private(set) var receivedCount = 0
    /// The most that waited unsent.
    private(set) var peak = 0
    let finished: EventLoopPromise<Int>

    init(sends byteCount: Int, expects expected: Int, finished: EventLoopPromise<Int>) {
        self.byteCount = byteCount
        self.expected = expected
        self.finished = finished
    }

    func channelActive(context: ChannelHandlerContext) { self.write(context) }
    func channelWritabilityChanged(context: ChannelHandlerContext) { self.write(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        guard Pattern.matches(buffer, at: self.receivedCount) else {
            self.finished.fail(Mismatch(position: self.receivedCount))
            return
        }
        self.receivedCount += buffer.readableBytes
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        if self.receivedCount == self.expected {
            self.finished.succeed(self.receivedCount)
        } else {
            self.finished.fail(Mismatch(position: self.receivedCount))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.finished.fail(error) }

    private func write(_ context: ChannelHandlerContext) {
        guard !self.isWriting else { return }
        self.isWriting = true
        defer { self.isWriting = false }
        while self.sent < self.byteCount, context.channel.isWritable {
            let slice = Pattern.slice(at: self.sent, length: min(32_768, self.byteCount - self.sent))
            self.sent += slice.readableBytes
            context.writeAndFlush(self.wrapOutboundOut(slice), promise: nil)
            if self.sent == self.byteCount { context.close(mode: .output, promise: nil) }
        }
    }
}
