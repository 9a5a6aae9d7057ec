import Muxado
import MuxadoChannel
import NIOCore
import NIOEmbedded
import Testing

@Suite("Streams of a session")
struct StreamTests {
    @Test("a typed stream carries bytes both ways, wherever frames are cut", arguments: [1, 2, 3, 5, 9, 13, 4_096])
    func bothWays(_ chunkLength: Int) throws {
        let pair = try EmbeddedPair(serverHandlers: { _ in [Echo()] })
        pair.chunkLength = chunkLength
        let (channel, recorder) = try pair.open(.bind)
        channel.writeAndFlush(ByteBuffer(string: "hello"), promise: nil)
        try pair.exchange()
        #expect(pair.serverAccepted.first?.type == .bind)
        #expect(recorder.text == "hello")
        channel.close(mode: .output, promise: nil)
        try pair.exchange()
        #expect(!channel.isActive)
        #expect(recorder.events.suffix(2) == ["inputClosed", "inactive"])
        try channel.closeFuture.wait()
        try pair.finish()
    }

    @Test("the opening frame is one DATA frame of four bytes with SYN")
    func openingFrame() throws {
        let pair = try EmbeddedPair()
        _ = try pair.open(.startTunnelWithLabel)
        #expect(pair.bytesToServer == [0, 0, 4, 0x12, 0, 0, 0, 3, 0, 0, 0, 7])
        try pair.finish()
    }

    @Test("the server opens streams too, with even numbers")
    func serverOpens() throws {
        let pair = try EmbeddedPair()
        let future = pair.serverSession.openStream(type: .proxy) { $0.eventLoop.makeSucceededVoidFuture() }
        try pair.exchange()
        let channel = try #require(try future.wait() as? MuxadoStreamChannel)
        #expect(channel.streamType == .proxy)
        channel.writeAndFlush(ByteBuffer(string: "to the agent"), promise: nil)
        try pair.exchange()
        #expect(pair.clientAccepted.first?.recorder.text == "to the agent")
        try pair.finish()
    }

    @Test("without auto-read nothing is delivered, and no window is given back, until read is called")
    func backpressure() throws {
        var configuration = EmbeddedPair.quiet
        configuration.maximumWindow = configuration.initialWindow
        let pair = try EmbeddedPair(client: configuration, server: configuration, serverAutoRead: false)
        let (channel, recorder) = try pair.open()
        let total = 1_000_000
        for position in stride(from: 0, to: total, by: 50_000) {
            channel.writeAndFlush(Pattern.slice(at: position, length: 50_000), promise: nil)
        }
        try pair.exchange()
        let accepted = try #require(pair.serverAccepted.first)
        #expect(accepted.recorder.received.readableBytes == 0)
        #expect(!channel.isWritable)
        #expect(recorder.events.contains("unwritable"))
        let waiting = try channel.syncOptions?.getOption(ChannelOptions.Types.BufferedWritableBytesOption())
        #expect(waiting == total - (262_144 - 4))
        var reads = 0
        while accepted.recorder.received.readableBytes < total, reads < 100 {
            let before = accepted.recorder.received.readableBytes
            accepted.channel.read()
            try pair.exchange()
            #expect(accepted.recorder.received.readableBytes - before <= 262_144)
            reads += 1
        }
        #expect(reads >= 4)
        #expect(Pattern.matches(accepted.recorder.received, at: 0))
        #expect(channel.isWritable)
        #expect(recorder.events.last == "writable")
        try pair.finish()
    }

    @Test("one read gives 64 KiB at most, however much waits")
    func readSize() throws {
        var configuration = EmbeddedPair.quiet
        configuration.initialWindow = 1 << 20
        let pair = try EmbeddedPair(client: configuration, server: configuration, serverAutoRead: false)
        let (channel, _) = try pair.open()
        for position in stride(from: 0, to: 1_000_000, by: 50_000) {
            channel.writeAndFlush(Pattern.slice(at: position, length: 50_000), promise: nil)
        }
        try pair.exchange()
        let accepted = try #require(pair.serverAccepted.first)
        accepted.channel.read()
        let byteCount = accepted.recorder.received.readableBytes
        #expect((65_536...(65_536 + 16_384)).contains(byteCount))
        #expect(accepted.recorder.events.last == "readComplete")
        try pair.finish()
    }

    @Test("auto-read switched on delivers what waits")
    func autoReadOn() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let (channel, _) = try pair.open()
        channel.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
        channel.writeAndFlush(ByteBuffer(string: "b"), promise: nil)
        channel.close(mode: .output, promise: nil)
        try pair.exchange()
        let accepted = try #require(pair.serverAccepted.first)
        #expect(accepted.recorder.events == ["active"])
        try accepted.channel.syncOptions?.setOption(.autoRead, value: true)
        #expect(accepted.recorder.text == "ab")
        #expect(accepted.recorder.events == ["active", "readComplete", "inputClosed"])
        try pair.finish()
    }

    @Test("a stalled stream takes its window and no more; the others go on")
    func stalledStream() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let (stalled, _) = try pair.open()
        let (other, _) = try pair.open()
        let accepted = pair.serverAccepted.all
        try accepted[1].channel.syncOptions?.setOption(.autoRead, value: true)
        for position in stride(from: 0, to: 4_000_000, by: 50_000) {
            stalled.writeAndFlush(Pattern.slice(at: position, length: 50_000), promise: nil)
            other.writeAndFlush(Pattern.slice(at: position, length: 50_000), promise: nil)
        }
        try pair.exchange()
        #expect(accepted[0].recorder.received.readableBytes == 0)
        #expect(accepted[1].recorder.received.readableBytes == 4_000_000)
        #expect(Pattern.matches(accepted[1].recorder.received, at: 0))
        try pair.finish()
    }

    @Test("half-close keeps the other direction open, in both orders", arguments: [true, false])
    func halfClose(_ clientFirst: Bool) throws {
        let pair = try EmbeddedPair()
        let (channel, recorder) = try pair.open()
        let accepted = try #require(pair.serverAccepted.first)
        let sides = [(channel, recorder), (accepted.channel, accepted.recorder)]
        let (first, second) = clientFirst ? (sides[0], sides[1]) : (sides[1], sides[0])
        let closed = first.0.close(mode: .output)
        try pair.exchange()
        try closed.wait()
        #expect(second.1.events.last == "inputClosed")
        #expect(first.0.isActive && second.0.isActive)
        #expect(throws: ChannelError.outputClosed) { try first.0.writeAndFlush(ByteBuffer(string: "x")).wait() }
        second.0.writeAndFlush(ByteBuffer(string: "still here"), promise: nil)
        second.0.close(mode: .output, promise: nil)
        try pair.exchange()
        #expect(first.1.text == "still here")
        #expect(!first.0.isActive && !second.0.isActive)
        try pair.finish()
    }

    @Test("without half-closure the end of input closes the stream")
    func noHalfClosure() throws {
        let pair = try EmbeddedPair()
        let (channel, recorder) = try pair.open(halfClosure: false)
        let accepted = try #require(pair.serverAccepted.first)
        accepted.channel.writeAndFlush(ByteBuffer(string: "last"), promise: nil)
        accepted.channel.close(mode: .output, promise: nil)
        try pair.exchange()
        #expect(recorder.text == "last")
        #expect(!channel.isActive)
        #expect(!accepted.channel.isActive)
        try pair.finish()
    }

    @Test("a write followed by a close arrives whole")
    func writeThenClose() throws {
        let pair = try EmbeddedPair()
        let (channel, _) = try pair.open()
        let written = channel.writeAndFlush(ByteBuffer(string: "all of it"))
        channel.close(promise: nil)
        try pair.exchange()
        try written.wait()
        let accepted = try #require(pair.serverAccepted.first)
        #expect(accepted.recorder.text == "all of it")
        #expect(accepted.recorder.events.last == "inputClosed")
        #expect(accepted.recorder.errors.isEmpty)
        try pair.finish()
    }

    @Test("a close that cuts data off is a reset, so that nobody takes it for the whole")
    func cutByClose() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let (channel, _) = try pair.open()
        let written = channel.writeAndFlush(ByteBuffer(repeating: 1, count: 300_000))
        channel.close(promise: nil)
        try pair.exchange()
        #expect(throws: ChannelError.ioOnClosedChannel) { try written.wait() }
        let accepted = try #require(pair.serverAccepted.first)
        #expect(accepted.recorder.errors.first as? MuxadoError == Self.error(.streamCancelled))
        #expect(!accepted.channel.isActive)
        try pair.finish()
    }

    @Test("what came before the peer's reset behind its data is read as it was asked for, and then the reset")
    func resetBehindData() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let accepted = try Self.cut(in: pair, by: .behindData)
        #expect(accepted.channel.isActive && accepted.recorder.errors.isEmpty)
        let late = accepted.channel.writeAndFlush(ByteBuffer(string: "late"))
        #expect(throws: ChannelError.outputClosed) { try late.wait() }
        var reads = 0
        while accepted.channel.isActive, reads < 10 {
            accepted.channel.read()
            reads += 1
        }
        #expect(reads > 1, "a read gives about 64 KiB")
        #expect(accepted.recorder.received.readableBytes == 200_000)
        #expect(Pattern.matches(accepted.recorder.received, at: 0))
        #expect(accepted.recorder.errors.map { ($0 as? MuxadoError)?.code } == [.streamReset])
        #expect(!accepted.recorder.events.contains("inputClosed"))
        #expect(accepted.recorder.events.last == "inactive")
        try pair.finish()
    }

    @Test("a stream that was given up is over at once, whatever was not read yet")
    func abandoned() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let accepted = try Self.cut(in: pair, by: .abandoned)
        #expect(!accepted.channel.isActive)
        #expect(accepted.recorder.received.readableBytes == 0)
        #expect(accepted.recorder.errors.map { ($0 as? MuxadoError)?.code } == [.streamCancelled])
        try pair.finish()
    }

    @Test("a peer that reads no more takes nothing back of what it has said and ended", arguments: [0, 200_000])
    func readsNoMore(_ byteCount: Int) throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let accepted = try Self.cut(in: pair, by: .readsNoMore, behind: byteCount, andEnd: true)
        #expect(accepted.channel.isActive)
        try accepted.channel.syncOptions?.setOption(.autoRead, value: true)
        #expect(accepted.recorder.received.readableBytes == byteCount)
        #expect(accepted.recorder.events.suffix(2) == ["inputClosed", "inactive"])
        #expect(accepted.recorder.errors.map { ($0 as? MuxadoError)?.code } == [.streamClosed])
        try pair.finish()
    }

    @Test("a reader that takes nothing of what came before a reset is waited for, for a minute")
    func readerPatience() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let accepted = try Self.cut(in: pair, by: .behindData)
        pair.loop.advanceTime(by: .seconds(59))
        accepted.channel.read()
        pair.loop.advanceTime(by: .seconds(60))
        #expect(accepted.channel.isActive, "it has taken some")
        pair.loop.advanceTime(by: .seconds(60))
        #expect(!accepted.channel.isActive)
        #expect(accepted.recorder.errors.map { ($0 as? MuxadoError)?.code } == [.streamReset])
        try pair.finish()
    }

    /// The server's end of a stream on which the client has written and then said this; nothing is read yet.
    private static func cut(
        in pair: EmbeddedPair,
        by reset: StreamReset,
        behind byteCount: Int = 200_000,
        andEnd isEnd: Bool = false
    ) throws -> Accepted.Stream {
        let (channel, _) = try pair.open()
        for position in stride(from: 0, to: byteCount, by: 50_000) {
            channel.writeAndFlush(Pattern.slice(at: position, length: 50_000), promise: nil)
        }
        if isEnd { channel.close(mode: .output, promise: nil) }
        channel.triggerUserOutboundEvent(reset, promise: nil)
        try pair.exchange()
        #expect(!channel.isActive)
        return try #require(pair.serverAccepted.first)
    }

    @Test("data for a closed stream is answered with a reset, which ends the writer")
    func dataAfterClose() throws {
        let pair = try EmbeddedPair()
        let (channel, recorder) = try pair.open()
        let accepted = try #require(pair.serverAccepted.first)
        accepted.channel.close(promise: nil)
        try pair.exchange()
        #expect(recorder.events.last == "inputClosed")
        channel.writeAndFlush(ByteBuffer(string: "late"), promise: nil)
        try pair.exchange()
        #expect(recorder.errors.first as? MuxadoError == Self.error(.streamClosed))
        #expect(!channel.isActive)
        try pair.finish()
    }

    private struct NotWanted: Error {}

    @Test("an initializer that fails refuses the peer's stream, and the session goes on")
    func refused() throws {
        let pair = try EmbeddedPair(serverFailure: NotWanted())
        let (channel, recorder) = try pair.open()
        #expect(recorder.errors.first as? MuxadoError == Self.error(.streamRefused))
        #expect(!channel.isActive)
        #expect(pair.serverAccepted.first?.channel.isActive == false)
        try pair.serverAccepted.first?.channel.closeFuture.wait()
        #expect(pair.client.isActive && pair.server.isActive)
        try pair.finish()
    }

    @Test("an initializer that fails opens nothing")
    func notOpened() throws {
        let pair = try EmbeddedPair()
        let future = pair.clientSession.openStream(type: .proxy) { $0.eventLoop.makeFailedFuture(NotWanted()) }
        try pair.exchange()
        #expect(throws: NotWanted.self) { try future.wait() }
        #expect(pair.bytesToServer.isEmpty)
        try pair.finish()
    }

    @Test("a peer that sends more than its window loses that stream, and only that one")
    func overWindow() throws {
        let pair = try EmbeddedPair(serverAutoRead: false)
        let (other, _) = try pair.open()
        var flood = ByteBuffer(bytes: [0, 0, 4, 0x12, 0, 0, 0, 99, 0, 0, 0, 3])
        flood.writeBytes([0x04, 0, 0, 0x10, 0, 0, 0, 99])
        flood.writeRepeatingByte(1, count: 262_144)
        try pair.server.writeInbound(flood)
        let accepted = pair.serverAccepted.all[1]
        #expect((accepted.recorder.errors.first as? MuxadoError)?.code == .flowControl)
        #expect(!accepted.channel.isActive)
        #expect(other.isActive)
        try pair.finish()
    }

    @Test("what an initializer writes is sent once the stream is open")
    func earlyWrites() throws {
        let pair = try EmbeddedPair()
        let future = pair.clientSession.openStream(type: .auth) { channel in
            channel.writeAndFlush(ByteBuffer(string: "early"), promise: nil)
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        try pair.exchange()
        _ = try future.wait()
        #expect(pair.serverAccepted.first?.recorder.text == "early")
        try pair.finish()
    }

    @Test("options that a stream does not have are refused")
    func options() throws {
        let pair = try EmbeddedPair()
        let (channel, _) = try pair.open()
        #expect(throws: ChannelError.operationUnsupported) {
            try channel.setOption(.maxMessagesPerRead, value: 3).wait()
        }
        let mark = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 2)
        try channel.setOption(.writeBufferWaterMark, value: mark).wait()
        #expect(try channel.getOption(.writeBufferWaterMark).wait().high == 2)
        #expect(try channel.getOption(.allowRemoteHalfClosure).wait())
        try pair.finish()
    }

    static func error(_ code: ErrorCode) -> MuxadoError {
        MuxadoError(code, scope: .session, origin: .local, detail: "")
    }
}
