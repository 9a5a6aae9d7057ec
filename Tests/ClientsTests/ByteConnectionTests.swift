import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("Byte client", .noHang)
struct ByteConnectionTests {
    private func run(
        _ opening: Opening,
        delivery: Delivery = Delivery(),
        deadline: Duration = .seconds(10),
        maximumVersion: TLSVersion = .tls13
    ) async throws -> ClientObservation {
        var plan = ClientPlan(
            engine: .bytes,
            serverName: "a.shakedown.test",
            maximumVersion: maximumVersion,
            opening: opening
        )
        plan.delivery = delivery
        let (clients, _) = try await Bench(exchange: .wait, deadline: deadline).run(plan)
        return try #require(clients.first)
    }

    @Test("a good hello is answered", arguments: [TLSVersion.tls12, .tls13])
    func answered(_ version: TLSVersion) async throws {
        let client = try await self.run(.builtHello(HelloPlan()), maximumVersion: version)
        #expect(client.handshake.isAnswered)
        #expect(client.handshake.version == version)
        #expect(client.handshake.cipherSuite != nil)
        // TLS 1.3 hides it.
        #expect(client.handshake.peerCertificates.isEmpty == (version == .tls13))
        #expect(!client.handshake.isCompleted)
        #expect(client.leg.ending == .closedByUs)
        #expect(client.leg.endedAfter >= 100)
    }

    @Test("a broken hello is answered with an alert and the end")
    func broken() async throws {
        var hello = HelloPlan()
        hello.lengthErrors = [.init(field: .extensions, delta: 1)]
        let client = try await self.run(.builtHello(hello))
        #expect(client.handshake.alertsReceived.map(\.name) == ["decode_error"])
        #expect(!client.handshake.isAnswered)
        #expect(client.leg.ending == .fin)
    }

    @Test("a hello without a key share is asked for another one, and that is told by its name")
    func retried() async throws {
        var hello = HelloPlan()
        hello.extensionEdits = [.replace(type: 51, data: ByteString([0, 0]))]
        let client = try await self.run(.builtHello(hello), deadline: .seconds(10))
        #expect(client.handshake.retryRequest?.group != nil)
        #expect(!client.handshake.isAnswered)
        let told = client.leg.timeline.filter { $0.kind == .handshake }.map(\.detail)
        #expect(told == [client.handshake.retryRequest?.description ?? ""])
    }

    @Test("garbage ends the connection")
    func garbage() async throws {
        let client = try await self.run(.raw(name: "http", bytes: ByteString("GET / HTTP/1.1\r\n\r\n".utf8)))
        #expect(!client.handshake.isAnswered)
        #expect(client.leg.ending == .fin || client.leg.ending == .reset)
    }

    @Test("a client that says nothing waits until the deadline")
    func nothing() async throws {
        let client = try await self.run(.nothing, deadline: .seconds(1))
        #expect(client.leg.ending == .stillOpen)
        #expect(client.leg.sentCount == 0)
        #expect(!client.exchangeCompleted)
    }

    @Test("the same seed sends the same bytes")
    func determinism() async throws {
        let first = try await self.run(.builtHello(HelloPlan()))
        let second = try await self.run(.builtHello(HelloPlan()))
        #expect(first.leg.sent == second.leg.sent)
        #expect(first.leg.sentCount > 100)
    }

    @Test("an exchange that needs TLS is refused before anything is sent")
    func needsTLS() async throws {
        await #expect(throws: ClientError.self) {
            _ = try await Bench(exchange: .echo).run(ClientPlan(engine: .bytes, serverName: nil))
        }
    }

    @Test("an engine that was asked for raw bytes is refused")
    func needsBytes() async throws {
        await #expect(throws: ClientError.self) {
            _ = try await Bench().run(ClientPlan(engine: .openssl, serverName: nil, opening: .nothing))
        }
    }
}
