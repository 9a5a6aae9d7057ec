import Legs
import NIOCore
import NIOPosix
import ScenarioModel
import Testing

/// A listening socket whose accepted connections are legs.
private struct Listener {
    let channel: any Channel
    let legs: AsyncStream<Leg>

    static func open(caseStart: ContinuousClock.Instant = .now) async throws -> Listener {
        let (legs, accepted) = AsyncStream.makeStream(of: Leg.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try LegFactory.accept(channel, caseStart: caseStart) { leg in
                        leg.startRecording(with: [])
                        accepted.yield(leg)
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Listener(channel: channel, legs: legs)
    }

    func address() throws -> SocketAddressValue {
        try #require(SocketAddressValue(self.channel.localAddress))
    }

    /// A connected pair: the one that dialled, the one that was accepted.
    func pair(from source: ClientPlan.Source = .loopback) async throws -> (Leg, Leg) {
        let dialled = try await LegFactory.dial(
            try self.address(),
            from: source,
            caseStart: .now,
            timeout: .seconds(5),
            on: MultiThreadedEventLoopGroup.singleton
        )
        guard case .connected(let client) = dialled else {
            throw Unconnected()
        }
        client.setDeadline(.now + .seconds(20))
        var legs = self.legs.makeAsyncIterator()
        let server = try #require(await legs.next())
        server.setDeadline(.now + .seconds(20))
        return (client, server)
    }

    struct Unconnected: Error {}
}

@Suite("Leg", .timeLimit(.minutes(1)))
struct LegTests {
    @Test("bytes, then FIN, are seen in order and recorded alike on both ends")
    func bytesThenFIN() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        client.send(Array("hello".utf8))
        client.closeOutput()
        #expect(await server.next() == .bytes(Array("hello".utf8)))
        #expect(await server.next() == .fin)
        #expect(await server.next() == .fin)
        server.send(Array("late answer".utf8))
        #expect(await client.next() == .bytes(Array("late answer".utf8)))
        await server.close()
        #expect(await client.next() == .fin)
        await client.close()

        #expect(client.observation.sentDigest == server.observation.receivedDigest)
        #expect(client.observation.receivedDigest == server.observation.sentDigest)
        #expect(client.observation.receivedCount == 11)
        #expect(client.observation.ending == .fin)
        #expect(server.observation.ending == .fin)
        #expect(client.observation.localAddress == server.observation.remoteAddress)
        try await listener.channel.close()
    }

    @Test("a reset is told from a close, also after bytes")
    func reset() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        server.send(Array("x".utf8))
        #expect(await client.next() == .bytes(Array("x".utf8)))
        try await server.reset()
        #expect(await client.next() == .reset)
        await client.close()
        #expect(client.observation.ending == .reset)
        #expect(server.observation.ending == .closedByUs)
        try await listener.channel.close()
    }

    @Test("what the peer said before it closed is read although our own write failed")
    func answerBeforeFailedWrite() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        server.send(Array("alert".utf8))
        await server.close()
        // The first of these is answered with RST, and a later one fails.
        for _ in 0..<20 { client.send([1, 2, 3]) }
        var received: [UInt8] = []
        while case .bytes(let bytes) = await client.next() { received += bytes }
        #expect(received == Array("alert".utf8))
        await client.close()
        try await listener.channel.close()
    }

    @Test("nobody listening is an outcome")
    func refused() async throws {
        let listener = try await Listener.open()
        let address = try listener.address()
        try await listener.channel.close()
        let dialled = try await LegFactory.dial(
            address,
            from: .loopback,
            caseStart: .now,
            timeout: .seconds(5),
            on: MultiThreadedEventLoopGroup.singleton
        )
        guard case .refused(let observation) = dialled else {
            Issue.record("connected to a closed port")
            return
        }
        #expect(observation.ending == .refused)
        #expect(observation.timeline.last?.kind == .end)
    }

    @Test("the other loopback address is another client")
    func otherSource() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair(from: .otherLoopback)
        #expect(server.observation.remoteAddress?.ip == "127.0.0.66")
        #expect(client.observation.localAddress?.ip == "127.0.0.66")
        await client.close()
        await server.close()
        try await listener.channel.close()
    }

    @Test("a peer that says nothing is still open at the deadline")
    func deadline() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        #expect(await client.next(before: .now + .milliseconds(5)) == .expired)
        client.setDeadline(.now + .milliseconds(30))
        #expect(await client.next() == .expired)
        await client.close()
        #expect(client.observation.ending == .stillOpen)
        #expect(client.observation.endedAfter >= 30)
        await server.close()
        try await listener.channel.close()
    }

    @Test("segments are sent in order, with at least the gap between them")
    func segments() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        let start = ContinuousClock.now
        await client.send(segments: [[1], [2, 3], [4]], gap: .milliseconds(20))
        #expect(.now - start >= .milliseconds(40))
        client.closeOutput()
        var received: [UInt8] = []
        while case .bytes(let bytes) = await server.next() { received += bytes }
        #expect(received == [1, 2, 3, 4])
        #expect(client.observation.timeline.count { $0.kind == .sent } == 3)
        await client.close()
        await server.close()
        try await listener.channel.close()
    }

    @Test("the first read is counted alone")
    func firstRead() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        client.send([1, 2, 3])
        #expect(await server.next() == .bytes([1, 2, 3]))
        client.send([4])
        #expect(await server.next() == .bytes([4]))
        #expect(server.observation.firstReadCount == 3)
        #expect(server.observation.receivedCount == 4)
        await client.close()
        await server.close()
        try await listener.channel.close()
    }

    @Test("a writer waits for a reader that does not read")
    func backpressure() async throws {
        let listener = try await Listener.open()
        let (client, server) = try await listener.pair()
        let block = [UInt8](repeating: 7, count: 65_536)
        var written = 0
        client.setDeadline(.now + .milliseconds(500))
        while await client.room() == .write {
            client.send(block)
            written += block.count
        }
        // Socket buffers on loopback grow to some 6 MiB; without backpressure this would be gigabytes.
        #expect(written < 32 << 20)
        await client.close()
        server.expire()
        await server.close()
        try await listener.channel.close()
    }
}
