package import EdgeCore
import HTTPServing
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

        package init(host: String = "127.0.0.1", port: Int) {
            self.host = host
            self.port = port
        }
    }

    private let server: HTTPServer

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
        let handler = RequestHandler(
            plane: plane,
            table: .all,
            rateLimit: configuration.rateLimit,
            now: now,
            logger: logger
        )
        var server = HTTPServer.Configuration(host: configuration.host, port: configuration.port)
        server.publicURL = configuration.publicURL
        self.server = HTTPServer(server, logger: logger, onListening: onListening) { request, body in
            await handler.answer(request, body: body)
        }
    }

    package func run() async throws { try await self.server.run() }
}
