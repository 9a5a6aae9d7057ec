internal import Addresses
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// What stands between an agent and the edge, so that their connection can be cut while both run.
final class AgentRelay: Sendable {
    /// Where the agent connects.
    let address: TransportAddress
    private let listener: any Channel
    private let connections: Connections

    private init(_ listener: any Channel, at address: TransportAddress, _ connections: Connections) {
        self.listener = listener
        self.address = address
        self.connections = connections
    }

    deinit {
        self.listener.close(promise: nil)
    }

    static func start(to edge: TransportAddress) async throws -> AgentRelay {
        let connections = Connections()
        let target = try SocketAddress(ipAddress: edge.ip.description, port: Int(edge.port))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { agent in
                guard connections.enter(agent) else {
                    return agent.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                }
                return Self.join(agent, to: target, connections)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = listener.localAddress?.port, let address = TransportAddress("127.0.0.1:\(port)") else {
            listener.close(promise: nil)
            throw TargetError(.busyPort, "no port was given to stand before \(edge)")
        }
        return AgentRelay(listener, at: address, connections)
    }

    private static func join(
        _ agent: any Channel,
        to target: SocketAddress,
        _ connections: Connections
    ) -> EventLoopFuture<Void> {
        ClientBootstrap(group: agent.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(to: target)
            .flatMap { edge in
                guard connections.enter(edge) else {
                    return edge.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                }
                return agent.pipeline.addHandler(PassingHandler(to: edge))
                    .and(edge.pipeline.addHandler(PassingHandler(to: agent))).map { _ in }
            }
    }

    /// Resets what is open, on both sides, and lets nobody through until ``mend()``.
    func cut() async {
        for channel in self.connections.shut() {
            if let socket = channel as? any SocketOptionProvider {
                // A close then is a reset; of a channel that has closed meanwhile it makes no difference.
                try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
            try? await channel.close().get()
        }
    }

    func mend() { self.connections.open() }
}

/// The connections of a relay, both halves of each.
private final class Connections: Sendable {
    private struct State {
        var isOpen = true
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())

    /// Returns whether it may stay; one that may not is closed.
    func enter(_ channel: any Channel) -> Bool {
        let isOpen = self.state.withLock { state in
            if state.isOpen { state.channels[ObjectIdentifier(channel)] = channel }
            return state.isOpen
        }
        if isOpen {
            channel.closeFuture.whenComplete { _ in self.leave(channel) }
        } else {
            channel.close(promise: nil)
        }
        return isOpen
    }

    private func leave(_ channel: any Channel) {
        self.state.withLock { state in state.channels[ObjectIdentifier(channel)] = nil }
    }

    func shut() -> [any Channel] {
        self.state.withLock { state in
            state.isOpen = false
            return Array(state.channels.values)
        }
    }

    func open() { self.state.withLock { $0.isOpen = true } }
}

/// Gives what comes to the other half, and reads on when that has taken it.
private final class PassingHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        self.other.writeAndFlush(self.unwrapInboundIn(data)).whenComplete { result in
            switch result {
            case .success: channel.read()
            case .failure: channel.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.other.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
