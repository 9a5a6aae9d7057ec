package import JSONText
import NIOCore
package import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// A web server that says what a test wants it to, and remembers what it was sent.
package final class EventServer: Sendable {
    package enum Reply: Sendable {
        case status(Int, [(String, String)] = [])
        /// Nothing, ever.
        case silence
        /// The connection is closed without a word.
        case hangUp
    }

    package struct Request: Sendable {
        package var head: HTTPRequestHead
        package var body: [UInt8]

        package var events: [JSONValue] {
            get throws { try JSONValue(reading: self.body).elements ?? [.string("no array")] }
        }

        /// Of the events in its body.
        package var ids: [String] {
            get throws { try self.events.map { $0["event_id"]?.text ?? "none" } }
        }
    }

    private struct State {
        var requests: [Request] = []
        var connections: [any Channel] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>
    private let channel: any Channel
    private let scheme: String
    private let host: String

    private init(channel: any Channel, scheme: String, host: String, state: consuming Mutex<State>) {
        self.channel = channel
        self.scheme = scheme
        self.host = host
        self.state = state
    }

    /// Runs a server on a free port.
    ///
    /// - Parameters:
    ///   - host: The name that clients are told; one that leads to 127.0.0.1.
    ///   - reply: What is said to each request, counted from zero.
    @discardableResult
    package static func run<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        host: String = "127.0.0.1",
        _ reply: @escaping @Sendable (Int) -> Reply,
        body: (EventServer) async throws -> Result
    ) async throws -> Result {
        let holder = Mutex<EventServer?>(nil)
        let channel = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    holder.withLock { $0 }?.add(channel)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { request in
                            guard let server = holder.withLock({ $0 }) else { return .hangUp }
                            return reply(server.add(request))
                        }
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = EventServer(
            channel: channel,
            scheme: tls == nil ? "http" : "https",
            host: host,
            state: Mutex(State())
        )
        holder.withLock { $0 = server }
        do {
            let result = try await body(server)
            try await server.close()
            return result
        } catch {
            try await server.close()
            throw error
        }
    }

    private func close() async throws { try await self.channel.close() }

    package var url: String {
        "\(self.scheme)://\(self.host):\(self.channel.localAddress?.port ?? 0)/hooks?key=in-the-url"
    }

    /// Of all requests, in their order.
    package var events: [JSONValue] {
        get throws { try self.requests.flatMap { try $0.events } }
    }

    package var requests: [Request] { self.state.withLock { $0.requests } }

    /// Waits until so many requests have come.
    package func wait(forRequests count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = self.state.withLock { state in
                if state.requests.count >= count { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Closes every connection, whatever is owed on it.
    package func hangUp() {
        for connection in self.state.withLock({ $0.connections }) { connection.close(promise: nil) }
    }

    private func add(_ connection: any Channel) { self.state.withLock { $0.connections.append(connection) } }

    /// Returns its number.
    private func add(_ request: Request) -> Int {
        let (number, reached) = self.state.withLock { state in
            state.requests.append(request)
            let count = state.requests.count
            defer { state.waiting.removeAll { $0.count <= count } }
            return (count - 1, state.waiting.filter { $0.count <= count }.map(\.continuation))
        }
        for continuation in reached { continuation.resume() }
        return number
    }

    /// One connection. Of its event loop.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let reply: @Sendable (Request) -> Reply
        private var request: Request?

        init(_ reply: @escaping @Sendable (Request) -> Reply) {
            self.reply = reply
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head): self.request = Request(head: head, body: [])
            case .body(let bytes): self.request?.body += bytes.readableBytesView
            case .end:
                guard let request = self.request else { return }
                self.answer(self.reply(request), context)
            }
        }

        private func answer(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .silence: return
            case .hangUp: context.close(promise: nil)
            case .status(let code, let headers):
                let body = code == 204 ? "" : "ok"
                var fields = HTTPHeaders(headers)
                if !body.isEmpty { fields.add(name: "Content-Length", value: "\(body.utf8.count)") }
                let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: code), headers: fields)
                context.write(self.wrapOutboundOut(.head(head)), promise: nil)
                context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
