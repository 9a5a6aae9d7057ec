import NIOCore
import NIOEmbedded
import Relaying
import Testing

@Suite("How long closing a transport takes")
struct ClosingTimeTests {
    private struct Bench {
        let loop = EmbeddedEventLoop()
        let transport: Transport
        let closing = ClosingHandler()
        let above = Above()

        init() throws {
            self.transport = try Transport(on: self.loop)
            try self.transport.channel.pipeline.syncOperations.addHandlers(self.closing, self.above)
            try self.transport.connect()
        }

        func write(_ text: String) {
            self.transport.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }

    /// What handlers above get to see.
    private final class Above: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var heard = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.heard += String(buffer: self.unwrapInboundIn(data))
        }
    }

    private final class Settled {
        var result: Bool?

        func promise(on loop: EmbeddedEventLoop) -> EventLoopPromise<Void> {
            let promise = loop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { result in
                if case .success = result { self.result = true } else { self.result = false }
            }
            return promise
        }
    }

    @Test("a peer that does not end its side is read from, for two seconds, and nobody hears of it")
    func drain() throws {
        let bench = try Bench()
        bench.write("alert")
        bench.closing.close()
        #expect(bench.transport.told() == ["alert", "read", "FIN"])
        bench.loop.advanceTime(by: .milliseconds(1_999))
        for _ in 0..<2 {
            bench.transport.receive("more")
            #expect(bench.transport.told() == ["read"])
        }
        bench.loop.advanceTime(by: .milliseconds(1))
        #expect(bench.transport.told() == ["close"])
        #expect(bench.above.heard.isEmpty)
    }

    @Test("a peer that takes some is waited for, and one that has taken nothing for a minute is not")
    func flush() throws {
        let bench = try Bench()
        bench.transport.block()
        bench.write("much")
        let closed = Settled()
        bench.transport.channel.close(promise: closed.promise(on: bench.loop))
        #expect(bench.transport.told() == ["much", "read"])
        bench.loop.advanceTime(by: .seconds(59))
        bench.transport.takeSome()
        bench.loop.advanceTime(by: .seconds(60))
        #expect(bench.transport.told().isEmpty)
        #expect(closed.result == nil)
        bench.loop.advanceTime(by: .seconds(1))
        #expect(bench.transport.told() == ["close"])
        #expect(closed.result == false, "what was written did not arrive")
    }

    @Test("FIN waits for what was written, and takes nothing with it that was written later")
    func end() throws {
        let bench = try Bench()
        bench.transport.block()
        bench.write("cut")
        let ended = Settled()
        bench.closing.endOutput(promise: ended.promise(on: bench.loop))
        bench.write("!")
        #expect(bench.transport.told() == ["cut"])
        #expect(ended.result == nil)
        bench.transport.takeAll()
        #expect(bench.transport.told() == ["FIN"])
        #expect(ended.result == true)
    }

    @Test(
        "a cut waits for what was written, says no FIN, and waits for a peer that takes nothing no longer than a close"
    )
    func cut() throws {
        for takesAll in [true, false] {
            let bench = try Bench()
            bench.transport.block()
            bench.write("some")
            bench.closing.cut()
            bench.write("!")
            #expect(bench.transport.told() == ["some", "read"])
            bench.loop.advanceTime(by: .seconds(59))
            #expect(bench.transport.told().isEmpty)
            if takesAll { bench.transport.takeAll() } else { bench.loop.advanceTime(by: .seconds(61)) }
            #expect(bench.transport.told() == ["close"])
        }
    }

    @Test("an end that cannot be written any more has failed")
    func failedEnd() throws {
        let bench = try Bench()
        bench.transport.block()
        bench.write("cut")
        let ended = Settled()
        bench.closing.endOutput(promise: ended.promise(on: bench.loop))
        bench.transport.vanish()
        #expect(ended.result == false)
    }
}
