import Addresses
import Clients
import Exchanges
import Legs
import NIOCore
import ScenarioModel

/// Clients of an edge whose upstreams are somebody else's: they say nothing once their handshake is done.
struct OutsideClient: Sendable {
    let address: TransportAddress
    let seed: Seed
    let group: any EventLoopGroup

    private static let patience = Duration.seconds(10)

    /// A handshake, and an end in order.
    func greet(
        _ plan: ClientPlan,
        saving: Bool = false,
        resuming session: SavedSession? = nil
    ) async throws -> ClientOutcome {
        var environment = self.environment(of: "greeting", exchange: .echo, within: Self.patience)
        environment.savesSession = saving
        environment.resumes = session
        return try await CaseClient().run(plan, in: environment)
    }

    func play(_ testCase: Case, within patience: Duration) async throws -> ClientObservation {
        let environment = self.environment(
            of: testCase.id,
            exchange: testCase.exchange,
            within: patience + .seconds(testCase.client.slowness)
        )
        return try await CaseClient().run(testCase.client, in: environment).observation
    }

    private func environment(of id: String, exchange: Exchange, within patience: Duration) -> ClientEnvironment {
        ClientEnvironment(
            edgeAddress: self.address,
            nonces: [self.seed.nonce(for: id, repetition: 0, connection: 0)],
            seed: self.seed.derived(for: id),
            exchange: exchange,
            deadline: patience,
            eventLoopGroup: self.group,
            choreography: exchange == .echo ? HandshakeAlone() : nil
        )
    }
}
