import NIOCore
import NIOHTTP1

/// `GET /metrics` and `GET /healthz`: one answer a connection, so that nobody has answers pile up who does not read them.
final class MetricsHTTPHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// From accept to the end of the answer. One that is to be read every few seconds and takes longer is of no use.
    private static let patience = TimeAmount.seconds(10)

    private let metrics: EdgeMetrics
    private var request: HTTPRequestHead?
    private var timer: Scheduled<Void>?

    init(metrics: EdgeMetrics) {
        self.metrics = metrics
    }

    func channelActive(context: ChannelHandlerContext) {
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.request = head
        case .body: break
        case .end:
            guard let request = self.request else { return }
            self.answer(request, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPRequestHead, context: ChannelHandlerContext) {
        let status: HTTPResponseStatus
        let body: String
        switch (request.method, request.uri) {
        case (.GET, "/metrics"): (status, body) = (.ok, self.metrics.text)
        case (.GET, "/healthz"): (status, body) = (.ok, "ok\n")
        case (_, "/metrics"), (_, "/healthz"): (status, body) = (.methodNotAllowed, "use GET\n")
        default: (status, body) = (.notFound, "try /metrics or /healthz\n")
        }
        var head = HTTPResponseHead(version: request.version, status: status)
        head.headers.add(name: "content-type", value: "text/plain; version=0.0.4; charset=utf-8")
        head.headers.add(name: "content-length", value: String(body.utf8.count))
        head.headers.add(name: "connection", value: "close")
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: written)
    }
}
