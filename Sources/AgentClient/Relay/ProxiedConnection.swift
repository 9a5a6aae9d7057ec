import Addresses
import AgentProtocol
import Logging
import NIOCore
import NIOSSL
import ProxyProtocol
import Relaying
import TLSCredentials

/// One client's connection through the agent, from the edge's stream to the upstream. All of it happens on one event loop.
///
/// Where the agent terminates, the upstream is dialled only after the client's handshake has succeeded, client certificate
/// included: a client that may not come in never causes a connection behind the agent.
final class ProxiedConnection {
    private let stream: any Channel
    private let streamClosing = ClosingHandler()
    private let relay: Relay
    private var logger: Logger
    private var openingHandler: StreamOpeningHandler?
    private var deadline: Scheduled<Void>?

    /// The edge's headers come at once; this is for an edge that died in between.
    private static let openingTimeout = TimeAmount.seconds(10)

    /// Takes over a new stream. The pipeline keeps the connection alive.
    static func start(
        on stream: any Channel,
        findTunnel: @escaping (String) -> Tunnel?,
        logger: Logger
    ) throws {
        let connection = ProxiedConnection(stream: stream, logger: logger)
        try stream.syncOptions?.setOption(.autoRead, value: false)
        try stream.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        let openingHandler = StreamOpeningHandler(findTunnel: findTunnel) { result in
            connection.opened(result)
        }
        connection.openingHandler = openingHandler
        try stream.pipeline.syncOperations.addHandlers([
            connection.streamClosing, openingHandler,
            RelayLeg(.client, of: connection.relay.resident, closing: connection.streamClosing),
        ])
        connection.startDeadline(Self.openingTimeout, "the edge's headers did not come in time") {
            connection.streamClosing.close()
        }
    }

    private init(stream: any Channel, logger: Logger) {
        self.stream = stream
        self.logger = logger
        self.relay = Relay(.agent, on: stream.eventLoop)
    }

    private func startDeadline(_ time: TimeAmount, _ sentence: Logger.Message, _ end: @escaping () -> Void) {
        self.deadline?.cancel()
        self.deadline = self.stream.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.logger.debug(sentence)
            end()
        }
    }

    private func opened(_ result: Result<StreamOpeningHandler.Opening, any Error>) {
        self.deadline?.cancel()
        let openingHandler = self.openingHandler
        self.openingHandler = nil
        switch result {
        case .success(let opening):
            self.logger[metadataKey: "tunnel.name"] = "\(opening.tunnel.name)"
            self.logger[metadataKey: "client.address"] = "\(opening.header.clientAddr)"
            self.logger.debug("connection opened")
            self.tellOfEnd()
            do {
                if let openingHandler {
                    try self.takePayload(opening, from: openingHandler)
                }
            } catch {
                self.logger.warning(
                    "connection could not be set up",
                    metadata: ["error": "\(ConnectionTrouble.text(of: error))"]
                )
                self.streamClosing.close()
            }
        case .failure(let error):
            self.logger.warning("stream refused", metadata: ["error": "\(ConnectionTrouble.text(of: error))"])
            self.streamClosing.close()
        }
    }

    private func takePayload(
        _ opening: StreamOpeningHandler.Opening,
        from openingHandler: StreamOpeningHandler
    ) throws {
        let pipeline = self.stream.pipeline.syncOperations
        let openingContext = try pipeline.context(handler: openingHandler)
        let serverContexts = opening.tunnel.serverContexts(for: opening.header)
        if let serverContexts {
            let handler = NIOSSLServerHandler(context: try serverContexts.next())
            let handshake = self.stream.eventLoop.makePromise(of: Void.self)
            handshake.futureResult.assumeIsolated().whenComplete { result in
                self.clientHandshakeEnded(result, opening)
            }
            self.startDeadline(opening.tunnel.handshakeTimeout, "the client's handshake took too long") {
                self.streamClosing.close()
            }
            try pipeline.addHandlers(
                [handler, TLSAlertHandler(closing: self.streamClosing), HandshakeHandler(promise: handshake)],
                position: .after(openingHandler)
            )
        }
        if opening.payload.readableBytes > 0 {
            openingContext.fireChannelRead(NIOAny(opening.payload))
        }
        if serverContexts == nil {
            self.relay.stands(.client)
            self.dial(opening)
        }
        // The read that brought the headers goes on as a read of the payload; TLS asks for more by itself.
        pipeline.removeHandler(context: openingContext, promise: nil)
    }

    private func clientHandshakeEnded(
        _ result: Result<Void, any Error>,
        _ opening: StreamOpeningHandler.Opening
    ) {
        self.deadline?.cancel()
        switch result {
        case .success:
            self.relay.stands(.client)
            self.dial(opening)
        case .failure(let error):
            // The TLS handler has written its alert and closes; the transport sees to it that the alert arrives.
            self.logger.debug("client handshake failed", metadata: ["error": "\(ConnectionTrouble.text(of: error))"])
        }
    }

    private func dial(_ opening: StreamOpeningHandler.Opening) {
        UpstreamDialer.dial(opening.tunnel.upstream, on: self.stream.eventLoop)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let upstream):
                    self.connected(upstream, opening)
                case .failure(let error):
                    self.logger.warning(
                        "upstream cannot be reached",
                        metadata: [
                            "upstream.address": "\(opening.tunnel.upstream)",
                            "error": "\(ConnectionTrouble.text(of: error))",
                        ]
                    )
                    self.relay.failedToStand(.upstream)
                }
            }
    }

    private func connected(_ upstream: any Channel, _ opening: StreamOpeningHandler.Opening) {
        guard self.relay.outcome == nil else {
            upstream.close(promise: nil)
            return
        }
        if let proxyHeader = opening.proxyHeader {
            // In a flush of its own, so that it is a segment of its own, in clear and before any TLS.
            upstream.writeAndFlush(proxyHeader, promise: nil)
        }
        let closing = ClosingHandler()
        let leg = RelayLeg(.upstream, of: self.relay.resident, closing: closing)
        let pipeline = upstream.pipeline.syncOperations
        do {
            guard let context = opening.tunnel.upstreamContext(for: opening.header) else {
                try pipeline.addHandlers([closing, leg])
                self.relay.stands(.upstream)
                return
            }
            let handshake = upstream.eventLoop.makePromise(of: Void.self)
            handshake.futureResult.assumeIsolated().whenComplete { self.upstreamHandshakeEnded($0) }
            self.startDeadline(opening.tunnel.handshakeTimeout, "the upstream's handshake took too long") {
                self.relay.failedToStand(.upstream)
            }
            try pipeline.addHandlers([
                closing,
                try NIOSSLClientHandler(context: context, serverHostname: opening.tunnel.upstream.serverName),
                TLSAlertHandler(closing: closing),
                HandshakeHandler(promise: handshake),
                leg,
            ])
            upstream.read()
        } catch {
            self.logger.warning(
                "upstream could not be set up",
                metadata: ["error": "\(ConnectionTrouble.text(of: error))"]
            )
            upstream.close(promise: nil)
            self.relay.failedToStand(.upstream)
        }
    }

    private func upstreamHandshakeEnded(_ result: Result<Void, any Error>) {
        self.deadline?.cancel()
        switch result {
        case .success:
            self.relay.stands(.upstream)
        case .failure where self.relay.outcome != nil:
            // The client had left, or the time was over.
            break
        case .failure(let error):
            self.logger.warning(
                "upstream handshake failed",
                metadata: ["error": "\(ConnectionTrouble.text(of: error))"]
            )
            self.relay.failedToStand(.upstream)
        }
    }

    /// Says of a connection that was opened how it has ended, whether or not it came as far as the upstream.
    private func tellOfEnd() {
        let logger = self.logger
        let relay = self.relay
        let start = ContinuousClock.now
        self.stream.closeFuture.assumeIsolated().whenComplete { _ in
            let tenths = Int((ContinuousClock.now - start) / .milliseconds(100))
            var metadata: Logger.Metadata = [
                "connection.duration": "\(tenths / 10).\(tenths % 10) s",
                "connection.bytes_in": "\(relay.byteCount(from: .client))",
                "connection.bytes_out": "\(relay.byteCount(from: .upstream))",
            ]
            // Where one leg is TLS and the other is not, only this tells that the end was not the sender's.
            if relay.wasTruncated(.client) { metadata["connection.truncated"] = "client" }
            if relay.wasTruncated(.upstream) { metadata["connection.truncated"] = "upstream" }
            if let failure = relay.failure { metadata["error"] = "\(failure)" }
            logger.debug("connection closed", metadata: metadata)
        }
    }
}

extension UpstreamAddress {
    /// The SNI for the upstream, which an IP address cannot be.
    var serverName: String? {
        if case .host(let place) = self.destination { place.serverName } else { nil }
    }
}
