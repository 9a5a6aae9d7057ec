import HangTesting
import LegTesting
import Legs
import ScenarioModel
import Testing

@testable import Exchanges

/// How the TCP connection of a peer ends after what it sent.
enum ConnectionEnding: CaseIterable {
    case fin, reset, silence

    var legEnding: LegEnding {
        switch self {
        case .fin: .fin
        case .reset: .reset
        case .silence: .stillOpen
        }
    }
}

@Suite("Conversation: every manner of ending", .noHang)
struct ConversationEndingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// In the language of ``ScriptedSession``.
        var sent: String
        /// What the application gets of it.
        var heard = ""
        var isEstablished = false
        /// By how the connection ends.
        var fin: Conversation.End
        var reset: Conversation.End
        var silence: Conversation.End
        var testDescription: String { "'\(self.sent)'" }

        func end(_ ending: ConnectionEnding) -> Conversation.End {
            switch ending {
            case .fin: self.fin
            case .reset: self.reset
            case .silence: self.silence
            }
        }

        /// Decided by what was said, however the connection ends.
        static func decided(_ sent: String, _ heard: String, isEstablished: Bool, _ end: Conversation.End) -> Row {
            Row(sent: sent, heard: heard, isEstablished: isEstablished, fin: end, reset: end, silence: end)
        }
    }

    @Test(
        "inside TLS: what was said decides, or else the connection does",
        arguments: [
            // Before and in the middle of the handshake.
            Row(sent: "", fin: .failed, reset: .reset, silence: .timedOut),
            Row(sent: "?", fin: .failed, reset: .reset, silence: .timedOut),
            .decided("A", "", isEstablished: false, .failed),
            .decided("X", "", isEstablished: false, .failed),
            .decided("XA", "", isEstablished: false, .failed),
            // After it.
            Row(sent: "H", isEstablished: true, fin: .truncated, reset: .reset, silence: .timedOut),
            .decided("HC", "", isEstablished: true, .orderly),
            .decided("HA", "", isEstablished: false, .failed),
            // After bytes.
            Row(sent: "Hab", heard: "ab", isEstablished: true, fin: .truncated, reset: .reset, silence: .timedOut),
            .decided("HabC", "ab", isEstablished: true, .orderly),
            .decided("HabA", "ab", isEstablished: false, .failed),
            // RFC 8446 section 6.1: what comes after a closure alert is ignored.
            .decided("HabCde", "ab", isEstablished: true, .orderly),
            .decided("HabCC", "ab", isEstablished: true, .orderly),
        ],
        ConnectionEnding.allCases
    )
    func insideTLS(_ row: Row, _ ending: ConnectionEnding) async throws {
        try await self.check(row, ending, session: ScriptedSession())
    }

    @Test(
        "in the clear the connection decides",
        arguments: [
            Row(sent: "", isEstablished: true, fin: .orderly, reset: .reset, silence: .timedOut),
            Row(sent: "HAC", heard: "HAC", isEstablished: true, fin: .orderly, reset: .reset, silence: .timedOut),
        ],
        ConnectionEnding.allCases
    )
    func inTheClear(_ row: Row, _ ending: ConnectionEnding) async throws {
        try await self.check(row, ending, session: nil)
    }

    private func check(_ row: Row, _ ending: ConnectionEnding, session: ScriptedSession?) async throws {
        let pair = try await LegPair.open()
        pair.server.send(Array(row.sent.utf8))
        switch ending {
        case .fin: pair.server.closeOutput()
        case .reset:
            // What was sent is read first: a reset may overtake it.
            if !row.sent.isEmpty { await pair.client.waitUntilReceived(row.sent.utf8.count) }
            try await pair.server.reset()
        case .silence: break
        }
        let end = row.end(ending)
        let conversation = Conversation(leg: pair.client, session: session)
        if end == .timedOut && !row.isEstablished {
            await pair.client.waitUntilReceived(row.sent.utf8.count)
            pair.client.expire()
        }
        #expect(await conversation.completeHandshake() == row.isEstablished)

        var heard: [UInt8] = []
        var seen: Conversation.End?
        while seen == nil {
            if end == .timedOut && heard.count == row.heard.utf8.count { pair.client.expire() }
            switch await conversation.read() {
            case .bytes(let bytes): heard += bytes
            case .end(let end): seen = end
            }
        }
        #expect(heard == Array(row.heard.utf8))
        #expect(seen == end)
        #expect(await conversation.read() == .end(end))
        #expect(conversation.applicationReceived.excerpt == ByteString(row.heard.utf8))

        if ending == .silence { pair.client.expire() }
        await conversation.conclude()
        await pair.client.close()
        #expect(pair.client.observation.ending == ending.legEnding)
        #expect(pair.client.observation.receivedCount == row.sent.utf8.count)
        await pair.server.close()
    }

    @Test("a choked stack's alert goes out, and then FIN, and the peer's end is awaited")
    func alertGoesOut() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: ScriptedSession())
        pair.server.send(Array("HabX".utf8))
        let (count, end) = await conversation.readToEnd()
        #expect(count == 2)
        #expect(end == .failed)
        let peer = Task {
            let events = [await pair.server.next(), await pair.server.next()]
            await pair.server.close()
            return events
        }
        await conversation.conclude()
        await pair.client.close()
        #expect(await peer.value == [.bytes(Array("!".utf8)), .fin])
        #expect(pair.client.observation.ending == .fin)
        // After an alert of our own we are the one who closes.
        #expect(!pair.client.observation.timeline.contains { $0.detail == Self.didNotClose })
    }

    @Test("what waits to go out reaches a peer that ended its side first, before the socket is closed")
    func lastBytes() async throws {
        let pair = try await LegPair.open()
        pair.server.closeOutput()
        // More than the buffers of both sockets hold.
        let much = [UInt8](repeating: 7, count: 16 << 20)
        let writer = Task {
            let conversation = Conversation(leg: pair.client, session: nil)
            _ = await conversation.readToEnd()
            conversation.leg.send(much)
            await conversation.conclude()
            await pair.client.close()
        }
        while !pair.client.observation.timeline.contains(where: { $0.kind == .closeWrite }) { await Task.yield() }
        let (count, end) = await Conversation(leg: pair.server, session: nil).readToEnd()
        #expect(count == much.count)
        #expect(end == .orderly)
        await writer.value
        await pair.server.close()
    }

    private static let didNotClose = "the peer did not close after the alert, so we do"

    @Test("a peer that sent a fatal alert and does not close is left after a while, and that is told")
    func peerThatStays() async throws {
        let pair = try await LegPair.open()
        let conversation = Conversation(leg: pair.client, session: ScriptedSession())
        pair.server.send(Array("A".utf8))
        #expect(await !conversation.completeHandshake())
        let peer = Task {
            let event = await pair.server.next()
            await pair.server.close()
            return event
        }
        await conversation.conclude()
        await pair.client.close()
        #expect(await peer.value == .fin)
        #expect(pair.client.observation.ending == .fin)
        #expect(pair.client.observation.endedAfter >= Conversation.alertLinger.milliseconds)
        #expect(pair.client.observation.timeline.contains { $0.detail == Self.didNotClose })
    }
}

extension Leg {
    fileprivate func waitUntilReceived(_ count: Int) async {
        while self.observation.receivedCount < count { await Task.yield() }
    }
}
