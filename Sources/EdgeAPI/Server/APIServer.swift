import EdgeControl
package import EdgeCore
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ServiceLifecycle

/// The control plane's HTTP API: ngrok's, for TLS edges.
package struct APIServer: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 takes any that is free.
        package var port: Int
        /// Where clients reach the API, without a slash at the end; `nil` takes each client's own word for it.
        package var publicURL: String?
        package var rateLimit = RateLimit()
        /// Connections at one time. Each may have a request and a body in memory.
        package var connections = 256
        /// From a connection's start, or the answer before, to the end of an answer.
        package var exchange = TimeAmount.seconds(60)

        package init(host: String = "127.0.0.1", port: Int) {
            self.host = host
            self.port = port
        }
    }

    private let configuration: Configuration
    private let handler: RequestHandler
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress?) async -> Void

    /// - Parameters:
    ///   - now: Stamps what is created, and counts requests.
    ///   - onListening: Called once, with the address that clients can come to.
    package init(
        _ configuration: Configuration,
        plane: any ControlPlane,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress?) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.handler = RequestHandler(
            plane: plane,
            table: .all,
            rateLimit: configuration.rateLimit,
            now: now,
            logger: logger
        )
        // The library's own news are about itself: that it listens is said by who has asked it to, what keeps it from that is thrown,
        // and that a client's connection was still open when the edge stopped is no error.
        var quiet = logger
        quiet.logLevel = .critical
        self.logger = quiet
        self.onListening = onListening
    }

    package func run() async throws {
        let (handler, publicURL, onListening) = (self.handler, self.configuration.publicURL, self.onListening)
        let exchange = self.configuration.exchange
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                let answer = await handler.answer(APIRequest(request, publicURL: publicURL)) { limit in
                    try await request.bytes(limit: limit)
                }
                return Response(answer, isHead: request.method == .head)
            },
            server: .http1(configuration: .init(additionalChannelHandlers: [ExchangeDeadline(exchange)])),
            configuration: ApplicationConfiguration(
                address: .hostname(self.configuration.host, port: self.configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(self.configuration.connections)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress) },
            logger: self.logger
        )
        try await application.run()
    }
}

extension APIRequest {
    fileprivate init(_ request: Request, publicURL: String?) {
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [String: [String]] = [:]
        for field in request.headers { headers[field.name.canonicalName, default: []].append(field.value) }
        self.init(
            method: request.method.rawValue,
            path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil,
            headers: headers,
            baseURI: publicURL ?? "http://\(request.head.authority ?? "")"
        )
    }
}

extension Request {
    fileprivate func bytes(limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in self.body {
                guard bytes.count + part.readableBytes <= limit else { throw APIError.bodyTooLarge(limit) }
                bytes += part.readableBytesView
            }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError.bodyIncomplete
        }
        return bytes
    }
}

extension Response {
    /// - Parameter isHead: Then the answer is told without its body (RFC 9110 section 9.3.2): the client would read it as the
    ///   next one.
    fileprivate init(_ answer: APIResponse, isHead: Bool) {
        var answer = answer
        if isHead { answer.body = nil }
        var headers = HTTPFields()
        if answer.body != nil { headers[.contentType] = "application/json" }
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        self.init(
            status: .init(code: answer.status),
            headers: headers,
            body: answer.body.map { ResponseBody(byteBuffer: ByteBuffer(bytes: $0)) } ?? ResponseBody()
        )
    }
}
