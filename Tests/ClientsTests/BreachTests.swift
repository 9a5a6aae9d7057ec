import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("Records that no server may accept", .noHang)
struct BreachTests {
    struct Row: Sendable {
        var breach: Exchange.Breach
        var alert: String
    }

    @Test(
        "are answered by OpenSSL with the alert of the specification, which both engines see",
        arguments: [
            Row(breach: .brokenTag, alert: "bad_record_mac"),
            Row(breach: .oversizedRecord, alert: "record_overflow"),
            Row(breach: .unknownRecordType, alert: "unexpected_message"),
        ],
        [ClientPlan.Engine.openssl, .boringssl]
    )
    func breach(_ row: Row, _ engine: ClientPlan.Engine) async throws {
        let (clients, upstream) = try await Bench(exchange: .breach(row.breach)).run(.tls(engine))
        let client = try #require(clients.first)
        #expect(client.handshake.isCompleted)
        #expect(client.handshake.alertsReceived.map(\.name) == [row.alert])
        let server = try #require(upstream.connections.first)
        #expect(server.applicationReceived.excerpt == ByteString("shakedown first\n".utf8))
    }

    @Test("a preface stands in front of the hello, in the same segment")
    func preface() async throws {
        var plan = ClientPlan.tls(.openssl)
        plan.preface = ByteString("PROXY UNKNOWN\r\n".utf8)
        let (clients, upstream) = try await Bench().run(plan)
        #expect(clients.first?.exchangeCompleted == true)
        let server = try #require(upstream.connections.first)
        guard case .valid(let version, _, _, _, _, _) = server.proxyHeader else {
            Issue.record("\(server.proxyHeader)")
            return
        }
        #expect(version == 1)
        #expect(server.leg.firstReadCount > 200)
    }
}
