package import Addresses
package import AgentClient
package import Foundation
import HTTPServing
package import Logging
import NIOCore
import ServiceLifecycle

/// The agent's local API and its status page, as ngrok's agents have them: for programs and people of this machine.
///
/// It asks for no key. Who is let in is decided by where it listens and by the Host header, and a browser's page can send nothing that
/// changes something: a body must be JSON and DELETE is no simple request, so that the browser asks first, and is answered no.
package struct LocalAPI: Service {
    private let server: HTTPServer

    /// - Parameters:
    ///   - address: Port 0 takes any that is free.
    ///   - hosts: By which names it may be asked for.
    ///   - onListening: Called once, with the address that clients can come to.
    package init(
        at address: HostAndPort,
        hosts: AllowedHosts,
        control: AgentControl,
        facts: AgentFacts,
        logger: Logger,
        onListening: @escaping @Sendable (_ address: String) async -> Void = { _ in }
    ) {
        let handler = LocalRequestHandler(hosts: hosts, control: control, facts: facts, logger: logger)
        var configuration = HTTPServer.Configuration(host: address.host, port: Int(address.port))
        // A page, a script and a few tools: whoever opens more is no user of this machine.
        configuration.connections = 64
        self.server = HTTPServer(
            configuration,
            logger: logger,
            onListening: { place in
                let place = place.flatMap { place in place.ipAddress.map { (ip: $0, port: place.port ?? 0) } }
                let listening = place.map { HostAndPort(host: $0.ip, port: UInt16($0.port)) } ?? address
                logger.info("local API listens", metadata: ["web.url": "http://\(listening)"])
                await onListening(listening.description)
            },
            answer: { request, body in await handler.answer(request, body: body) }
        )
    }

    package func run() async throws { try await self.server.run() }
}

/// What the agent was told once, which the page shows.
package struct AgentFacts: Sendable {
    /// `host:port` of the edge.
    package var server: String
    package var startedAt: Date
    /// The options of the agent itself, by their names in the file, as text; secrets are none of them.
    package var options: [(name: String, value: String)]
    /// Of tunnels that are started here and end TLS.
    package var handshakeTimeout: Duration

    package init(
        server: String,
        startedAt: Date,
        options: [(name: String, value: String)],
        handshakeTimeout: Duration
    ) {
        self.server = server
        self.startedAt = startedAt
        self.options = options
        self.handshakeTimeout = handshakeTimeout
    }
}

extension LocalAPI: CustomStringConvertible {
    /// Its name alone: the service group logs its services.
    package var description: String { "local API" }
}
