internal import Addresses
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What a program of this machine answers over HTTP.
struct HTTPAnswer: Sendable {
    let code: UInt
    /// `Upgrade Required`
    let reason: String
    let body: String

    /// Whoever takes a connection and says nothing is not ready, and is asked again.
    private static let patience = TimeAmount.seconds(1)
    /// A program's counters are no longer.
    private static let limit = 16 << 20

    /// What a program is asked.
    struct Question: Sendable {
        var method = "GET"
        var path: String
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]?
    }

    /// Asks for a path once.
    ///
    /// - Throws: What kept the answer from coming: nobody listens, the connection broke off, a second passed in silence, or
    ///   what came is not HTTP.
    static func get(_ path: String, host: String, at address: TransportAddress) throws -> HTTPAnswer {
        try Self.future(Question(path: path), host: host, at: address, patience: Self.patience).wait()
    }

    /// Asks once.
    ///
    /// - Throws: The same, where nothing comes for so long.
    static func ask(
        _ question: Question,
        host: String,
        at address: TransportAddress,
        patience: TimeAmount
    ) async throws -> HTTPAnswer {
        try await Self.future(question, host: host, at: address, patience: patience).get()
    }

    private static func future(
        _ question: Question,
        host: String,
        at address: TransportAddress,
        patience: TimeAmount
    ) throws -> EventLoopFuture<HTTPAnswer> {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: HTTPAnswer.self)
        ClientBootstrap(group: loop)
            .connectTimeout(patience)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandlers([
                        NIOHTTPClientResponseAggregator(maxContentLength: Self.limit),
                        IdleStateHandler(readTimeout: patience),
                        Asker(question, host: host, patience: patience, answer),
                    ])
                }
            }
            .connect(to: try SocketAddress(ipAddress: address.ip.description, port: Int(address.port)))
            .whenFailure { answer.fail($0) }
        return answer.futureResult
    }

    private final class Asker: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull
        typealias OutboundOut = HTTPClientRequestPart

        private let head: HTTPRequestHead
        private let body: ByteBuffer?
        private let patience: TimeAmount
        private let answer: EventLoopPromise<HTTPAnswer>

        init(_ question: Question, host: String, patience: TimeAmount, _ answer: EventLoopPromise<HTTPAnswer>) {
            var headers = HTTPHeaders([("Host", host), ("Connection", "close")])
            for header in question.headers { headers.add(name: header.name, value: header.value) }
            if let body = question.body { headers.add(name: "Content-Length", value: "\(body.count)") }
            self.head = HTTPRequestHead(
                version: .http1_1,
                method: HTTPMethod(rawValue: question.method),
                uri: question.path,
                headers: headers
            )
            self.body = question.body.map { ByteBuffer(bytes: $0) }
            self.patience = patience
            self.answer = answer
        }

        func channelActive(context: ChannelHandlerContext) {
            context.write(self.wrapOutboundOut(.head(self.head)), promise: nil)
            if let body = self.body { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let response = self.unwrapInboundIn(data)
            let body = response.body.map { String(buffer: $0) } ?? ""
            let status = response.head.status
            self.answer.succeed(HTTPAnswer(code: status.code, reason: status.reasonPhrase, body: body))
            context.close(promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is IdleStateHandler.IdleStateEvent {
                self.errorCaught(context: context, error: ChannelError.connectTimeout(self.patience))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.answer.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            // Of no consequence where the answer has come.
            self.answer.fail(ChannelError.eof)
        }
    }
}
