import Addresses
import Clients
import HangTesting
import ScenarioModel
import Testing
import Upstreams

@Suite("Exchanges, between a client and an upstream", .noHang)
struct ExchangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var exchange: Exchange
        /// How the client sees its connection end.
        var ending = LegEnding.fin
        var testDescription: String { "\(self.exchange)" }
    }

    @Test(
        "every exchange comes to its proper end on both sides, with the same bytes at both",
        arguments: [
            Row(exchange: .echo), Row(exchange: .transfer(up: 300_000, down: 700_001)),
            Row(exchange: .transfer(up: 0, down: 0)), Row(exchange: .clientHalfClose),
            Row(exchange: .upstreamHalfClose),
            Row(exchange: .upstreamFirst), Row(exchange: .upstreamCloses),
            Row(exchange: .upstreamResets, ending: .reset),
            Row(exchange: .clientResets, ending: .closedByUs),
        ],
        [ClientPlan.Engine.openssl, .boringssl]
    )
    func exchange(_ row: Row, _ engine: ClientPlan.Engine) async throws {
        let (clients, upstream) = try await Bench(exchange: row.exchange).run(.tls(engine))
        let client = try #require(clients.first)
        let server = try #require(upstream.connections.first)
        #expect(upstream.connections.count == 1)
        #expect(client.exchangeCompleted)
        #expect(server.exchangeCompleted)
        #expect(client.leg.ending == row.ending)
        #expect(client.handshake.isCompleted)
        #expect(server.handshake?.serverName == "a.shakedown.test")
        if engine == .openssl { #expect(client.handshake.exporter == server.handshake?.exporter) }

        #expect(client.leg.sentDigest == server.leg.receivedDigest)
        #expect(client.leg.sentCount == server.leg.receivedCount)
        #expect(client.applicationSent == server.applicationReceived)
        let line = ByteString("shakedown first\n".utf8)
        #expect(server.applicationReceived.excerpt.bytes.starts(with: line.bytes))
        #expect(server.proxyHeader == .absent)
        if row.ending == .fin {
            #expect(client.leg.receivedDigest == server.leg.sentDigest)
            #expect(client.applicationReceived == server.applicationSent)
            #expect(client.handshake.closeNotifyReceived)
        }
    }

    @Test("a bulk transfer of 64 MiB in each direction arrives whole")
    func bulk() async throws {
        let size = 64 << 20
        let (clients, upstream) = try await Bench(exchange: .transfer(up: size, down: size), deadline: .seconds(60))
            .run(.tls(.openssl))
        #expect(clients.first?.exchangeCompleted == true)
        #expect(upstream.connections.first?.exchangeCompleted == true)
        #expect(clients.first?.applicationReceived.count == size)
        #expect(upstream.connections.first.map { $0.leg.receivedDigest == clients.first?.leg.sentDigest } == true)
    }

    @Test("silence lasts until the deadline, and is not a proper end")
    func idle() async throws {
        let (clients, upstream) = try await Bench(exchange: .idle, deadline: .seconds(10)).run(.tls(.openssl))
        let client = try #require(clients.first)
        #expect(!client.exchangeCompleted)
        #expect(client.leg.ending == .stillOpen)
        #expect(client.applicationReceived.count == "shakedown first\n".utf8.count)
        #expect(upstream.connections.count == 1)
    }

    @Test("an upstream that does not listen refuses")
    func refused() async throws {
        var upstream = UpstreamPlan()
        upstream.isListening = false
        let (clients, observation) = try await Bench(upstream: upstream).run(.tls(.openssl))
        #expect(clients.first?.leg.ending == .refused)
        #expect(clients.first?.handshake.isCompleted == false)
        #expect(observation.connections.isEmpty)
    }

    @Test("an alert that refuses the handshake is seen, and then the end of the connection")
    func alert() async throws {
        var plan = ClientPlan.tls(.openssl)
        plan.alpn = ["smtp"]
        let (clients, upstream) = try await Bench(upstream: UpstreamPlan(alpn: ["h2"])).run(plan)
        let client = try #require(clients.first)
        #expect(client.handshake.alertsReceived.map(\.name) == ["no_application_protocol"])
        #expect(client.leg.ending == .fin)
        #expect(!client.exchangeCompleted)
        #expect(upstream.connections.first?.handshake?.alertsSent.map(\.name) == ["no_application_protocol"])
        #expect(client.leg.timeline.map(\.kind).contains(.alert))
    }

    @Test("the client's source address is the plan's")
    func source() async throws {
        var plan = ClientPlan.tls(.openssl)
        plan.source = .otherLoopback
        let (clients, upstream) = try await Bench().run(plan)
        #expect(clients.first?.exchangeCompleted == true)
        #expect(upstream.connections.first?.leg.remoteAddress?.ip == IPAddress("127.0.0.66"))
    }

    @Test("500 clients at once are served without a mix-up")
    func manyClients() async throws {
        let completed = try await withThrowingTaskGroup(of: Bool.self) { group in
            let bench = Bench()
            let endpoints = (0..<50).map { index in
                UpstreamFleet.Endpoint(
                    id: "tenant-\(index)",
                    plan: EndpointPlan(key: "tenant", domain: "a.shakedown.test", role: .edge),
                    exchange: .echo,
                    seed: 1
                )
            }
            try await bench.fleet.start(endpoints, credential: { _ in throw CancellationError() })
            let visits = endpoints.map { endpoint in
                bench.fleet.begin(
                    endpoint.id,
                    endpoints: [endpoint.id],
                    nonces: [endpoint.id],
                    at: .now,
                    deadline: .seconds(20)
                )
            }
            for index in 0..<500 {
                let endpoint = endpoints[index % 50]
                group.addTask { try await PlainEcho(fleet: bench.fleet, endpoint: endpoint, nonce: endpoint.id).run() }
            }
            var count = 0
            for try await isRight in group where isRight { count += 1 }
            await bench.fleet.stop()
            let seen = visits.map { bench.fleet.contacts(of: $0).map(\.connection) }
            #expect(seen.allSatisfy { $0.count == 10 && $0.allSatisfy(\.exchangeCompleted) })
            return count
        }
        #expect(completed == 500)
    }
}
