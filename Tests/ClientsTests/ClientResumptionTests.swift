import Clients
import HangTesting
import ScenarioModel
import Testing

@Suite("Clients that resume", .noHang)
struct ClientResumptionTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var version: TLSVersion
        var usesTickets = true
        var exchange = Exchange.echo
        var testDescription: String {
            "\(self.version.rawValue), tickets: \(self.usesTickets), \(self.exchange)"
        }

        var plan: ClientPlan {
            var plan = ClientPlan.tls(.openssl)
            (plan.minimumVersion, plan.maximumVersion) = (self.version, self.version)
            plan.usesTickets = self.usesTickets
            return plan
        }
    }

    @Test(
        "the second client resumes the first one's session at the upstream",
        arguments: [
            Way(version: .tls12), Way(version: .tls12, usesTickets: false), Way(version: .tls13),
            // The upstream speaks first, so the ticket must have been waited for.
            Way(version: .tls13, exchange: .upstreamFirst),
        ]
    )
    func resumes(_ way: Way) async throws {
        let (clients, upstream) = try await Bench(exchange: way.exchange).resume([way.plan, way.plan])
        #expect(clients.map(\.exchangeCompleted) == [true, true])
        #expect(clients.map(\.handshake.isResumed) == [false, true])
        #expect(clients.map(\.handshake.offeredSession) == [nil, true])
        #expect(upstream.connections.map(\.handshake?.isResumed) == [false, true])
        #expect(clients[1].leg.timeline.contains { $0.detail == "offers to resume a session of openssl" })
        #expect(clients[0].leg.timeline.contains { $0.detail == "saved its session" })
    }

    @Test("an engine that cannot resume says so", arguments: [ClientPlan.Engine.boringssl, .bytes])
    func unable(_ engine: ClientPlan.Engine) async throws {
        let error = try await #require(throws: ClientError.self) {
            _ = try await Bench().resume([.tls(engine)])
        }
        #expect(error.code == .unable)
    }
}
