import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("The second flight of a byte client", .noHang)
struct SecondFlightTests {
    private static let changeOfKeys = ClientPlan.SecondFlight.Content.records([
        HelloPlan.RawRecord(type: 20, payload: ByteString([1]))
    ])

    private static func plan(
        _ hello: HelloPlan,
        _ cue: ClientPlan.SecondFlight.Cue,
        _ content: ClientPlan.SecondFlight.Content
    ) -> ClientPlan {
        var plan = ClientPlan.tls(.bytes)
        plan.opening = .builtHello(hello)
        plan.secondFlight = ClientPlan.SecondFlight(after: cue, content)
        return plan
    }

    private static func hello(versions: [UInt16]? = nil, hasShare: Bool = true) -> HelloPlan {
        var hello = HelloPlan()
        hello.supportedVersions = versions
        if !hasShare { hello.extensionEdits = [.replace(type: 51, data: ByteString([0, 0]))] }
        return hello
    }

    private func run(_ plan: ClientPlan) async throws -> ClientObservation {
        let (clients, _) = try await Bench(exchange: .wait).run(plan)
        return try #require(clients.first)
    }

    private func hasSaidMore(_ client: ClientObservation) -> Bool {
        client.leg.timeline.contains { $0.detail == "sends its second flight" }
    }

    @Test("comes behind the ServerHello and its certificate, and its answer is waited for")
    func serverHello() async throws {
        var plan = Self.plan(HelloPlan(), .serverHello, Self.changeOfKeys)
        plan.maximumVersion = .tls12
        let client = try await self.run(plan)
        #expect(client.handshake.isAnswered && !client.handshake.peerCertificates.isEmpty && self.hasSaidMore(client))
        #expect(client.handshake.alertsReceived.map(\.name) == ["unexpected_message"])
        #expect(client.leg.ending == .fin || client.leg.ending == .reset || client.leg.ending == .closedByUs)
    }

    @Test("a second hello has the first one's random, and is answered")
    func retryRequest() async throws {
        let first = Self.hello(versions: [0x0304], hasShare: false)
        let second = ClientPlan.SecondFlight.Content.hello(
            Self.hello(versions: [0x0304]),
            serverName: "a.shakedown.test"
        )
        let client = try await self.run(Self.plan(first, .retryRequest, second))
        #expect(client.handshake.retryRequest != nil && client.handshake.isAnswered && self.hasSaidMore(client))
        #expect(client.handshake.alertsReceived == [])
    }

    @Test("comes behind a fatal alert, and nobody answers it")
    func alert() async throws {
        let second = ClientPlan.SecondFlight.Content.hello(HelloPlan(), serverName: "a.shakedown.test")
        let client = try await self.run(Self.plan(Self.hello(versions: [0x7f7f]), .alert, second))
        #expect(client.handshake.alertsReceived.map(\.name) == ["protocol_version"])
        #expect(self.hasSaidMore(client) && !client.handshake.isAnswered)
    }

    @Test("does not come where the server never says what it waits for")
    func neverCued() async throws {
        let client = try await self.run(Self.plan(HelloPlan(), .retryRequest, Self.changeOfKeys))
        #expect(client.handshake.isAnswered && !self.hasSaidMore(client))
    }
}
