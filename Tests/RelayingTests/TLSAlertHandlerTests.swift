import NIOCore
import NIOEmbedded
import NIOSSL
import Relaying
import Testing

/// Does as NIOSSLHandler does with a record that cannot be read: it tells of it and closes, and writes its alert and hands on
/// what came before when the read is complete.
private final class FailingTLS: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var alert: ByteBuffer?
    private var before: ByteBuffer?
    private var hasFailed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasFailed else {
            context.fireErrorCaught(NIOSSLError.readInInvalidTLSState)
            return
        }
        self.hasFailed = true
        self.before = self.unwrapInboundIn(data)
        self.alert = ByteBuffer(string: "alert")
        context.fireErrorCaught(BoringSSLError.sslError([]))
        context.close(promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let before = self.before {
            self.before = nil
            context.fireChannelRead(NIOAny(before))
            context.fireChannelReadComplete()
        } else {
            context.read()
        }
        if let alert = self.alert { context.writeAndFlush(self.wrapOutboundOut(alert), promise: nil) }
        self.alert = nil
    }
}

/// Reads on, and ends everything when it hears of a failure, as a relay's leg does.
private final class Leg: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let closing: ClosingHandler
    private(set) var heard: [String] = []

    init(closing: ClosingHandler) {
        self.closing = closing
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.heard.append(String(buffer: self.unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.heard.append("\(type(of: error))")
        context.close(mode: .output, promise: nil)
        self.closing.close()
    }
}

@Suite("The alert about a record that cannot be read")
struct TLSAlertHandlerTests {
    @Test("leaves before the end, and what came before that record is handed on before the failure")
    func leaves() throws {
        let loop = EmbeddedEventLoop()
        let transport = try Transport(on: loop)
        let closing = ClosingHandler()
        let leg = Leg(closing: closing)
        try transport.channel.pipeline.syncOperations.addHandlers([
            closing, FailingTLS(), TLSAlertHandler(closing: closing), leg,
        ])
        try transport.connect()
        transport.receive("data")
        #expect(leg.heard == ["data", "BoringSSLError"])
        // What is read throws away what still comes.
        #expect(transport.told() == ["alert", "FIN", "read", "read"])
    }

    @Test("its handler has a cut be FIN alone, below TLS")
    func cut() throws {
        let loop = EmbeddedEventLoop()
        let transport = try Transport(on: loop)
        let closing = ClosingHandler()
        try transport.channel.pipeline.syncOperations.addHandlers([closing, TLSAlertHandler(closing: closing)])
        try transport.connect()
        closing.cut()
        #expect(transport.told() == ["read", "FIN"])
    }

    @Test("is not waited for where a failure has none")
    func other() throws {
        let loop = EmbeddedEventLoop()
        let transport = try Transport(on: loop)
        let closing = ClosingHandler()
        let leg = Leg(closing: closing)
        try transport.channel.pipeline.syncOperations.addHandlers([closing, TLSAlertHandler(closing: closing), leg])
        try transport.connect()
        transport.fail(NIOSSLError.uncleanShutdown)
        #expect(leg.heard == ["NIOSSLError"])
        #expect(transport.told() == ["FIN", "read"])
    }
}
