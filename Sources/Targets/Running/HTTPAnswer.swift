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

    /// Asks once.
    ///
    /// - Throws: What kept the answer from coming: nobody listens, the connection broke off, a second passed in silence, or
    ///   what came is not HTTP.
    static func get(_ path: String, host: String, at address: TransportAddress) throws -> HTTPAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: HTTPAnswer.self)
        ClientBootstrap(group: loop)
            .connectTimeout(Self.patience)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandlers([
                        NIOHTTPClientResponseAggregator(maxContentLength: Self.limit),
                        IdleStateHandler(readTimeout: Self.patience),
                        Asker(path: path, host: host, answer),
                    ])
                }
            }
            .connect(to: try SocketAddress(ipAddress: address.ip.description, port: Int(address.port)))
            .whenFailure { answer.fail($0) }
        return try answer.futureResult.wait()
    }

    private final class Asker: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull
        typealias OutboundOut = HTTPClientRequestPart

        private let head: HTTPRequestHead
        private let answer: EventLoopPromise<HTTPAnswer>

        init(path: String, host: String, _ answer: EventLoopPromise<HTTPAnswer>) {
            let headers = HTTPHeaders([("Host", host), ("Connection", "close")])
            self.head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
            self.answer = answer
        }

        func channelActive(context: ChannelHandlerContext) {
            context.write(self.wrapOutboundOut(.head(self.head)), promise: nil)
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
                self.errorCaught(context: context, error: ChannelError.connectTimeout(HTTPAnswer.patience))
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
