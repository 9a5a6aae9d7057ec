import Addresses
import AgentProtocol
import CoreMetrics
import EdgeCore
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import ProxyProtocol
import Relaying
import TLSWire
import TrafficPolicy

/// A client's connection from its first byte until the relay takes over. Last in the pipeline; `autoRead` is off.
///
/// It asks ``ConnectionStateMachine`` what to do and does it: write an alert, end TLS, open the agent's stream. The
/// agent hears of a connection only after the edge's own handshake, mutual TLS included, has succeeded.
final class ClientConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private typealias Found = FoundEndpoint<AgentSession>

    private enum Stage {
        /// A trusted peer may say first whose connection this is.
        case proxyHeader(ProxyHeaderReader)
        case hello
        case handshaking(Handshake)
        /// The handshake is all that the client has come for.
        case answeringChallenge
        case ended
    }

    /// TLS that the edge is ending.
    private struct Handshake {
        let found: Found
        let server: ServerTLS
        let handler: NIOSSLServerHandler
        /// The policy that asked for it, which goes on when it is over, and who watches for that; `nil` where the endpoint was bound so.
        let policy: (passage: PolicyPassage, watch: ServerHelloWatch)?
    }

    private let edge: EdgeState
    private let connection: ClientConnection
    private let closing: ClosingHandler
    private var machine: ConnectionStateMachine<Found>
    private var stage: Stage
    /// Everything read so far that whoever ends TLS has to see.
    private var replay = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var hello: ClientHello?
    /// What the edge negotiated; `nil` where it has not ended TLS.
    private var tls: NegotiatedTLS?
    /// The same for policies, where one has asked for it.
    private var termination: TerminationVariables?

    init(edge: EdgeState, connection: ClientConnection, closing: ClosingHandler) {
        self.edge = edge
        self.connection = connection
        self.closing = closing
        var limits = ClientHelloReader.Limits()
        limits.maximumHelloLength = edge.configuration.limits.hello
        self.machine = ConnectionStateMachine(limits: limits)
        let isTrusted = edge.configuration.trustedProxies.contains { $0.contains(connection.client.ip) }
        self.stage = isTrusted ? .proxyHeader(ProxyHeaderReader()) : .hello
    }

    // MARK: The channel speaks

    func channelActive(context: ChannelHandlerContext) {
        self.edge.metrics.connectionsAccepted.increment()
        guard self.edge.admit(context.channel) else {
            self.turnAway(.tooManyConnections)
            return
        }
        // Whoever comes through a trusted proxy is counted when the proxy has said who it is.
        if case .hello = self.stage, let reason = self.edge.admit(self.connection) {
            self.turnAway(reason)
            return
        }
        self.setDeadline(self.edge.configuration.deadlines.hello, context: context) {
            self.perform(self.machine.helloDeadlinePassed(), context: context)
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        switch self.stage {
        case .proxyHeader(let reader): self.readProxyHeader(buffer, reader, context: context)
        case .hello: self.readHello(buffer, context: context)
        case .handshaking, .answeringChallenge, .ended: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch self.stage {
        case .proxyHeader, .hello: context.read()
        case .handshaking, .answeringChallenge, .ended: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            switch self.stage {
            case .proxyHeader, .hello: self.perform(self.machine.inputClosed(), context: context)
            case .handshaking, .answeringChallenge, .ended: break
            }
        } else if case .handshakeCompleted = event as? TLSUserEvent, case .answeringChallenge = self.stage {
            self.connection.outcome = .answeredChallenge
            self.end(context: context)
            return
        } else if case .handshakeCompleted = event as? TLSUserEvent, case .handshaking(let handshake) = self.stage {
            self.deadline?.cancel()
            self.edge.metrics.handshakes.increment()
            // Nothing of ours answers the client's Finished, for which its first request may wait.
            context.channel.acknowledgeAtOnce()
            self.terminated(handshake, context: context)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch self.stage {
        case .handshaking, .answeringChallenge:
            // The TLS handler has written its alert and closes the channel.
            let reason = HandshakeFailure.reason(of: error)
            self.stage = .ended
            self.connection.outcome = .handshakeFailed(reason: reason)
            self.edge.metrics.handshakeFailures.increment(reason)
            self.deadline?.cancel()
            context.close(promise: nil)
        case .proxyHeader, .hello: context.close(promise: nil)
        case .ended: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.deadline?.cancel()
        if case .hello = self.stage { self.connection.outcome = .refused(Refusal(.helloAbandoned)) }
        self.stage = .ended
        context.fireChannelInactive()
    }

    // MARK: The opening

    private func readProxyHeader(_ buffer: ByteBuffer, _ reader: ProxyHeaderReader, context: ChannelHandlerContext) {
        var reader = reader
        self.replay.writeImmutableBuffer(buffer)
        do throws(ProxyError) {
            switch try reader.append(Array(buffer.readableBytesView)) {
            case .needsMore:
                self.stage = .proxyHeader(reader)
                return
            case .complete(let header, let length):
                // A LOCAL header or one without addresses speaks of the connection itself.
                if header.command == .proxy, let source = header.source, let destination = header.destination {
                    self.connection.client = source
                    self.connection.server = destination
                }
                self.replay.moveReaderIndex(forwardBy: length)
                if header.command == .proxy, header.source != nil, let reason = self.edge.admit(self.connection) {
                    self.turnAway(reason)
                    return
                }
            case .notAHeader:
                guard !self.edge.configuration.requiresProxyHeader else {
                    self.refuse(Refusal(.badProxyHeader, detail: "there is none"), context: context)
                    return
                }
            }
        } catch {
            self.refuse(Refusal(.badProxyHeader, detail: error.description), context: context)
            return
        }
        self.stage = .hello
        let rest = self.replay
        self.replay = ByteBuffer()
        if rest.readableBytes > 0 { self.readHello(rest, context: context) }
    }

    private func readHello(_ buffer: ByteBuffer, context: ChannelHandlerContext) {
        self.replay.writeImmutableBuffer(buffer)
        let action = self.machine.received(
            Array(buffer.readableBytesView),
            from: self.connection.client.ip,
            isChallenge: self.edge.challenges.hasAnswer,
            route: self.edge.route
        )
        self.perform(action, context: context)
    }

    private func perform(_ action: ConnectionStateMachine<Found>.Action, context: ChannelHandlerContext) {
        switch action {
        case .readMore, .nothing:
            break
        case .refuse(let refusal):
            self.refuse(refusal, context: context)
        case .answerChallenge(let hello):
            self.answerChallenge(hello, context: context)
        case .deny(let found, let hello):
            self.found(found, hello, decision: .block)
            self.deny(context: context)
        case .serve(let found, let hello, let decision):
            self.found(found, hello, decision: decision)
            // A policy may forward the connection to somebody who is there.
            guard found.member != nil || found.configuration.policy != nil else {
                self.refuse(Refusal(.noBackend), context: context)
                return
            }
            if let reason = self.edge.admit(self.connection, to: found.configuration) {
                self.refuse(Refusal(reason), context: context)
                return
            }
            self.deadline?.cancel()
            self.enter(found, context: context)
        }
    }

    private func found(_ found: Found, _ hello: ClientHello, decision: IPPolicyDecision?) {
        self.edge.metrics.hellos.increment()
        self.hello = hello
        self.connection.endpoint = found.configuration
        self.connection.serverName = hello.serverName?.lowercased()
        self.connection.serverNameAsSent = hello.serverName
        self.connection.decision = decision
    }

    /// Of an address that is not let in.
    private func deny(context: ChannelHandlerContext) {
        self.connection.outcome = .denied
        self.end(context: context)
    }

    private func refuse(_ refusal: Refusal, context: ChannelHandlerContext) {
        self.connection.outcome = .refused(refusal)
        if self.connection.serverName == nil { self.connection.serverName = refusal.serverName }
        if let alert = refusal.alert {
            self.edge.metrics.alertsSent[alert].increment()
            let record = ByteBuffer(bytes: Alert.record(.fatal, alert))
            context.writeAndFlush(self.wrapOutboundOut(record), promise: nil)
        }
        self.end(context: context)
    }

    /// Ends a connection for which there is no room, and keeps nothing of it: not the descriptor for as long as its client
    /// would have to take an ending in order.
    private func turnAway(_ reason: Refusal.Reason) {
        self.connection.outcome = .refused(Refusal(reason))
        self.stage = .ended
        self.deadline?.cancel()
        self.closing.abandon()
    }

    private func end(context: ChannelHandlerContext) {
        self.stage = .ended
        self.deadline?.cancel()
        context.close(promise: nil)
    }

    private func setDeadline(_ time: TimeAmount, context: ChannelHandlerContext, _ body: @escaping () -> Void) {
        self.deadline?.cancel()
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time, body)
    }

    private func setHandshakeDeadline(context: ChannelHandlerContext) {
        self.setDeadline(self.edge.configuration.deadlines.handshake, context: context) {
            self.connection.outcome = .handshakeTimedOut
            self.end(context: context)
        }
    }

    // MARK: The endpoint and its policy

    /// Brings the connection to an endpoint whose own restrictions are met.
    private func enter(_ found: Found, context: ChannelHandlerContext) {
        guard let policy = found.configuration.policy else {
            self.serve(found, context: context)
            return
        }
        let passage = PolicyPassage(
            found,
            policy,
            of: self.connection,
            termination: self.termination,
            edge: self.edge
        )
        self.connection.passages.append(passage)
        self.follow(passage.next(), of: passage, context: context)
    }

    private func follow(_ decision: PolicyDecision, of passage: PolicyPassage, context: ChannelHandlerContext) {
        switch decision {
        case .done:
            self.serve(passage.found, context: context)
        case .close(let closing):
            self.connection.outcome = ClientConnection.Outcome(closing)
            self.end(context: context)
        case .terminateTLS(let action):
            self.terminate(passage.found, policy: passage, context: context) { hello in
                try self.edge.serverTLS(of: passage.found.endpoint, by: action, for: hello)
            }
        case .forwardInternal(let url):
            self.forward(to: url, from: passage, context: context)
        }
    }

    private func forward(to url: InternalURL, from passage: PolicyPassage, context: ChannelHandlerContext) {
        let accountID = passage.found.configuration.accountID
        guard self.connection.passages.count < PolicyPassage.maximumCount,
            case .endpoint(let found, let restrictions) = self.edge.route(internally: url, accountID: accountID),
            self.tls == nil || !found.configuration.mayEndTLS
        else {
            self.follow(passage.forwardingFailed(), of: passage, context: context)
            return
        }
        self.connection.forwardedTo = found.configuration
        switch restrictions.decision(for: self.connection.client.ip) {
        case .block:
            self.connection.decision = .block
            self.deny(context: context)
        case .allow:
            self.connection.decision = .allow
            self.enter(found, context: context)
        case nil:
            self.enter(found, context: context)
        }
    }

    /// Nobody has anything against the connection.
    private func serve(_ found: Found, context: ChannelHandlerContext) {
        guard found.member != nil else {
            self.refuse(Refusal(.noBackend), context: context)
            return
        }
        switch found.configuration.termination {
        case .edge(let termination) where self.tls == nil:
            self.terminate(found, policy: nil, context: context) { hello in
                try self.edge.serverTLS(of: found.endpoint, by: termination, for: hello)
            }
        case .edge, .beyond:
            self.open(found, context: context)
        }
    }

    // MARK: TLS at the edge

    private func terminate(
        _ found: Found,
        policy passage: PolicyPassage?,
        context: ChannelHandlerContext,
        as server: (ClientHello) throws -> ServerTLS?
    ) {
        do {
            guard let hello = self.hello, let server = try server(hello) else {
                let refusal = Refusal(.noCertificate, alert: .unrecognizedName, serverName: self.hello?.serverName)
                self.refuse(refusal, context: context)
                return
            }
            let handler = server.handler()
            let policy = passage.map { ($0, ServerHelloWatch()) }
            self.stage = .handshaking(Handshake(found: found, server: server, handler: handler, policy: policy))
            self.setHandshakeDeadline(context: context)
            try context.pipeline.syncOperations.addHandlers(
                [handler, TLSAlertHandler(closing: self.closing)],
                position: .before(self)
            )
            if let (_, watch) = policy {
                try context.pipeline.syncOperations.addHandler(watch, position: .before(handler))
            }
            try self.replayHello(context: context)
        } catch let error as NgrokError {
            // An account's own pair or CA, as an expression of its policy gave it: no fault of the edge's.
            self.connection.outcome = .refusedByPolicy(.failed)
            self.edge.logger.debug(
                "TLS could not end as a policy says",
                metadata: ["connection.id": "\(self.connection.id)", "error.code": "\(error.name)"]
            )
            self.end(context: context)
        } catch {
            self.fail(error, "the edge could not end TLS", context: context)
        }
    }

    private func answerChallenge(_ hello: ClientHello, context: ChannelHandlerContext) {
        self.connection.serverName = hello.serverName?.lowercased()
        guard let answer = self.edge.challenges.context(for: hello) else {
            // It was withdrawn a moment ago.
            self.refuse(
                Refusal(.noCertificate, alert: .unrecognizedName, serverName: hello.serverName),
                context: context
            )
            return
        }
        do {
            self.stage = .answeringChallenge
            self.setHandshakeDeadline(context: context)
            try context.pipeline.syncOperations.addHandlers(
                [NIOSSLServerHandler(context: answer), TLSAlertHandler(closing: self.closing)],
                position: .before(self)
            )
            try self.replayHello(context: context)
        } catch {
            self.fail(error, "a CA could not be answered", context: context)
        }
    }

    private func terminated(_ handshake: Handshake, context: ChannelHandlerContext) {
        self.tls = NegotiatedTLS(handshake.handler, as: handshake.server)
        guard let (passage, watch) = handshake.policy, let tls = self.tls else {
            self.open(handshake.found, context: context)
            return
        }
        let termination = TerminationVariables(tls, as: handshake.server, cipherSuite: watch.cipherSuite)
        self.termination = termination
        self.follow(passage.terminated(termination), of: passage, context: context)
    }

    /// Sends what was read before down the pipeline again, for the TLS handler that was not there yet.
    private func replayHello(context: ChannelHandlerContext) throws {
        let hello = self.replay
        self.replay = ByteBuffer()
        let transport = try context.pipeline.syncOperations.context(handler: self.closing)
        transport.fireChannelRead(NIOAny(hello))
        transport.fireChannelReadComplete()
    }

    // MARK: The agent's stream

    private func open(_ found: Found, context: ChannelHandlerContext) {
        do {
            let dialer = BackendDialer(
                edge: self.edge,
                connection: self.connection,
                endpoint: found.endpoint,
                tls: self.tls,
                relay: try self.startRelay(found.member?.session.relayPolicy ?? .edge, context: context)
            )
            dialer.dial(found.member, on: context.eventLoop)
        } catch {
            self.fail(error, "the client could not be relayed", context: context)
        }
    }

    /// Takes this handler's place, with all that comes from now on and what TLS, where it is not ended here, has to go on.
    private func startRelay(_ policy: RelayPolicy, context: ChannelHandlerContext) throws -> Relay {
        let deadlines = self.edge.configuration.deadlines
        let relay = Relay(
            policy,
            limits: Relay.Limits(idle: deadlines.idle, halfOpen: deadlines.halfOpen),
            on: context.eventLoop
        )
        let leg = RelayLeg(.client, of: relay.resident, closing: self.closing)
        try context.pipeline.syncOperations.addHandler(leg, position: .after(self))
        self.stage = .ended
        self.connection.relay = relay
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        relay.stands(.client)
        if self.replay.readableBytes > 0 { relay.received([self.replay], from: .client) }
        self.replay = ByteBuffer()
        return relay
    }

    private func fail(_ error: any Error, _ message: Logger.Message, context: ChannelHandlerContext) {
        self.edge.logger.error(
            message,
            metadata: ["connection.id": "\(self.connection.id)", "error.message": "\(error)"]
        )
        self.refuse(Refusal(.internalError), context: context)
    }
}
