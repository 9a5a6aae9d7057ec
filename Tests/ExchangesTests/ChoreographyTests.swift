import HangTesting
import LegTesting
import Legs
import ScenarioModel
import Testing

@testable import Exchanges

@Suite("Choreographies, with nothing wrong between the halves", .noHang)
struct ChoreographyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var exchange: Exchange
        /// How each end sees its connection end; whoever ends it by itself has nothing to see.
        var client = LegEnding.fin
        var upstream = LegEnding.fin
        var testDescription: String { "\(self.exchange)" }
    }

    enum Speech: CaseIterable {
        case clear, openssl12, openssl13, boringssl13

        var tls: (engine: Engine, version: TLSVersion)? {
            switch self {
            case .clear: nil
            case .openssl12: (.openssl, .tls12)
            case .openssl13: (.openssl, .tls13)
            case .boringssl13: (.boringssl, .tls13)
            }
        }
    }

    static let rows = [
        Row(exchange: .echo), Row(exchange: .transfer(up: 300_000, down: 700_001)),
        Row(exchange: .transfer(up: 0, down: 0)), Row(exchange: .transfer(up: 1, down: 0)),
        Row(exchange: .clientHalfClose), Row(exchange: .upstreamHalfClose), Row(exchange: .upstreamFirst),
        Row(exchange: .clientCloses), Row(exchange: .upstreamCloses), Row(exchange: .request),
        Row(exchange: .upstreamResets, client: .reset, upstream: .closedByUs),
        Row(exchange: .upstreamTruncates),
        Row(exchange: .clientResets, client: .closedByUs, upstream: .reset),
    ]

    @Test("both halves come to their proper end, with the same bytes at both", arguments: rows, Speech.allCases)
    func completes(_ row: Row, _ speech: Speech) async throws {
        let (client, upstream) = try await Stage(exchange: row.exchange, tls: speech.tls).play()
        #expect(client.isCompleted)
        #expect(upstream.isCompleted)
        #expect(client.sent == upstream.received)
        #expect(upstream.sent == client.received)
        #expect(client.ending == row.client)
        #expect(upstream.ending == row.upstream)
    }

    /// Where the client ends the whole conversation, nothing is to come back after that: nginx's `proxy_half_close off`.
    @Test(
        "a relay that ends both directions at the client's end loses none of these",
        arguments: [Exchange.echo, .upstreamFirst, .transfer(up: 300_000, down: 700_001)],
        Speech.allCases
    )
    func needsNoHalfClose(_ exchange: Exchange, _ speech: Speech) async throws {
        let stage = Stage(exchange: exchange, tls: speech.tls, fault: .closesBothAtFIN)
        let (client, upstream) = try await stage.play()
        #expect(client.isCompleted)
        #expect(client.sent == upstream.received)
        #expect(upstream.sent == client.received)
    }

    /// How the end arrives is the business of `closing.*`; of a control it would say that the target was restarted.
    @Test("nor does a relay fail a control that answers its end with a reset", arguments: Speech.allCases)
    func heldAsksForNoEnd(_ speech: Speech) async throws {
        let stage = Stage(exchange: .echo, tls: speech.tls, fault: .turnsFINIntoReset, patience: .seconds(20))
        let (client, upstream) = try await stage.play()
        #expect(client.isCompleted)
        #expect(client.sent.count == 2 * ExchangeLine.opening(nonce: "n0nce").count)
        #expect(client.sent == upstream.received)
        #expect(upstream.sent == client.received)
    }

    @Test("a control whose second echo does not come is over when its time is, and not when that of the hold is")
    func heldInVain() async throws {
        let line = ExchangeLine.opening(nonce: "n0nce").count
        let start = ContinuousClock.now
        let stage = Stage(exchange: .echo, fault: .bytes(.down, .lose(at: 2 * line - 1)), patience: .milliseconds(200))
        let (client, _) = try await stage.play()
        #expect(!client.isCompleted)
        #expect(client.ending == .stillOpen)
        #expect(client.received.count == 2 * line - 1)
        // The hold has a minute.
        #expect(.now - start < .seconds(40))
    }

    @Test("so they do with a good relay between them, which is what the faulty ones are measured by", arguments: rows)
    func completesThroughRelay(_ row: Row) async throws {
        let (client, upstream) = try await Stage(exchange: row.exchange, fault: .nothing).play()
        #expect(client.isCompleted)
        #expect(upstream.isCompleted)
        #expect(client.sent == upstream.received)
        #expect(upstream.sent == client.received)
    }

    @Test("who holds the nonce is in the first line that each exchange sends", arguments: rows)
    func nonce(_ row: Row) async throws {
        let (client, upstream) = try await Stage(exchange: row.exchange).play()
        let line = Array(
            (row.exchange == .request
                ? "GET \(ExchangeRequest.path(nonce: "n0nce")) HTTP/1.1\r\n" : "shakedown n0nce\n").utf8
        )
        #expect(client.sent.excerpt.bytes.starts(with: line))
        #expect(upstream.received.excerpt.bytes.starts(with: line))
    }

    @Test("an idle connection is in order when someone ends it, and not when nobody does")
    func idle() async throws {
        let line = ExchangeLine.opening(nonce: "n0nce").count
        let ended = try await Stage(exchange: .idle, fault: .cut(.down, after: line)).play()
        #expect(ended.client.isCompleted && ended.upstream.isCompleted)
        let held = try await Stage(exchange: .idle, deadline: .seconds(3)).play()
        #expect(!held.client.isCompleted)
        #expect(held.client.ending == .stillOpen)
        #expect(held.client.received.count == line)
    }

    @Test("a half-open connection that nobody ends is held until time is up", arguments: Speech.allCases)
    func halfOpen(_ speech: Speech) async throws {
        let line = ExchangeLine.opening(nonce: "n0nce").count
        let clients = try await Stage(exchange: .clientHalfOpen, tls: speech.tls, deadline: .seconds(1)).play()
        #expect(!clients.client.isCompleted)
        #expect(clients.client.ending == .stillOpen)
        #expect(clients.client.received.count == line && clients.upstream.received.count == line)
        let start = ContinuousClock.now
        let upstreams = try await Stage(exchange: .upstreamHalfOpen, tls: speech.tls, deadline: .seconds(1)).play()
        #expect(start.duration(to: .now) >= .seconds(1))
        #expect(upstreams.client.ending == .fin)
        #expect(upstreams.upstream.isCompleted)
        #expect(upstreams.client.received.count == line && upstreams.upstream.received.count == line)
    }

    @Test("a client that waits is still there at the deadline", arguments: Speech.allCases)
    func waitInVain(_ speech: Speech) async throws {
        let held = try await Stage(exchange: .wait, tls: speech.tls, deadline: .seconds(1)).play()
        #expect(!held.client.isCompleted)
        #expect(held.client.ending == .stillOpen)
        #expect(held.client.sent.count == 0)
    }

    @Test("a client that waits takes any end there is, with any bytes before it", arguments: [true, false])
    func wait(_ isReset: Bool) async throws {
        let pair = try await LegPair.open()
        pair.server.send([1, 2, 3])
        if isReset { try await pair.server.reset() } else { pair.server.closeOutput() }
        let conversation = Conversation(leg: pair.client, session: nil)
        #expect(try await Exchange.wait.choreography.client(Party(conversation, nonces: ["n"], seed: 1)))
        await pair.close()
        #expect(pair.client.observation.ending == (isReset ? .reset : .fin))
    }

}
