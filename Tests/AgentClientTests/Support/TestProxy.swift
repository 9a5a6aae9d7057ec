import NIOCore
import NIOPosix
import Synchronization

/// A proxy that speaks one protocol, connects to whatever it is asked for, and knows one user: `user` with `pass`.
final class TestProxy: Sendable {
    enum Kind: String, Sendable { case http, socks5 }

    fileprivate final class Memory: Sendable {
        struct State {
            var asksForCredentials: Bool
            /// What it was asked to connect to.
            var targets: [String] = []
        }

        let state: Mutex<State>

        init(asksForCredentials: Bool) { self.state = Mutex(State(asksForCredentials: asksForCredentials)) }
    }

    let port: Int
    private let channel: any Channel
    private let memory: Memory

    private init(channel: any Channel, memory: Memory) {
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
        self.memory = memory
    }

    static func start(_ kind: Kind, asksForCredentials: Bool) async throws -> TestProxy {
        let memory = Memory(asksForCredentials: asksForCredentials)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyHandler(kind, memory))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestProxy(channel: channel, memory: memory)
    }

    var targets: [String] { self.memory.state.withLock { $0.targets } }

    /// Lets everybody in from now on.
    func asksForNothing() { self.memory.state.withLock { $0.asksForCredentials = false } }

    func stop() async throws { try await self.channel.close() }
}

/// One client of the proxy.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case greeting, credentials, request, relaying }

    private let kind: TestProxy.Kind
    private let memory: TestProxy.Memory
    private var bytes: [UInt8] = []
    private var phase = Phase.greeting
    private var peer: (any Channel)?

    init(_ kind: TestProxy.Kind, _ memory: TestProxy.Memory) {
        self.kind = kind
        self.memory = memory
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        if let peer {
            peer.writeAndFlush(buffer, promise: nil)
            return
        }
        self.bytes += Array(buffer.readableBytesView)
        switch self.kind {
        case .http: self.readHead(context)
        case .socks5: self.readSOCKS(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.peer?.close(promise: nil)
        context.fireChannelInactive()
    }

    private var asksForCredentials: Bool { self.memory.state.withLock { $0.asksForCredentials } }

    private func readHead(_ context: ChannelHandlerContext) {
        let lines = String(decoding: self.bytes, as: UTF8.self).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        guard lines.suffix(2) == ["", ""], self.phase != .relaying else { return }
        guard !self.asksForCredentials || lines.contains("Proxy-Authorization: Basic dXNlcjpwYXNz") else {
            self.say(Array("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".utf8), context)
            context.close(promise: nil)
            return
        }
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[0] == "CONNECT" else {
            context.close(promise: nil)
            return
        }
        self.connect(String(words[1]), answer: Array("HTTP/1.1 200 OK\r\n\r\n".utf8), context)
    }

    private func readSOCKS(_ context: ChannelHandlerContext) {
        switch self.phase {
        case .greeting:
            guard self.bytes.count >= 2, self.bytes.count == 2 + Int(self.bytes[1]) else { return }
            let method: UInt8 = self.asksForCredentials ? 2 : 0
            guard self.bytes[2...].contains(method) else {
                self.say([5, 255], context)
                context.close(promise: nil)
                return
            }
            self.phase = method == 2 ? .credentials : .request
            self.say([5, method], context)
        case .credentials:
            let expected = [1, 4] + Array("user".utf8) + [4] + Array("pass".utf8)
            guard self.bytes.count == expected.count else { return }
            self.phase = .request
            self.say([1, self.bytes == expected ? 0 : 1], context)
        case .request:
            guard self.bytes.count >= 5, self.bytes[..<4] == [5, 1, 0, 3] else { return }
            let end = 5 + Int(self.bytes[4])
            guard self.bytes.count == end + 2 else { return }
            let name = String(decoding: self.bytes[5..<end], as: UTF8.self)
            let port = Int(self.bytes[end]) << 8 | Int(self.bytes[end + 1])
            self.connect("\(name):\(port)", answer: [5, 0, 0, 1, 0, 0, 0, 0, 0, 0], context)
        case .relaying:
            break
        }
    }

    private func say(_ words: [UInt8], _ context: ChannelHandlerContext) {
        self.bytes = []
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: words)), promise: nil)
    }

    private func connect(_ target: String, answer: [UInt8], _ context: ChannelHandlerContext) {
        self.phase = .relaying
        self.memory.state.withLock { $0.targets.append(target) }
        let parts = target.split(separator: ":")
        let client = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RelayHandler(client))
                }
            }
            .connect(host: String(parts[0]), port: Int(parts[1]) ?? 0)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let peer):
                    self.peer = peer
                    self.say(answer, context)
                case .failure:
                    context.close(promise: nil)
                }
            }
    }
}

/// What comes from the one side goes to the other.
private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(_ other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.other.writeAndFlush(self.unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.other.close(promise: nil)
        context.fireChannelInactive()
    }
}
