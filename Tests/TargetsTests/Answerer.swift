import Addresses
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Says one thing after the other, whatever it is asked, and the last of them from then on.
final class Answerer: Sendable {
    private let answers: Mutex<[String]>
    private let ends: Bool
    private let questions = Mutex<[String]>([])

    /// What it was asked.
    var heard: [String] { self.questions.withLock { $0 } }

    init(_ answers: [String], andEnds ends: Bool) {
        self.answers = Mutex(answers)
        self.ends = ends
    }

    func serve<Result>(_ body: (TransportAddress) async throws -> Result) async throws -> Result {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answerer: self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let port = try #require(server.localAddress?.port)
            let result = try await body(try #require(TransportAddress("127.0.0.1:\(port)")))
            try await server.close()
            return result
        } catch {
            try await server.close()
            throw error
        }
    }

    private var next: String {
        self.answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? "" }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answerer: Answerer

        init(answerer: Answerer) { self.answerer = answerer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let question = String(buffer: self.unwrapInboundIn(data))
            self.answerer.questions.withLock { $0.append(question) }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.answerer.next)), promise: nil)
            if self.answerer.ends { context.close(promise: nil) }
        }
    }
}
