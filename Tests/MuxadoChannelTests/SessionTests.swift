import Muxado
import MuxadoChannel
import NIOCore
import NIOEmbedded
import Testing

@Suite("A session's end")
struct SessionTests {
    /// A way for a session to end, and what its streams and its owner then see on each side.
    enum Ending: CaseIterable {
        case closedHere, closedByPeer, connectionLost, garbage

        var clientCode: ErrorCode {
            switch self {
            case .closedHere: .sessionClosed
            case .closedByPeer: .enhanceYourCalm
            case .connectionLost: .peerEOF
            case .garbage: .protocolError
            }
        }
    }

    @Test("a session whose stream numbers are used up ends, so that its agent makes another")
    func exhausted() throws {
        var few = EmbeddedPair.quiet
        few.lastStream = 4
        let pair = try EmbeddedPair(server: few)
        for _ in 0..<2 {
            let future = pair.serverSession.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }
            try pair.exchange()
            _ = try future.wait()
        }
        let future = pair.serverSession.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }
        try pair.exchange()
        #expect(throws: MuxadoError.self) { _ = try future.wait() }
        #expect(try pair.serverSession.sessionEnded.wait().code == .streamsExhausted)
        #expect(try pair.clientSession.sessionEnded.wait().origin == .remote)
    }

    @Test("fails every stream at once with the session's error", arguments: Ending.allCases)
    func endings(_ ending: Ending) throws {
        let pair = try EmbeddedPair()
        let streams = try (0..<20).map { _ in try pair.open() }
        let waiting = pair.client.eventLoop.makePromise(of: Void.self)
        let opening = pair.clientSession.openStream(type: .proxy) { _ in waiting.futureResult }
        switch ending {
        case .closedHere:
            pair.clientSession.close()
        case .closedByPeer:
            pair.serverSession.close(errorCode: .enhanceYourCalm, debug: "too loud")
        case .connectionLost:
            pair.client.close(promise: nil)
        case .garbage:
            try pair.client.writeInbound(ByteBuffer(bytes: [0, 0, 1, 0x10, 0, 0, 0, 0, 1]))
        }
        try pair.exchange()
        for (channel, recorder) in streams {
            #expect(!channel.isActive)
            #expect((recorder.errors.first as? MuxadoError)?.code == ending.clientCode)
            #expect(recorder.events.last == "inactive")
            try channel.closeFuture.wait()
        }
        #expect(try pair.clientSession.sessionEnded.wait().code == ending.clientCode)
        waiting.succeed()
        pair.loop.run()
        #expect(throws: MuxadoError.self) { try opening.wait() }
        #expect(throws: MuxadoError.self) {
            try pair.clientSession.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }.wait()
        }
        #expect(!pair.client.isActive)
        try pair.finish()
    }

    @Test("the peer learns code and text from GOAWAY")
    func goAway() throws {
        let pair = try EmbeddedPair()
        pair.serverSession.close(errorCode: .enhanceYourCalm, debug: "too loud")
        try pair.exchange()
        let error = try pair.clientSession.sessionEnded.wait()
        #expect(error.code == .enhanceYourCalm)
        #expect(error.origin == .remote)
        #expect(error.detail == "too loud")
        try pair.finish()
    }

    @Test("data that came whole before the end is still delivered")
    func wholeStreamSurvives() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let (channel, _) = try pair.open()
        let accepted = try #require(pair.serverAccepted.first)
        accepted.channel.close(mode: .output, promise: nil)
        channel.writeAndFlush(ByteBuffer(string: "whole"), promise: nil)
        channel.close(mode: .output, promise: nil)
        try pair.exchange()
        pair.clientSession.close()
        try pair.exchange()
        accepted.channel.read()
        accepted.channel.read()
        #expect(accepted.recorder.text == "whole")
        #expect(accepted.recorder.errors.isEmpty)
        #expect(!accepted.channel.isActive)
        try pair.finish()
    }

    @Test("a transport that takes nothing does not hold the close longer than the budget")
    func goAwayBudget() throws {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(handler: Blocking(), loop: loop)
        let session = MuxadoHandler(
            role: .server,
            configuration: EmbeddedPair.quiet,
            channel: channel,
            inboundStreamInitializer: Accepted().initializer()
        )
        try channel.pipeline.syncOperations.addHandler(session)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        session.close()
        loop.advanceTime(by: .milliseconds(249))
        #expect(channel.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    @Test("a session whose handler is never used says so")
    func neverUsed() throws {
        let channel = EmbeddedChannel()
        var session: MuxadoHandler? = MuxadoHandler(
            role: .server,
            channel: channel,
            inboundStreamInitializer: Accepted().initializer()
        )
        let ended = session?.sessionEnded
        session = nil
        #expect(try ended?.wait().code == .sessionClosed)
        _ = try channel.finish()
    }

    @Test("a transport is given no more than it may have unwritten, so that what is urgent waits for little")
    func transportLimit() throws {
        var configuration = EmbeddedPair.quiet
        configuration.transportLimit = 100_000
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(loop: loop)
        let blocking = Blocking()
        let session = MuxadoHandler(
            role: .client,
            configuration: configuration,
            channel: channel,
            inboundStreamInitializer: Accepted().initializer()
        )
        try channel.pipeline.syncOperations.addHandlers(blocking, session)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        for _ in 0..<8 {
            session.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }.whenSuccess { stream in
                stream.writeAndFlush(ByteBuffer(repeating: 0, count: 200_000), promise: nil)
            }
        }
        loop.run()
        // One frame may go beyond the limit.
        #expect((100_000...117_000).contains(blocking.byteCount))
        let written = blocking.promises
        blocking.promises = []
        for promise in written { promise.succeed() }
        loop.run()
        #expect((200_000...234_000).contains(blocking.byteCount))
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// Keeps every write, as a transport does whose peer reads nothing.
    private final class Blocking: ChannelOutboundHandler, @unchecked Sendable {
        typealias OutboundIn = ByteBuffer
        var promises: [EventLoopPromise<Void>] = []
        private(set) var byteCount = 0

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            self.byteCount += self.unwrapOutboundIn(data).readableBytes
            if let promise { self.promises.append(promise) }
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            for promise in self.promises { promise.fail(ChannelError.ioOnClosedChannel) }
        }
    }
}

@Suite("Heartbeats of a session")
struct HeartbeatTests {
    @Test("each side asks, the other answers, and the session lives on", arguments: [1, 3, 4_096])
    func alive(_ chunkLength: Int) throws {
        let pair = try EmbeddedPair(client: MuxadoHandler.Configuration(), server: MuxadoHandler.Configuration())
        pair.chunkLength = chunkLength
        try pair.exchange()
        for _ in 0..<100 {
            pair.loop.advanceTime(by: .seconds(5))
            try pair.exchange()
        }
        #expect(pair.client.isActive && pair.server.isActive)
        #expect(pair.clientSession.latency == .zero)
        #expect(pair.serverSession.latency == .zero)
        #expect(pair.serverAccepted.all.isEmpty)
        try pair.finish()
    }

    @Test("the time of an answer is the latency")
    func latency() throws {
        let pair = try EmbeddedPair(client: MuxadoHandler.Configuration())
        #expect(pair.clientSession.latency == nil)
        pair.loop.advanceTime(by: .milliseconds(120))
        try pair.exchange()
        #expect(pair.clientSession.latency == .milliseconds(120))
        try pair.finish()
    }

    @Test("a peer silent for the interval and the tolerance is dead, and not a moment sooner")
    func watchdog() throws {
        let pair = try EmbeddedPair(client: MuxadoHandler.Configuration())
        let (channel, recorder) = try pair.open()
        pair.loop.advanceTime(by: .seconds(25) - .nanoseconds(1))
        #expect(pair.client.isActive)
        pair.loop.advanceTime(by: .nanoseconds(1))
        // What has not ended would be waited for without end.
        try #require(!channel.isActive)
        #expect((recorder.errors.first as? MuxadoError)?.code == .writeTimeout)
        #expect(try pair.clientSession.sessionEnded.wait().code == .writeTimeout)
        try pair.finish()
    }

    @Test("a wrong answer is no answer")
    func wrongAnswer() throws {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(loop: loop)
        let session = MuxadoHandler(
            role: .client,
            channel: channel,
            inboundStreamInitializer: Accepted().initializer()
        )
        try channel.pipeline.syncOperations.addHandler(session)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        // The client's first stream is its heartbeat; zero is never asked.
        try channel.writeInbound(ByteBuffer(bytes: [0, 0, 4, 0x10, 0, 0, 0, 3, 0, 0, 0, 0]))
        loop.advanceTime(by: .seconds(24))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    @Test("heartbeats overtake data that waits")
    func overtake() throws {
        let pair = try EmbeddedPair(
            client: MuxadoHandler.Configuration(),
            server: MuxadoHandler.Configuration(),
            serverAutoRead: false
        )
        try pair.exchange()
        let (channel, _) = try pair.open()
        channel.writeAndFlush(ByteBuffer(repeating: 0, count: 2_000_000), promise: nil)
        for _ in 0..<20 {
            pair.loop.advanceTime(by: .seconds(10))
            try pair.exchange()
        }
        #expect(pair.client.isActive && pair.server.isActive)
        try pair.finish()
    }
}
