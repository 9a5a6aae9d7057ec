import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Says one thing to whoever says anything, and ends the connection.
final class AnsweringServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let memory: Memory

    fileprivate final class Memory: Sendable {
        let answer: Mutex<[UInt8]>
        let requests = Mutex<[String]>([])

        init(_ answer: [UInt8]) { self.answer = Mutex(answer) }
    }

    private init(channel: any Channel, memory: Memory) {
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
        self.memory = memory
    }

    static func start(_ answer: [UInt8], tls: NIOSSLContext? = nil) async throws -> AnsweringServer {
        let memory = Memory(answer)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(AnswerOnceHandler(memory))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return AnsweringServer(channel: channel, memory: memory)
    }

    /// As an HTTP server.
    static func start(http body: [UInt8], status: String = "200 OK") async throws -> AnsweringServer {
        try await Self.start(Self.http(body, status))
    }

    private static func http(_ body: [UInt8], _ status: String) -> [UInt8] {
        Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n".utf8) + body
    }

    /// Answers this from now on.
    func answer(http body: [UInt8]) { self.memory.answer.withLock { $0 = Self.http(body, "200 OK") } }

    /// What was said to it, up to the first answer of each connection.
    var requests: [String] { self.memory.requests.withLock { $0 } }

    func stop() async throws { try await self.channel.close() }
}

private final class AnswerOnceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let memory: AnsweringServer.Memory

    init(_ memory: AnsweringServer.Memory) { self.memory = memory }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.memory.requests.withLock { $0.append(String(buffer: self.unwrapInboundIn(data))) }
        let answer = self.memory.answer.withLock { $0 }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        context.close(promise: nil)
    }
}
