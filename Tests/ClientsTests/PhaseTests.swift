import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("The phases of a client's connection", .noHang)
struct PhaseTests {
    @Test("follow each other", arguments: [ClientPlan.Engine.openssl, .boringssl])
    func inOrder(_ engine: ClientPlan.Engine) async throws {
        let (clients, upstream) = try await Bench().run(.tls(engine))
        let phases = try #require(clients.first?.leg.phases)
        let times = [phases.helloSent, phases.firstByte, phases.handshake, phases.firstData].compactMap(\.self)
        #expect(times.count == 4 && times == times.sorted())
        #expect(phases.connect >= 0 && times.last ?? 0 <= clients[0].leg.endedAfter)
        #expect(upstream.connections.map(\.leg.phases) == [nil])
    }

    @Test("a hello that comes in pieces is sent with its last")
    func slowHello() async throws {
        let delivery = Delivery(segmentCuts: [.middle], gapMilliseconds: 40)
        let (clients, _) = try await Bench().run(.tls(.openssl, delivery: delivery))
        let phases = try #require(clients.first?.leg.phases)
        #expect(phases.helloSent ?? 0 >= 40 && phases.firstByte ?? 0 >= 40)
    }

    @Test("a byte client has as many as it comes to")
    func bytes() async throws {
        var plan = ClientPlan.tls(.bytes)
        plan.opening = .builtHello(HelloPlan())
        let (clients, _) = try await Bench(exchange: .wait).run(plan)
        let phases = try #require(clients.first?.leg.phases)
        #expect(phases.helloSent != nil && phases.firstByte != nil)
        #expect(phases.handshake == nil && phases.firstData == nil)
    }
}
