import Addresses
import HangTesting
import LegTesting
import Legs
import NIOCore
import NIOPosix
import ScenarioModel
import Testing

@Suite("Leg", .noHang)
struct LegTests {
    @Test("bytes, then FIN, are seen in order and recorded alike on both ends")
    func bytesThenFIN() async throws {
        let pair = try await LegPair.open()
        let (client, server) = (pair.client, pair.server)
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
    }

    @Test("a connection that was dialled stands, and has its addresses, from the first moment")
    func dialled() async throws {
        for _ in 0..<100 {
            let pair = try await LegPair.open()
            let observation = pair.client.observation
            #expect(observation.phases != nil && observation.localAddress != nil)
            #expect(observation.timeline.map(\.kind) == [.connect])
            await pair.close()
        }
    }

    @Test("a reset is told from a close, also after bytes")
    func reset() async throws {
        let pair = try await LegPair.open()
        pair.server.send(Array("x".utf8))
        #expect(await pair.client.next() == .bytes(Array("x".utf8)))
        try await pair.server.reset()
        #expect(await pair.client.next() == .reset)
        await pair.client.close()
        #expect(pair.client.observation.ending == .reset)
        #expect(pair.server.observation.ending == .closedByUs)
    }

    /// As whoever has no room for a connection may do: between the kernel's handshake and our look at it there is time.
    @Test("a connection that is reset before dialling has returned was there, and was reset")
    func resetAtOnce() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try ResettingListener()
        let dialling = Task {
            try await LegFactory.dial(
                listener.address,
                from: .loopback,
                caseStart: .now,
                timeout: .seconds(60),
                on: group
            )
        }
        // Its turns come between those of the one that dials, on the same thread.
        let loop = group.next()
        while try await !loop.submit({ listener.resetOne() }).get() {}
        switch try await dialling.value {
        case .refused(let observation):
            #expect(observation.ending == .reset)
            #expect(observation.receivedCount == 0)
        case .connected(let leg):
            #expect(await leg.next() == .reset)
            await leg.close()
        }
        try await group.shutdownGracefully()
    }

    @Test("a reset after FIN is no second ending, and tells a writer to stop")
    func resetAfterFIN() async throws {
        let pair = try await LegPair.open()
        pair.server.closeOutput()
        #expect(await pair.client.next() == .fin)
        #expect(await pair.client.room() == .write)
        try await pair.server.reset()
        let block = [UInt8](repeating: 7, count: 65_536)
        var written = 0
        // The reset is on its way; until it is here, writing is as good as ever.
        while written < 64 << 20, await pair.client.room() == .write {
            pair.client.send(block)
            written += block.count
        }
        #expect(written < 64 << 20)
        #expect(await pair.client.room() == .giveUp)
        #expect(await pair.client.next() == .fin)
        await pair.client.close()
        #expect(pair.client.observation.ending == .fin)
        #expect(pair.client.observation.timeline.contains { $0.detail == "RST, after FIN" })
    }

    @Test(
        "whoever outlasts a peer that has ended its side sees no more than a reset, or time",
        arguments: [true, false]
    )
    func outlastsPeer(isReset: Bool) async throws {
        let pair = try await LegPair.open()
        pair.server.closeOutput()
        #expect(await pair.client.next() == .fin)
        if isReset { try await pair.server.reset() } else { pair.client.setDeadline(.now) }
        await pair.client.outlastPeer()
        await pair.client.close()
        #expect(pair.client.observation.ending == .fin)
        #expect(pair.client.observation.timeline.contains { $0.detail == "RST, after FIN" } == isReset)
        if !isReset { await pair.server.close() }
    }

    @Test("what the peer said before it closed is read although our own write failed")
    func answerBeforeFailedWrite() async throws {
        let pair = try await LegPair.open()
        pair.server.send(Array("alert".utf8))
        await pair.server.close()
        // The first of these is answered with RST, and a later one fails.
        for _ in 0..<20 { pair.client.send([1, 2, 3]) }
        var received: [UInt8] = []
        while case .bytes(let bytes) = await pair.client.next() { received += bytes }
        #expect(received == Array("alert".utf8))
        await pair.client.close()
    }

    @Test("what is sent after our own FIN goes nowhere, and is not taken for the peer's end")
    func writeAfterOwnFIN() async throws {
        let pair = try await LegPair.open()
        pair.client.send([1])
        pair.client.closeOutput()
        #expect(!pair.client.takesMore)
        pair.client.send([2, 3])
        #expect(await pair.server.next() == .bytes([1]))
        #expect(await pair.server.next() == .fin)
        pair.server.send([4])
        #expect(await pair.client.next() == .bytes([4]))
        await pair.client.close()
        #expect(pair.client.observation.ending == .closedByUs)
        #expect(pair.client.observation.sentCount == 1)
        #expect(pair.client.observation.timeline.contains { $0.detail == "2 bytes not sent: our side has ended" })
        await pair.server.close()
    }

    @Test("nobody listening is an outcome")
    func refused() async throws {
        let listener = try await LegListener.open()
        try await listener.close()
        let dialled = try await LegFactory.dial(
            listener.address,
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
        #expect(observation.timeline.last?.detail == "connection refused")
    }

    @Test("the other loopback address is another client")
    func otherSource() async throws {
        let pair = try await LegPair.open(from: .otherLoopback)
        #expect(pair.server.observation.remoteAddress?.ip == IPAddress("127.0.0.66"))
        #expect(pair.client.observation.localAddress?.ip == IPAddress("127.0.0.66"))
        await pair.close()
    }

    @Test("a peer that says nothing is still open at the deadline")
    func deadline() async throws {
        let pair = try await LegPair.open()
        #expect(await pair.client.next(before: .now + .milliseconds(5)) == .expired)
        pair.client.setDeadline(.now + .milliseconds(30))
        #expect(await pair.client.next() == .expired)
        await pair.client.close()
        #expect(pair.client.observation.ending == .stillOpen)
        #expect(pair.client.observation.endedAfter >= 30)
        await pair.server.close()
    }

    @Test("a peer that never stops sending is left at the deadline all the same")
    func endlessPeer() async throws {
        let pair = try await LegPair.open()
        let sender = Task {
            let block = [UInt8](repeating: 7, count: 65_536)
            while await pair.server.room() != .giveUp { pair.server.send(block) }
        }
        #expect(await pair.client.next() != .expired)
        pair.client.expire()
        var eventCount = 0
        while case .bytes = await pair.client.next() { eventCount += 1 }
        #expect(eventCount <= 1)
        await pair.client.close()
        #expect(pair.client.observation.ending == .stillOpen)
        await sender.value
        await pair.server.close()
    }

    @Test("segments are sent in order, with at least the gap between them")
    func segments() async throws {
        let pair = try await LegPair.open()
        let start = ContinuousClock.now
        await pair.client.send(segments: [[1], [2, 3], [4]], gap: .milliseconds(20))
        #expect(.now - start >= .milliseconds(40))
        pair.client.closeOutput()
        var received: [UInt8] = []
        while case .bytes(let bytes) = await pair.server.next() { received += bytes }
        #expect(received == [1, 2, 3, 4])
        #expect(pair.client.observation.timeline.count { $0.kind == .sent } == 3)
        await pair.close()
    }

    @Test("a header goes in front, in the same write, and is no part of what was sent")
    func headerInFront() async throws {
        let pair = try await LegPair.open()
        await pair.client.send(segments: [[3]], behind: [1, 2], gap: .zero)
        #expect(await pair.server.next() == .bytes([1, 2, 3]))
        let observation = pair.client.observation
        #expect(observation.sent == ByteString([3]))
        #expect(observation.sentCount == 1)
        #expect(observation.timeline.contains { $0.detail.hasPrefix("2 bytes in front: 01 02") })
        await pair.close()
    }

    @Test("a header goes in front of the first segment alone")
    func headerInFrontOfSegments() async throws {
        let pair = try await LegPair.open()
        await pair.client.send(segments: [[3], [4]], behind: [1, 2], gap: .milliseconds(1))
        pair.client.closeOutput()
        var received: [UInt8] = []
        while case .bytes(let bytes) = await pair.server.next() { received += bytes }
        #expect(received == [1, 2, 3, 4])
        #expect(pair.client.observation.sent == ByteString([3, 4]))
        await pair.close()
    }

    @Test("a header in pieces is noted piece by piece, and its last one goes with the first segment")
    func headerInPieces() async throws {
        let pair = try await LegPair.open()
        await pair.client.send(segments: [[6], [7]], behind: [1, 2, 3, 4, 5], inPiecesOf: 2, gap: .zero)
        pair.client.closeOutput()
        var received: [UInt8] = []
        while case .bytes(let bytes) = await pair.server.next() { received += bytes }
        #expect(received == [1, 2, 3, 4, 5, 6, 7])
        let observation = pair.client.observation
        #expect(observation.sent == ByteString([6, 7]))
        let notes = observation.timeline.map(\.detail).filter { $0.contains("in front") }
        #expect(notes.map { $0.prefix { $0 != ":" } } == ["2 bytes in front", "2 bytes in front", "1 bytes in front"])
        await pair.close()
    }

    @Test("a header that nothing follows is sent all the same")
    func headerAlone() async throws {
        let pair = try await LegPair.open()
        await pair.client.send(segments: [], behind: [1, 2], gap: .zero)
        #expect(await pair.server.next() == .bytes([1, 2]))
        #expect(pair.client.observation.sentCount == 0)
        await pair.close()
    }

    @Test("the first read is counted alone")
    func firstRead() async throws {
        let pair = try await LegPair.open()
        pair.client.send([1, 2, 3])
        #expect(await pair.server.next() == .bytes([1, 2, 3]))
        pair.client.send([4])
        #expect(await pair.server.next() == .bytes([4]))
        #expect(pair.server.observation.firstReadCount == 3)
        #expect(pair.server.observation.receivedCount == 4)
        await pair.close()
    }
}
