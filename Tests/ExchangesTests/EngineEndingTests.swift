import HangTesting
import LegTesting
import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@testable import Exchanges

@Suite("Conversation with a real TLS stack: every manner of ending", .noHang)
struct EngineEndingTests {
    /// What the server does, and when.
    struct Row: Sendable, CustomTestStringConvertible {
        enum Moment: CaseIterable {
            case beforeItsFlight, insideItsFlight, afterHandshake, afterBytes
            var isEstablished: Bool { self == .afterHandshake || self == .afterBytes }
        }

        enum Act: CaseIterable {
            case fin, reset, silence, garbage
            case closeNotifyAndFIN, closeNotifyAndReset, bytesAfterCloseNotify, alertAndFIN
            /// It takes a session of its own to say these.
            var needsSession: Bool {
                switch self {
                case .fin, .reset, .silence, .garbage: false
                case .closeNotifyAndFIN, .closeNotifyAndReset, .bytesAfterCloseNotify, .alertAndFIN: true
                }
            }
        }

        var moment: Moment
        var act: Act
        var engine: Engine
        var version: TLSVersion
        var testDescription: String { "\(self.act) \(self.moment), \(self.engine), TLS \(self.version.rawValue)" }

        static let all = Moment.allCases.flatMap { moment in
            Act.allCases.filter { moment.isEstablished || !$0.needsSession }.flatMap { act in
                Engine.allCases.flatMap { engine in
                    [TLSVersion.tls12, .tls13].map { Row(moment: moment, act: act, engine: engine, version: $0) }
                }
            }
        }

        var end: Conversation.End {
            switch self.act {
            case .fin: self.moment.isEstablished ? .truncated : .failed
            case .reset: .reset
            case .silence: .timedOut
            case .garbage, .alertAndFIN: .failed
            case .closeNotifyAndFIN, .closeNotifyAndReset, .bytesAfterCloseNotify: .orderly
            }
        }

        var legEnding: LegEnding {
            switch self.act {
            case .reset, .closeNotifyAndReset: .reset
            case .silence: .stillOpen
            case .fin, .garbage, .closeNotifyAndFIN, .bytesAfterCloseNotify, .alertAndFIN: .fin
            }
        }
    }

    private static let bytes = Array("some bytes".utf8)
    /// Records of application data that no key has made: enough to fill a record that was only begun.
    private static let garbage = Array(
        repeating: [23, 3, 3, 0, 32] + [UInt8](repeating: 0xa5, count: 32),
        count: 64
    ).flatMap { $0 }

    @Test("is told from every other", arguments: Row.all)
    func ending(_ row: Row) async throws {
        let pair = try await LegPair.open()
        let session = try await row.engine.client(row.version)
        pair.client.send(await session.step(.start).ciphertext)
        let server = Task { try await self.serve(row, pair) }

        let conversation = Conversation(leg: pair.client, session: session)
        #expect(await conversation.completeHandshake() == row.moment.isEstablished)
        if row.moment.isEstablished {
            // A reset that answers these bytes may be here before they are known to be gone.
            let isGone = await conversation.write(Self.bytes)
            #expect(isGone || row.legEnding == .reset)
        }
        var heard: [UInt8] = []
        var end: Conversation.End?
        while end == nil {
            switch await conversation.read() {
            case .bytes(let bytes): heard += bytes
            case .end(let seen): end = seen
            }
        }
        #expect(end == row.end)
        #expect(heard == (row.moment == .afterBytes ? Self.bytes : []))
        await conversation.conclude()
        await pair.client.close()
        try await server.value
        #expect(pair.client.observation.ending == row.legEnding)

        let handshake = session.handshake
        #expect(handshake.closeNotifyReceived == (row.end == .orderly))
        #expect((handshake.failure != nil) == (row.end == .failed || !row.moment.isEstablished && row.end == .reset))
        let hasAlert = handshake.alertsReceived.contains { $0.level == 2 }
        #expect(hasAlert == (row.act == .alertAndFIN))
    }

    private func serve(_ row: Row, _ pair: LegPair) async throws {
        let leg = pair.server
        let session = try Engine.server()
        if row.moment.isEstablished {
            let conversation = Conversation(leg: leg, session: session)
            #expect(await conversation.completeHandshake())
            // The client's first bytes say that it is established as well.
            #expect(await conversation.read() == .bytes(Self.bytes))
            if row.moment == .afterBytes { #expect(await conversation.write(Self.bytes)) }
        } else {
            var flight: [UInt8] = []
            while flight.isEmpty, case .bytes(let hello) = await leg.next() {
                flight = await session.step(.ciphertext(hello)).ciphertext
            }
            #expect(flight.count > 100)
            if row.moment == .insideItsFlight { leg.send(Array(flight[..<(flight.count / 2)])) }
        }
        try await self.act(row, pair, session)
        // The client sees it through, and is then gone.
        while case .bytes = await leg.next() {}
        await leg.close()
    }

    private func act(_ row: Row, _ pair: LegPair, _ session: OpenSSLSession) async throws {
        let leg = pair.server
        switch row.act {
        case .fin:
            leg.closeOutput()
        case .reset:
            await leg.flush()
            try await leg.reset()
        case .silence:
            pair.client.setDeadline(.now + .seconds(2))
        case .garbage:
            leg.send(Self.garbage)
        case .closeNotifyAndFIN:
            leg.send(await session.step(.closeNotify).ciphertext)
            leg.closeOutput()
        case .closeNotifyAndReset:
            leg.send(await session.step(.closeNotify).ciphertext)
            await leg.flush()
            try await leg.reset()
        case .bytesAfterCloseNotify:
            leg.send(await session.step(.closeNotify).ciphertext + Self.garbage)
            leg.closeOutput()
        case .alertAndFIN:
            leg.send(await session.step(.ciphertext(Self.garbage)).ciphertext)
            leg.closeOutput()
        }
    }
}
