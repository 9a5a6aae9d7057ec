import Legs
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import OpenSSLEngine
import ScenarioModel

/// An OpenSSL client and a server on one context, with nothing between them.
@MainActor
final class Encounter {
    let client: OpenSSLSession
    private let server: EmbeddedChannel
    private let watch = HandshakeWatch()

    /// Whether the server has let the client in.
    var isAdmitted: Bool { self.watch.isCompleted }
    /// What the server said of the client, by the alerts' names.
    var alerts: [String] { self.client.handshake.alertsReceived.map(\.name).filter { $0 != "close_notify" } }

    init(_ client: OpenSSLSession, _ context: NIOSSLContext) async throws {
        self.client = client
        self.server = EmbeddedChannel()
        try self.server.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: context), self.watch])
        self.server.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        try await self.client(.start)
    }

    /// Lets the client do something, and carries bytes until both are quiet.
    private func client(_ input: TLSInput) async throws {
        var output = await self.client.step(input)
        while !output.ciphertext.isEmpty {
            self.server.pipeline.fireChannelRead(ByteBuffer(bytes: output.ciphertext))
            self.server.pipeline.fireChannelReadComplete()
            var answer: [UInt8] = []
            while let buffer = try self.server.readOutbound(as: ByteBuffer.self) { answer += buffer.readableBytesView }
            output = await self.client.step(.ciphertext(answer))
        }
    }
}

private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var isCompleted = false

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted = event as? TLSUserEvent else { return }
        self.isCompleted = true
        // BoringSSL's tickets of TLS 1.3 leave with the first thing that is said.
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "welcome")), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
