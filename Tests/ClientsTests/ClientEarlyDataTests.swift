import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("Clients that send early data", .noHang)
struct ClientEarlyDataTests {
    private static func plans(delivery: Delivery = Delivery()) -> [ClientPlan] {
        var first = ClientPlan.tls(.openssl)
        first.minimumVersion = .tls13
        var second = ClientPlan.tls(.openssl, delivery: delivery)
        second.minimumVersion = .tls13
        second.sendsEarlyData = true
        return [first, second]
    }

    @Test(
        "the upstream has the first line once, whether it takes it early or has it said again",
        arguments: [true, false],
        [Exchange.echo, .transfer(up: 100_000, down: 1_000)]
    )
    func once(_ takesEarlyData: Bool, _ exchange: Exchange) async throws {
        var bench = Bench(exchange: exchange)
        bench.upstream.takesEarlyData = takesEarlyData
        let (clients, upstream) = try await bench.resume(Self.plans())
        let fate = takesEarlyData ? HandshakeObservation.EarlyData.accepted : .rejected
        #expect(clients.map(\.exchangeCompleted) == [true, true])
        #expect(clients.map(\.handshake.earlyData) == [nil, fate])
        #expect(upstream.connections.map(\.handshake?.earlyData) == [nil, fate])
        #expect(upstream.connections.map(\.applicationReceived.digest) == clients.map(\.applicationSent.digest))
        let told = clients[1].leg.timeline.map(\.detail)
        #expect(told.contains("early data \(fate.rawValue)"))
        #expect(told.contains { $0.hasSuffix(takesEarlyData ? "the ticket allows 16384" : "the ticket allows none") })
    }

    @Test("it comes in pieces like the hello")
    func pieces() async throws {
        var bench = Bench()
        bench.upstream.takesEarlyData = true
        let delivery = Delivery(segmentCuts: [.insideServerName, .beforeLastByte], gapMilliseconds: 5)
        let (clients, _) = try await bench.resume(Self.plans(delivery: delivery))
        #expect(clients[1].handshake.earlyData == .accepted && clients[1].exchangeCompleted)
    }

    @Test("a client without a session says its line when the handshake is done")
    func withoutSession() async throws {
        let (clients, upstream) = try await Bench().resume([Self.plans()[1]])
        #expect(clients.map(\.handshake.earlyData) == [.notSent] && clients.map(\.exchangeCompleted) == [true])
        #expect(upstream.connections.map(\.applicationReceived.digest) == clients.map(\.applicationSent.digest))
    }

    @Test("an engine that cannot says so", arguments: [ClientPlan.Engine.boringssl, .bytes])
    func unable(_ engine: ClientPlan.Engine) async throws {
        var plan = ClientPlan.tls(engine)
        plan.sendsEarlyData = true
        let error = try await #require(throws: ClientError.self) { _ = try await Bench().run(plan) }
        #expect(error.code == .unable)
    }
}
