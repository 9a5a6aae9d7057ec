import HangTesting
import LegTesting
import Legs
import ScenarioModel
import Testing

@testable import Exchanges

@Suite("Conversation: writing", .noHang)
struct ConversationWritingTests {
    /// More than the buffers of both sockets hold.
    private static let huge = 16 << 20

    @Test("a huge answer reaches a slow reader that ended its own side, whole, although the writer is done long before")
    func hugeAnswer() async throws {
        let pair = try await LegPair.open()
        let writer = Task {
            let conversation = Conversation(leg: pair.server, session: nil)
            let (count, end) = await conversation.readToEnd()
            guard count == 0, end == .orderly else { return false }
            let isWritten = await conversation.write(Payload(seed: 1, count: Self.huge))
            await conversation.conclude()
            await pair.server.close()
            return isWritten
        }
        let reader = Conversation(leg: pair.client, session: nil)
        await reader.closeOutput()
        let digest = await reader.readDigest(count: Self.huge)
        #expect(digest == Payload.digest(seed: 1, count: Self.huge))
        let (count, end) = await reader.readToEnd()
        #expect(count == 0)
        #expect(end == .orderly)
        #expect(await writer.value)
        await pair.client.close()
    }

    @Test("a peer that has ended its side and then refuses ours is noticed, and what it refused is not called sent")
    func refused() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: nil)
        await pair.server.close()
        let (_, end) = await conversation.readToEnd()
        #expect(end == .orderly)
        // The first is answered with RST.
        let block = [UInt8](repeating: 7, count: 65_536)
        var written = 0
        while written < 4 * Self.huge, await conversation.write(block) { written += block.count }
        #expect(written < 4 * Self.huge)
        #expect(await !conversation.write([1]))
        #expect(await !conversation.flush())
        let sent = conversation.applicationSent.count
        #expect(await !conversation.write([1]))
        #expect(conversation.applicationSent.count == sent)
        await conversation.conclude()
        await pair.client.close()
        #expect(pair.client.observation.ending == .fin)
    }

    @Test("a writer is stopped by a reset, and by the deadline when nobody reads", arguments: [true, false])
    func stopped(_ isReset: Bool) async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: nil)
        if isReset { try await pair.server.reset() } else { pair.client.setDeadline(.now + .milliseconds(300)) }
        #expect(await !conversation.write(Payload(seed: 1, count: nil)))
        #expect(await conversation.read() == .end(isReset ? .reset : .timedOut))
        await conversation.conclude()
        await pair.close()
        #expect(pair.client.observation.ending == (isReset ? .reset : .stillOpen))
    }

    @Test("two that write much at once, and only then read, do not wait for each other for ever")
    func bothWrite() async throws {
        let pair = try await LegPair.open()
        let halves = [pair.client, pair.server].map { leg in
            Task {
                let conversation = Conversation(leg: leg, session: nil)
                let isWritten = await conversation.write(Payload(seed: 1, count: Self.huge))
                let digest = await conversation.readDigest(count: Self.huge)
                await conversation.conclude()
                await leg.close()
                return isWritten && digest == Payload.digest(seed: 1, count: Self.huge)
            }
        }
        for half in halves { #expect(await half.value) }
    }

    @Test("what the stack would not take is not called sent, and nothing can be written after it")
    func stackRefuses() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: ScriptedSession(refusesPlaintext: true))
        pair.server.send(Array("H".utf8))
        #expect(await conversation.completeHandshake())
        #expect(await !conversation.write([1, 2, 3]))
        #expect(conversation.applicationSent.count == 0)
        #expect(await conversation.read() == .end(.failed))
        #expect(await !conversation.write([1, 2, 3]))
        await pair.close()
    }

    @Test("nothing is written before the handshake is done, or after our own end")
    func outOfTurn() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: ScriptedSession())
        #expect(await !conversation.write([1]))
        pair.server.send(Array("H".utf8))
        #expect(await conversation.completeHandshake())
        #expect(await conversation.write([1]))
        await conversation.closeOutput()
        await conversation.closeOutput()
        #expect(await !conversation.write([2]))
        #expect(conversation.applicationSent.count == 1)
        // The peer's wish for an answer comes too late for one.
        pair.server.send(Array("?b".utf8))
        #expect(await conversation.read() == .bytes(Array("b".utf8)))
        var seen: [UInt8] = []
        while case .bytes(let bytes) = await pair.server.next() { seen += bytes }
        #expect(seen == [1] + Array("C".utf8))
        pair.client.expire()
        #expect(await conversation.read() == .end(.timedOut))
        await pair.close()
        #expect(pair.client.observation.sentCount == 2)
        #expect(pair.client.observation.ending == .stillOpen)
        #expect(pair.client.observation.timeline.count { $0.detail == "sent close_notify" } == 1)
    }
}

@Suite("Conversation: reading", .noHang)
struct ConversationReadingTests {
    @Test("a line ends where its line feed is, and what follows is read next")
    func lines() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: nil)
        pair.server.send(Array("one\ntw".utf8))
        #expect(await conversation.readLine() == Array("one\n".utf8))
        pair.server.send(Array("o\n\nrest".utf8))
        pair.server.closeOutput()
        #expect(await conversation.readLine() == Array("two\n".utf8))
        #expect(await conversation.readLine() == Array("\n".utf8))
        #expect(await conversation.readLine() == nil)
        await pair.close()
    }

    @Test("a line that never ends is given up at the limit")
    func endlessLine() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: nil)
        pair.server.send([UInt8](repeating: 65, count: 513))
        #expect(await conversation.readLine() == nil)
        await pair.close()
    }

    @Test("a digest is of exactly so many bytes, or there is none")
    func digest() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: nil)
        pair.server.send(Array("abcdefgh".utf8))
        pair.server.closeOutput()
        var recorder = StreamRecorder(excerptLimit: 0)
        recorder.record(Array("abcde".utf8))
        #expect(await conversation.readDigest(count: 5) == recorder.digest)
        #expect(await conversation.readDigest(count: 0) == StreamRecorder(excerptLimit: 0).digest)
        #expect(await conversation.readDigest(count: 4) == nil)
        await pair.close()
    }

    /// Waits for a full stop.
    private final class Sentence: Preamble {
        private var held: [UInt8] = []

        func consume(_ bytes: [UInt8]) -> PreambleProgress {
            self.held += bytes
            guard let end = self.held.firstIndex(of: UInt8(ascii: ".")) else { return .needsMore }
            return .done(rest: Array(self.held[(end + 1)...]))
        }

        func finish() -> [UInt8] { self.held }
    }

    @Test(
        "a preamble is taken off; what was held back for one that never ends is the application's",
        arguments: [("hello.rest", "rest"), ("hello", "hello"), ("", "")]
    )
    func preamble(sent: String, heard: String) async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: nil, preamble: Sentence())
        pair.server.send(Array(sent.utf8))
        pair.server.closeOutput()
        await conversation.readPreamble()
        #expect(await conversation.readToEnd().end == .orderly)
        #expect(conversation.applicationReceived.excerpt == ByteString(heard.utf8))
        await pair.close()
    }
}
