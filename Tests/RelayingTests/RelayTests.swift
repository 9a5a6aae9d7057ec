import HangTesting
import NIOCore
import Relaying
import Testing

@Suite("A relay between two sockets", .noHang)
struct RelayTests {
    private static let much = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
    /// Less than a leg takes before it is full, so that all of it is read, and more than small buffers take.
    private static let tail = Array(Self.much.prefix(48 << 10))

    @Test("much goes both ways at once, unchanged, and both ends in order", arguments: [true, false])
    func bothWays(onTwoLoops: Bool) async throws {
        try await RelayBench.with(.init(policy: .agent, onTwoLoops: onTwoLoops)) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for peer in [bench.client, bench.upstream] {
                    group.addTask {
                        try await peer.send(Self.much)
                        try await peer.end()
                    }
                }
                try await group.waitForAll()
            }
            for peer in [bench.client, bench.upstream] {
                let seen = try await peer.seen()
                #expect((seen.bytes == Self.much) as Bool)
                #expect(seen.ending == .inOrder)
            }
            #expect(try await bench.outcome() == .ended)
        }
    }

    @Test("the client's end leaves the answer its way, and the upstream's end the request", arguments: [true, false])
    func halfClose(upstreamFirst: Bool) async throws {
        try await RelayBench.with { bench in
            let first = upstreamFirst ? bench.upstream : bench.client
            let second = upstreamFirst ? bench.client : bench.upstream
            try await first.send("first")
            try await first.end()
            let heard = try await second.seen()
            #expect(heard.text == "first" && heard.ending == .inOrder)
            try await second.send(Self.much)
            try await second.end()
            let answer = try await first.seen()
            #expect((answer.bytes == Self.much) as Bool)
            #expect(answer.ending == .inOrder)
        }
    }

    @Test("a reset goes on as a reset, in both directions", arguments: [RelayPolicy.edge, .agent], [true, false])
    func reset(_ policy: RelayPolicy, ofUpstream: Bool) async throws {
        try await RelayBench.with(.init(policy: policy)) { bench in
            let failing = ofUpstream ? bench.upstream : bench.client
            let other = ofUpstream ? bench.client : bench.upstream
            try await failing.send("some")
            _ = try await other.bytes(4)
            try await failing.reset()
            #expect(try await other.seen().ending == .reset)
        }
    }

    @Test("an upstream that fails without a byte closes the edge's client in order, and resets the agent's")
    func unanswered() async throws {
        for (policy, ending) in [(RelayPolicy.edge, Peer.Seen.Ending.inOrder), (.agent, .reset)] {
            try await RelayBench.with(.init(policy: policy)) { bench in
                try await bench.upstream.reset()
                let seen = try await bench.client.seen()
                #expect(seen.bytes.isEmpty)
                #expect(seen.ending == ending)
            }
        }
    }

    @Test(
        "a slow client gets the tail of the answer, though its upstream fails after the end",
        arguments: [true, false]
    )
    func slowReader(onTwoLoops: Bool) async throws {
        let options = RelayBench.Options(
            policy: .agent,
            onTwoLoops: onTwoLoops,
            clientReads: false,
            hasSmallBuffers: true
        )
        try await RelayBench.with(options) { bench in
            try await bench.upstream.send(Self.tail)
            try await bench.upstream.end()
            try await bench.upstreamEnded.get()
            try await bench.upstream.reset()
            try await bench.upstreamGone.get()
            try await bench.client.startReading()
            let seen = try await bench.client.seen()
            #expect((seen.bytes == Self.tail) as Bool, "\(seen.bytes.count) bytes")
            #expect(seen.ending == .inOrder)
        }
    }

    @Test("giving up tells both sides", arguments: [true, false])
    func givingUp(isHalfOpen: Bool) async throws {
        let limits =
            isHalfOpen
            ? Relay.Limits(idle: .hours(1), halfOpen: .milliseconds(100))
            : Relay.Limits(idle: .milliseconds(100), halfOpen: .hours(1))
        try await RelayBench.with(.init(limits: limits)) { bench in
            if isHalfOpen { try await bench.client.end() }
            #expect(try await bench.upstream.seen().ending == .inOrder)
            #expect(try await bench.client.seen().ending == .inOrder)
            #expect(try await bench.outcome() == .gaveUp)
        }
    }

    @Test(
        "an end without close_notify goes on as what it is, behind what was said before it",
        arguments: RelaySide.allCases,
        [true, false]
    )
    func truncation(by side: RelaySide, otherHasNotify: Bool) async throws {
        let notifies: Set = otherHasNotify ? [side, side.other] : [side]
        try await RelayBench.with(.init(notifies: notifies)) { bench in
            let (cut, other) = side == .client ? (bench.client, bench.upstream) : (bench.upstream, bench.client)
            try await cut.send("cut")
            try await cut.end()
            let seen = try await other.seen()
            #expect(seen.text == "cut", "without the layer's own end")
            #expect(seen.ending == (otherHasNotify ? .inOrder : .reset))
            #expect(try await cut.seen().text == "", "nor is it told that it has everything")
            #expect(try await bench.outcome() == .truncated(by: side))
        }
    }

    @Test("a slow client without TLS gets all of an answer that was cut before it is reset", arguments: [true, false])
    func slowReaderOfACutAnswer(onTwoLoops: Bool) async throws {
        let options = RelayBench.Options(
            policy: .agent,
            onTwoLoops: onTwoLoops,
            clientReads: false,
            hasSmallBuffers: true,
            notifies: [.upstream]
        )
        try await RelayBench.with(options) { bench in
            try await bench.upstream.send(Self.tail)
            try await bench.upstream.end()
            try await bench.upstreamEnded.get()
            try await bench.client.startReading()
            let seen = try await bench.client.seen()
            #expect((seen.bytes == Self.tail) as Bool, "\(seen.bytes.count) bytes")
            #expect(seen.ending == .reset)
        }
    }

    @Test("an upstream that has answered and ended is told of a client that ends without a word of its own")
    func truncationBehindTheAnswer() async throws {
        try await RelayBench.with(.init(notifies: [.client])) { bench in
            try await bench.client.send("ask")
            #expect(try await bench.upstream.bytes(3) == Array("ask".utf8))
            try await bench.upstream.send("answer")
            try await bench.upstream.end()
            #expect(try await bench.client.seen().text == "answer!")
            try await bench.client.end()
            #expect(try await bench.upstream.seen().ending == .reset)
        }
    }

    @Test("a layer's own end is said in both directions, before FIN")
    func notify() async throws {
        try await RelayBench.with(.init(policy: .agent, notifies: [.client, .upstream])) { bench in
            try await bench.upstream.send("220!")
            #expect(try await bench.client.bytes(4) == Array("220!".utf8))
            try await bench.client.send("quit!")
            let seen = try await bench.upstream.seen()
            #expect(seen.text == "quit!" && seen.ending == .inOrder)
            #expect(try await bench.client.seen().ending == .inOrder)
            #expect(try await bench.outcome() == .ended)
        }
    }
}
