import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("Deliveries of a real engine's hello", .noHang)
struct DeliveryTests {
    @Test(
        "however the hello is cut, the handshake completes and the bytes are the client's",
        arguments: [
            Delivery(recordCuts: [.insideServerName]), Delivery(recordSize: 16), Delivery(recordSize: 1),
            Delivery(segmentSize: 1), Delivery(segmentCuts: [.insideRecordHeader], gapMilliseconds: 5),
            Delivery(segmentCuts: [.insideServerName, .beforeLastByte], gapMilliseconds: 5),
            Delivery(recordCuts: [.middle], segmentCuts: [.insideRecordHeader, .middle], gapMilliseconds: 5),
        ],
        [ClientPlan.Engine.openssl, .boringssl]
    )
    func delivery(_ delivery: Delivery, _ engine: ClientPlan.Engine) async throws {
        let (clients, upstream) = try await Bench().run(.tls(engine, delivery: delivery))
        let client = try #require(clients.first)
        let server = try #require(upstream.connections.first)
        #expect(client.exchangeCompleted && server.exchangeCompleted)
        #expect(client.leg.sentDigest == server.leg.receivedDigest)
        if delivery.gapMilliseconds > 0 {
            #expect(server.leg.firstReadCount < client.leg.sentCount)
        }
    }
}
