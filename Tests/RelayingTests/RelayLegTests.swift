import Muxado
import NIOCore
import NIOEmbedded
import Relaying
import Testing

/// A relay between two transports of the test's own, in the test's own time.
private struct Bench {
    let loop = EmbeddedEventLoop()
    let relay: Relay
    let client: Transport
    let upstream: Transport

    /// - Parameter begins: Both sides stand, and have been asked to read.
    init(
        _ policy: RelayPolicy = .agent,
        limits: Relay.Limits? = nil,
        preface: [String] = [],
        hasNotify: Bool = false,
        begins: Bool = true
    ) throws {
        self.relay = Relay(policy, limits: limits, on: self.loop)
        self.client = try Transport(on: self.loop)
        self.upstream = try Transport(on: self.loop)
        for (side, transport) in [(RelaySide.client, self.client), (.upstream, self.upstream)] {
            let closing = ClosingHandler()
            let leg = RelayLeg(
                side,
                of: self.relay.resident,
                closing: closing,
                preface: side == .upstream ? preface.map { ByteBuffer(string: $0) } : []
            )
            let pipeline = transport.channel.pipeline.syncOperations
            try pipeline.addHandler(closing)
            if hasNotify { try pipeline.addHandlers(NotifyHandler(), TLSAlertHandler(closing: closing)) }
            try pipeline.addHandler(leg)
        }
        guard begins else { return }
        for (side, transport) in [(RelaySide.client, self.client), (.upstream, self.upstream)] {
            try transport.connect()
            self.relay.stands(side)
        }
        for transport in [self.client, self.upstream] { #expect(transport.told() == ["read"]) }
    }

    func pass(_ seconds: Int64) { self.loop.advanceTime(by: .seconds(seconds)) }
}

private struct Trouble: Error, Equatable {
    var number: Int
}

@Suite("A relay's leg in its channel")
struct RelayLegTests {
    @Test("a side is read on from when the other has room again")
    func backpressure() throws {
        let bench = try Bench()
        bench.upstream.setWritable(false)
        bench.client.receive("a")
        #expect(bench.upstream.told() == ["a"])
        #expect(bench.client.told().isEmpty)
        bench.upstream.setWritable(true)
        #expect(bench.client.told() == ["read"])
        bench.client.receive("b")
        #expect(bench.client.told() == ["read"])
    }

    @Test("what was read before both sides stand arrives once and in order")
    func early() throws {
        let bench = try Bench(begins: false)
        try bench.client.connect()
        bench.relay.stands(.client)
        for text in ["a", "b", "c"] { bench.client.receive(text) }
        try bench.upstream.connect()
        bench.relay.stands(.upstream)
        #expect(bench.upstream.told() == ["abc", "read"])
        bench.client.receive("d")
        #expect(bench.upstream.told() == ["d"])
    }

    @Test("a preface comes first, each part in a flush of its own, as soon as there is a connection")
    func preface() throws {
        let bench = try Bench(preface: ["header,", "PROXY,"], begins: false)
        try bench.client.connect()
        bench.relay.stands(.client)
        bench.client.receive("hello")
        #expect(bench.upstream.told().isEmpty)
        try bench.upstream.connect()
        #expect(bench.upstream.told() == ["header,", "PROXY,"])
        bench.relay.stands(.upstream)
        #expect(bench.upstream.told() == ["hello", "read"])
    }

    @Test("bytes that came right before the end go before it")
    func gathered() throws {
        let bench = try Bench()
        bench.client.channel.pipeline.fireChannelRead(ByteBuffer(string: "last"))
        bench.client.receiveEnd()
        #expect(bench.upstream.told() == ["last", "FIN"])
    }

    @Test("a channel that is gone without a word is a loss, and the other side is reset", arguments: RelaySide.allCases)
    func loss(of side: RelaySide) throws {
        let bench = try Bench()
        let lost = side == .client ? bench.client : bench.upstream
        let other = side == .client ? bench.upstream : bench.client
        lost.receive("some")
        _ = other.told()
        lost.vanish()
        #expect(bench.relay.outcome == .failed(side, .lost, after: .some))
        #expect(bench.relay.failure == nil)
        #expect(other.told() == ["close"], "at once, and without FIN")
    }

    @Test("an error is a reset: the side with it is closed gently, and the first error is the one to tell")
    func error() throws {
        let bench = try Bench()
        bench.upstream.receive("some")
        for transport in [bench.client, bench.upstream] { _ = transport.told() }
        for number in 1...2 { bench.upstream.fail(Trouble(number: number)) }
        #expect(bench.relay.outcome == .failed(.upstream, .reset, after: .some))
        #expect(bench.relay.failure as? Trouble == Trouble(number: 1))
        #expect(bench.client.told() == ["close"])
        #expect(bench.upstream.told() == ["FIN", "read"], "an alert may be on its way")
    }

    @Test("a stream that its peer has cut behind its data ends as what it is, and one that was given up is a reset")
    func streamReset() throws {
        for (code, outcome) in [
            (ErrorCode.streamReset, RelayStateMachine.Outcome.truncated(by: .upstream)),
            (.streamCancelled, .failed(.upstream, .reset, after: .some)),
        ] {
            let bench = try Bench()
            bench.upstream.receive("some")
            _ = bench.client.told()
            bench.client.block()
            bench.upstream.fail(MuxadoError(code, scope: .session, origin: .remote, detail: ""))
            #expect(bench.relay.outcome == outcome)
            let isCut = code == .streamReset
            #expect(bench.client.told() == (isCut ? ["read"] : ["close"]), "waits for what was written, or does not")
            bench.client.takeAll()
            #expect(bench.client.told() == (isCut ? ["close"] : []), "without FIN")
        }
    }

    @Test("an end that says not all was said reaches a layer's peer as FIN alone, behind what was forwarded")
    func cut() throws {
        let bench = try Bench(hasNotify: true)
        bench.client.channel.pipeline.fireChannelRead(ByteBuffer(string: "last"))
        bench.client.receiveEnd()
        #expect(bench.upstream.told() == ["last", "read", "FIN"])
        #expect(bench.client.told() == ["read", "read", "FIN", "close"])
        #expect(bench.relay.outcome == .truncated(by: .client))
    }

    @Test("bytes are counted by who sent them")
    func counts() throws {
        let bench = try Bench()
        bench.client.receive("a")
        bench.upstream.receive("bb")
        bench.upstream.receive("ccc")
        #expect(bench.relay.byteCount(from: .client) == 1)
        #expect(bench.relay.byteCount(from: .upstream) == 5)
    }
}

@Suite("How long a relay may stand still")
struct RelayLimitTests {
    private static let limits = Relay.Limits(idle: .seconds(10), halfOpen: .seconds(3))

    @Test("time counts from the last burst, in either direction, and no sooner than both sides stand")
    func idle() throws {
        let bench = try Bench(limits: Self.limits)
        bench.pass(9)
        bench.client.receive("a")
        bench.pass(9)
        bench.upstream.receive("b")
        bench.pass(9)
        #expect(bench.relay.outcome == nil)
        bench.pass(1)
        #expect(bench.relay.outcome == .gaveUp)
    }

    @Test("a half-open relay has the other limit, from the end on and from each burst after it")
    func halfOpen() throws {
        let bench = try Bench(limits: Self.limits)
        bench.pass(9)
        bench.client.receiveEnd()
        bench.pass(2)
        bench.upstream.receive("b")
        bench.pass(2)
        #expect(bench.relay.outcome == nil)
        bench.pass(1)
        #expect(bench.relay.outcome == .gaveUp)
    }

    @Test("giving up tells both sides in their own way, before FIN")
    func notify() throws {
        let bench = try Bench(limits: Self.limits, hasNotify: true)
        bench.pass(10)
        for transport in [bench.client, bench.upstream] { #expect(transport.told() == ["!", "FIN", "read"]) }
    }

    @Test("a relay that has ended leaves no timer behind")
    func timer() throws {
        weak var relay: Relay?
        let loop: EmbeddedEventLoop
        do {
            let bench = try Bench(limits: Self.limits)
            relay = bench.relay
            loop = bench.loop
            for transport in [bench.client, bench.upstream] { transport.receiveEnd() }
            #expect(bench.relay.outcome == .ended)
            loop.run()
        }
        #expect(relay == nil)
    }
}
