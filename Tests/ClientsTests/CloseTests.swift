import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("Clients that end without a word", .noHang)
struct CloseTests {
    @Test("a FIN without close_notify is what the upstream sees", arguments: [ClientPlan.Engine.openssl, .boringssl])
    func truncation(_ engine: ClientPlan.Engine) async throws {
        for (close, isCut) in [(ClientPlan.Close?.none, false), (.bareFIN, true)] {
            var plan = ClientPlan.tls(engine)
            plan.close = close
            let (clients, upstream) = try await Bench(exchange: .echo).run(plan)
            let client = try #require(clients.first)
            let server = try #require(upstream.connections.first)
            #expect(client.exchangeCompleted)
            #expect(client.applicationSent == server.applicationReceived)
            #expect(server.leg.ending == .fin)
            #expect(server.handshake?.closeNotifyReceived == !isCut)
        }
    }

    private func plan(_ close: ClientPlan.Close) -> ClientPlan {
        var plan = ClientPlan(
            engine: .bytes,
            serverName: "a.shakedown.test",
            opening: .builtHello(HelloPlan())
        )
        plan.close = close
        return plan
    }

    @Test("a byte client's FIN comes right behind its hello, and it stays for the end")
    func fin() async throws {
        let (clients, upstream) = try await Bench(exchange: .wait).run(self.plan(.bareFIN))
        let client = try #require(clients.first)
        let server = try #require(upstream.connections.first)
        #expect(client.leg.timeline.contains { $0.kind == .closeWrite })
        #expect(client.leg.ending == .fin || client.leg.ending == .reset)
        #expect(server.leg.ending == .fin)
        #expect(server.leg.receivedDigest == client.leg.sentDigest)
    }

    @Test("a byte client's reset comes right behind its hello")
    func reset() async throws {
        // A connection that is reset before it is accepted is nobody's, and on a busy machine the first may be.
        for _ in 0..<20 {
            let (clients, upstream) = try await Bench(exchange: .wait).run(self.plan(.reset))
            #expect(clients.first?.leg.ending == .closedByUs)
            guard let server = upstream.connections.first else { continue }
            #expect(server.leg.ending == .reset)
            return
        }
        Issue.record("no upstream has seen any of twenty")
    }
}
