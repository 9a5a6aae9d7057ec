import ClientPrograms
import Clients
import CredentialTesting
import NIOCore
import NIOPosix
import ScenarioModel
import Testing
import Upstreams

/// A client and one upstream, with nothing between them: what a perfect passthrough edge looks like.
struct Bench {
    static let group = MultiThreadedEventLoopGroup.singleton
    static let endpointID = "tenant"

    let fleet = UpstreamFleet(group: Bench.group)
    var exchange = Exchange.echo
    var upstream = UpstreamPlan()
    /// The client's. The upstream's is far behind it: what a late client finds must not be the upstream's own giving up.
    var deadline: Duration = .seconds(20)
    /// Of a client that is a program.
    var program: ClientKit?

    /// Runs one case and returns what both ends saw, once both are done.
    func run(_ plan: ClientPlan) async throws -> (clients: [ClientObservation], upstream: UpstreamObservation) {
        try await self.play { environment in [try await CaseClient().run(plan, in: environment).observation] }
    }

    /// Runs one client after the other, each of which resumes the session of the one before it.
    func resume(
        _ plans: [ClientPlan]
    ) async throws -> (clients: [ClientObservation], upstream: UpstreamObservation) {
        try await self.play { environment in
            var environment = environment
            environment.savesSession = true
            var clients: [ClientObservation] = []
            for plan in plans {
                let outcome = try await CaseClient().run(plan, in: environment)
                clients.append(outcome.observation)
                environment.resumes = outcome.session
            }
            return clients
        }
    }

    private func play(
        _ clients:
            @Sendable (ClientEnvironment) async throws -> [ClientObservation]
    ) async throws -> (clients: [ClientObservation], upstream: UpstreamObservation) {
        let endpoint = EndpointPlan(
            key: "tenant",
            domain: "a.shakedown.test",
            role: .passthrough,
            upstream: self.upstream
        )
        let credential = try TestCredential.server.get()
        try await self.fleet.start(
            [.init(id: Self.endpointID, plan: endpoint, exchange: self.exchange, seed: 42)],
            credential: { _ in credential }
        )
        let fleet = self.fleet
        let start = ContinuousClock.now
        let visit = fleet.begin(
            "case",
            endpoints: [Self.endpointID],
            nonces: ["first", "second"],
            at: start,
            deadline: self.deadline + .seconds(100)
        )
        var environment = ClientEnvironment(
            edgeAddress: try #require(fleet.address(for: Self.endpointID)),
            nonces: ["first", "second"],
            seed: 42,
            exchange: self.exchange,
            deadline: self.deadline,
            caseStart: start,
            eventLoopGroup: Self.group,
            announce: { fleet.announce(firstFlight: $0, of: visit) }
        )
        environment.program = self.program
        do {
            let clients = try await clients(environment)
            #expect(await fleet.waitUntilIdle(visit, timeout: .seconds(60)))
            let upstream = UpstreamObservation(
                endpoint: Self.endpointID,
                connections: fleet.contacts(of: visit).map(\.connection)
            )
            await fleet.stop()
            return (clients, upstream)
        } catch {
            await fleet.stop()
            throw error
        }
    }
}

extension ClientPlan {
    static func tls(_ engine: Engine, delivery: Delivery = Delivery()) -> ClientPlan {
        ClientPlan(engine: engine, serverName: "a.shakedown.test", delivery: delivery)
    }
}
