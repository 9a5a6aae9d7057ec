package import JSONText
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A webhook of this machine, to which a target's API can be told to send events. It takes them all, and keeps them in their order.
package final class EventReceiver: Sendable {
    private let channel: any Channel
    private let received: Received

    /// A request of a target's is shorter.
    private static let limit = 16 << 20

    private final class Received: Sendable {
        let events = Mutex<[JSONValue]>([])
        let troubles = Mutex<[String]>([])
    }

    private init(channel: any Channel, received: Received) {
        self.channel = channel
        self.received = received
    }

    package static func start() async throws -> EventReceiver {
        let received = Received()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandlers([
                        NIOHTTPServerRequestAggregator(maxContentLength: Self.limit), Taker(received),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return EventReceiver(channel: channel, received: received)
    }

    package func stop() async throws { try await self.channel.close() }

    package var url: String { "http://127.0.0.1:\(self.channel.localAddress?.port ?? 0)/events" }

    /// All so far.
    package var events: [JSONValue] { self.received.events.withLock { $0 } }

    /// What came and is no event.
    package var troubles: [String] { self.received.troubles.withLock { $0 } }

    private final class Taker: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPServerRequestFull
        typealias OutboundOut = HTTPServerResponsePart

        private let received: Received

        init(_ received: Received) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let request = self.unwrapInboundIn(data)
            let body = request.body.map { Array($0.readableBytesView) } ?? []
            if request.head.method == .POST, let events = try? JSONValue(reading: body).elements {
                self.received.events.withLock { $0 += events }
            } else {
                let beginning = String(decoding: body.prefix(200), as: UTF8.self)
                self.received.troubles.withLock { $0.append("\(request.head.method) \(beginning)") }
            }
            let head = HTTPResponseHead(version: .http1_1, status: .noContent)
            context.write(self.wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }

        /// Who is stopped while it sends is no trouble: what it had to say it says again, or nobody heard of it.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
