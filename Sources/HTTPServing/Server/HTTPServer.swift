import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ProgramKit
import ServiceLifecycle

/// Serves HTTP on one address: reads requests within bounds, and has each answered by a function without a socket.
package struct HTTPServer: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 takes any that is free.
        package var port: Int
        /// Where clients reach the server, without a slash at the end; `nil` takes each client's own word for it.
        package var publicURL: String?
        /// Connections at one time. Each may have a request and a body in memory.
        package var connections = 256
        /// From a connection's start, or the answer before, to the end of an answer.
        package var exchange = TimeAmount.seconds(60)

        package init(host: String = "127.0.0.1", port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Reads a body to its end, once it is known that it is wanted.
    package typealias BodyReader = @Sendable (_ limit: Int) async throws(RequestBodyError) -> [UInt8]

    private let configuration: Configuration
    private let answer: @Sendable (APIRequest, BodyReader) async -> APIResponse
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress?) async -> Void

    /// - Parameters:
    ///   - onListening: Called once, with the address that clients can come to.
    package init(
        _ configuration: Configuration,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress?) async -> Void = { _ in },
        answer: @escaping @Sendable (APIRequest, BodyReader) async -> APIResponse
    ) {
        self.configuration = configuration
        self.answer = answer
        // The library's own news are about itself: that it listens is said by who has asked it to, what keeps it from that is thrown,
        // and that a client's connection was still open at the end is no error.
        var quiet = logger
        quiet.logLevel = .critical
        self.logger = quiet
        self.onListening = onListening
    }

    /// - Throws: ``Complaint`` where the address cannot be listened on.
    package func run() async throws {
        let (answer, publicURL, onListening) = (self.answer, self.configuration.publicURL, self.onListening)
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                let answer = await answer(APIRequest(request, publicURL: publicURL)) { limit throws(RequestBodyError) in
                    try await request.bytes(limit: limit)
                }
                return Response(answer, isHead: request.method == .head)
            },
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ExchangeDeadline(self.configuration.exchange)])
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(self.configuration.host, port: self.configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(self.configuration.connections)
            ),
            onServerRunning: { channel in await onListening(channel.localAddress) },
            logger: self.logger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw Complaint.cannotListen(on: self.address, errorNumber: error.errnoCode)
        }
    }

    private var address: String {
        let host = self.configuration.host
        return "\(host.contains(":") ? "[\(host)]" : host):\(self.configuration.port)"
    }
}

/// Why a request has no body that can be used.
package enum RequestBodyError: Error, Hashable, Sendable {
    case tooLarge(limit: Int)
    /// The client left, or does not speak HTTP.
    case incomplete
}

extension APIRequest {
    fileprivate init(_ request: Request, publicURL: String?) {
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [String: [String]] = [:]
        for field in request.headers { headers[field.name.canonicalName, default: []].append(field.value) }
        let authority = request.head.authority ?? ""
        self.init(
            method: request.method.rawValue,
            path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil,
            headers: headers,
            authority: authority,
            baseURI: publicURL ?? "http://\(authority)"
        )
    }
}

extension Request {
    fileprivate func bytes(limit: Int) async throws(RequestBodyError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in self.body {
                guard bytes.count + part.readableBytes <= limit else { throw RequestBodyError.tooLarge(limit: limit) }
                bytes += part.readableBytesView
            }
        } catch {
            throw error as? RequestBodyError ?? .incomplete
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
