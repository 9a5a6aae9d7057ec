import Clients
import Foundation
import Legs
import ScenarioModel
import Synchronization
import Targets
import Upstreams

/// One case, from its client's first byte to the last thing that can be known of it.
struct CaseRun: Sendable {
    let testCase: Case
    let stage: Stage
    let seed: Seed

    /// How long after the client's end the upstream's leg may take to end as well.
    private static let settling = Duration.seconds(3)
    /// How long a misrouted connection may take to show up at an upstream before the case is judged provisionally; what
    /// comes later is found when the case is confirmed.
    private static let lateness = Duration.milliseconds(50)
    /// How long an event may take from the end of its connection.
    private static let eventPatience = Duration.seconds(2)

    func run() async -> Observation {
        let start = ContinuousClock.now
        var clients = [await self.client(start: start)]
        if self.testCase.exchange == .agentRestarted {
            clients.append(await self.client(start: start))
        }
        if self.testCase.expectsNoRoute {
            try? await Task.sleep(for: Self.lateness)
        } else {
            await self.stage.upstreams.waitUntilIdle(self.endpointIDs, timeout: Self.settling)
        }
        return Observation(
            clients: clients,
            upstreams: self.stage.upstreamObservations(of: self.testCase),
            events: await self.events()
        )
    }
}
