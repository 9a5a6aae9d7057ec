import Addresses
import Clients
import CredentialTesting
import HangTesting
import ScenarioModel
import Testing

@Suite("Refused client certificates, by a server that is not ours", .noHang)
struct CertificateRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var engine: ClientPlan.Engine
        var version: TLSVersion
        var hasCertificate: Bool
        /// In TLS 1.3 a client is done before its certificate is looked at.
        var isCompleted: Bool { self.version == .tls13 }
        var alerts: [String] {
            if self.hasCertificate { return ["unknown_ca"] }
            return self.version == .tls13 ? ["certificate_required"] : ["handshake_failure"]
        }
        var testDescription: String {
            "\(self.engine.rawValue), TLS \(self.version.rawValue), \(self.hasCertificate ? "untrusted" : "none")"
        }
    }

    @Test(
        "the refusal is reported, also when it comes after the client's own handshake",
        arguments: [ClientPlan.Engine.openssl, .boringssl].flatMap { engine in
            [TLSVersion.tls12, .tls13].flatMap { version in
                [true, false].map { Row(engine: engine, version: version, hasCertificate: $0) }
            }
        }
    )
    func refusal(_ row: Row) async throws {
        let server = try OpenSSLServer(row.version)
        let environment = ClientEnvironment(
            edgeAddress: TransportAddress(ip: .loopback, port: UInt16(server.port)),
            credential: row.hasCertificate ? try TestCredential.client.get() : nil,
            nonces: ["n"],
            seed: 1,
            exchange: .echo,
            deadline: .seconds(20),
            eventLoopGroup: Bench.group
        )
        let client = try await CaseClient().run(.tls(row.engine), in: environment).observation
        server.stop()
        #expect(client.handshake.isCompleted == row.isCompleted)
        #expect(client.handshake.alertsReceived.map(\.name) == row.alerts)
        #expect(client.handshake.alertsReceived.map(\.level) == [2])
        if row.engine == .openssl { #expect(client.handshake.certificateWasRequested) }
        #expect(!client.exchangeCompleted)
        #expect(client.applicationReceived.count == 0)
        #expect([.fin, .reset].contains(client.leg.ending))
    }
}
