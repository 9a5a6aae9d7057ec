import HangTesting
import Legs
import ScenarioModel
import Testing

@testable import Exchanges

@Suite("Choreographies, with an edge between the halves that does one thing wrong", .noHang)
struct MisbehaviourTests {
    /// Which half must say so.
    enum Noticed: Sendable {
        case client, upstream, both
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var exchange: Exchange
        var fault: Relay.Fault
        var noticed: Noticed
        /// Something is waited for that never comes, so that only the deadline ends it.
        var isEndedByTime = false
        var testDescription: String { "\(self.exchange), \(self.fault)" }
    }

    private static let line = ExchangeLine.opening(nonce: "n0nce").count
    private static let inLine = 3
    /// In a payload that comes after a line, not at its beginning.
    private static let inPayload = line + 100_000
    private static let transfer = Exchange.transfer(up: 200_000, down: 200_000)

    private static func row(
        _ exchange: Exchange,
        _ direction: Relay.Direction,
        _ fault: Tampering.Fault,
        _ noticed: Noticed,
        isEndedByTime: Bool = false
    ) -> Row {
        Row(exchange: exchange, fault: .bytes(direction, fault), noticed: noticed, isEndedByTime: isEndedByTime)
    }

    static let wrongByteRows: [Row] = {
        // The line of every exchange, in every direction in which there is one.
        let up: [Exchange] = [
            .echo, transfer, .clientHalfClose, .upstreamHalfClose, .upstreamFirst, .upstreamCloses, .clientResets,
        ]
        let down: [Exchange] = [
            .echo, .upstreamHalfClose, .upstreamFirst, .upstreamCloses, .upstreamResets, .clientResets,
        ]
        var rows = up.map { row($0, .up, .flip(at: inLine), .upstream) }
        rows += down.map { row($0, .down, .flip(at: inLine), .client) }
        rows += [
            row(.upstreamResets, .up, .flip(at: inLine), .both),
            // The acknowledgement.
            row(.upstreamResets, .up, .flip(at: line + inLine), .upstream),
            // The payloads.
            row(transfer, .up, .flip(at: inPayload), .upstream), row(transfer, .down, .flip(at: inPayload), .client),
            row(.clientHalfClose, .down, .flip(at: inPayload), .client),
            row(.upstreamHalfClose, .up, .flip(at: inPayload), .upstream),
        ]
        return rows
    }()

    static let tooFewRows: [Row] = [
        row(.echo, .up, .lose(at: inLine), .both), row(.echo, .down, .lose(at: inLine), .client),
        row(.upstreamFirst, .down, .lose(at: inLine), .client),
        row(transfer, .up, .lose(at: inPayload), .both, isEndedByTime: true),
        row(transfer, .down, .lose(at: inPayload), .client, isEndedByTime: true),
        row(.clientHalfClose, .down, .lose(at: inPayload), .client),
        row(.upstreamHalfClose, .up, .lose(at: inPayload), .upstream),
        Row(exchange: .echo, fault: .cut(.down, after: line - 1), noticed: .client),
        Row(exchange: transfer, fault: .cut(.up, after: inPayload), noticed: .both),
        Row(exchange: transfer, fault: .cut(.down, after: 199_999), noticed: .client),
        Row(exchange: .clientHalfClose, fault: .cut(.down, after: inPayload), noticed: .client),
        Row(exchange: .upstreamHalfClose, fault: .cut(.up, after: inPayload), noticed: .upstream),
    ]

    static let tooManyRows: [Row] = [
        // An upstream echoes everything, and the client hears that it did.
        row(.echo, .up, .add, .client), row(.echo, .down, .add, .client),
        row(.echo, .down, .repeat(at: inLine), .client),
        row(transfer, .up, .add, .upstream), row(transfer, .down, .add, .client),
        row(transfer, .up, .repeat(at: inPayload), .upstream), row(transfer, .down, .repeat(at: inPayload), .client),
        row(.clientHalfClose, .up, .add, .upstream), row(.clientHalfClose, .down, .add, .client),
        row(.upstreamHalfClose, .up, .add, .upstream), row(.upstreamHalfClose, .down, .add, .client),
        row(.upstreamFirst, .up, .add, .upstream), row(.upstreamFirst, .down, .add, .client),
        row(.upstreamCloses, .up, .add, .upstream), row(.upstreamCloses, .down, .add, .client),
        // A second line feed, which is a byte after the line.
        row(.upstreamResets, .down, .repeat(at: line - 1), .client),
        row(.clientResets, .up, .repeat(at: line - 1), .upstream),
    ]

    static let wrongOrderRows: [Row] = [
        row(transfer, .up, .swap(at: line + 65_536, size: 65_536), .upstream),
        row(transfer, .down, .swap(at: 0, size: 65_536), .client),
        row(.clientHalfClose, .down, .swap(at: 65_536, size: 65_536), .client),
        row(.upstreamHalfClose, .up, .swap(at: line, size: 65_536), .upstream),
        // The line is not the first thing any more.
        row(transfer, .up, .swap(at: 0, size: line), .upstream),
        row(.upstreamHalfClose, .up, .swap(at: 0, size: line), .upstream),
    ]

    static let wrongEndRows: [Row] = [
        // No half-close: whoever speaks against a closed direction is cut off.
        Row(exchange: .clientHalfClose, fault: .closesBothAtFIN, noticed: .client),
        Row(exchange: .upstreamHalfClose, fault: .closesBothAtFIN, noticed: .both),
        Row(exchange: .clientHalfClose, fault: .holdsFIN, noticed: .both, isEndedByTime: true),
        Row(exchange: .upstreamHalfClose, fault: .holdsFIN, noticed: .both, isEndedByTime: true),
        Row(exchange: .echo, fault: .holdsFIN, noticed: .both, isEndedByTime: true),
        Row(exchange: .upstreamFirst, fault: .holdsFIN, noticed: .both, isEndedByTime: true),
        Row(exchange: .upstreamCloses, fault: .holdsFIN, noticed: .client, isEndedByTime: true),
        Row(exchange: .upstreamCloses, fault: .turnsFINIntoReset, noticed: .client),
        Row(exchange: .echo, fault: .turnsFINIntoReset, noticed: .upstream),
        Row(exchange: .upstreamResets, fault: .holdsReset, noticed: .client, isEndedByTime: true),
        Row(exchange: .clientResets, fault: .holdsReset, noticed: .upstream, isEndedByTime: true),
    ]

    @Test("wrong bytes", arguments: wrongByteRows)
    func wrongBytes(_ row: Row) async throws { try await self.check(row) }

    @Test("too few bytes", arguments: tooFewRows)
    func tooFew(_ row: Row) async throws { try await self.check(row) }

    @Test("too many bytes", arguments: tooManyRows)
    func tooMany(_ row: Row) async throws { try await self.check(row) }

    @Test("the right bytes in the wrong order", arguments: wrongOrderRows)
    func wrongOrder(_ row: Row) async throws { try await self.check(row) }

    @Test("ends that are not passed on, or not as they were", arguments: wrongEndRows)
    func wrongEnds(_ row: Row) async throws { try await self.check(row) }

    private func check(_ row: Row) async throws {
        let stage = Stage(exchange: row.exchange, fault: row.fault, deadline: .seconds(row.isEndedByTime ? 5 : 20))
        let (client, upstream) = try await stage.play()
        if row.noticed != .upstream { #expect(!client.isCompleted) }
        if row.noticed != .client { #expect(!upstream.isCompleted) }
        // One that merely gave up waiting has noticed nothing.
        let hasTimedOut = client.ending == .stillOpen || upstream.ending == .stillOpen
        #expect(hasTimedOut == row.isEndedByTime)
    }

    @Test("how a reset arrives is for the checks to say: as FIN it is an end as well")
    func resetAsFIN() async throws {
        let (client, upstream) = try await Stage(exchange: .upstreamResets, fault: .turnsResetIntoFIN).play()
        #expect(client.isCompleted && upstream.isCompleted)
        #expect(client.ending == .fin)
        let (_, other) = try await Stage(exchange: .clientResets, fault: .turnsResetIntoFIN).play()
        #expect(other.isCompleted)
        #expect(other.ending == .fin)
    }

    @Test("a client of another exchange gets its line back, and the upstream knows that it was not its own")
    func foreignLine() async throws {
        let row = Self.row(.echo, .up, .flip(at: Self.inLine), .upstream)
        let (client, upstream) = try await Stage(exchange: row.exchange, fault: row.fault).play()
        #expect(!upstream.isCompleted)
        #expect(client.received == upstream.received)
    }
}
