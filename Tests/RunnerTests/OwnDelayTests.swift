import ScenarioModel
import Testing

@Suite("How long the harness itself kept a connection waiting")
struct OwnDelayTests {
    private static func leg(_ delay: Double?) -> LegObservation {
        var leg = LegObservation()
        leg.ownDelay = delay
        return leg
    }

    private static func observation(client: Double?, upstream: Double?) -> Observation {
        Observation(
            clients: [ClientObservation(leg: Self.leg(nil)), ClientObservation(leg: Self.leg(client))],
            upstreams: [
                UpstreamObservation(endpoint: "other"),
                UpstreamObservation(endpoint: "tenant", connections: [UpstreamConnection(leg: Self.leg(upstream))]),
            ]
        )
    }

    @Test("a play's clients wait on purpose, its upstreams do not")
    func play() {
        let clientsWaits = Self.observation(client: 900, upstream: 300)
        #expect(clientsWaits.ownDelay(inPlay: false) == .milliseconds(900))
        #expect(clientsWaits.ownDelay(inPlay: true) == .milliseconds(300))
        let upstreamsWaits = Self.observation(client: 300, upstream: 900)
        #expect(upstreamsWaits.ownDelay(inPlay: false) == .milliseconds(900))
        #expect(upstreamsWaits.ownDelay(inPlay: true) == .milliseconds(900))
        #expect(Self.observation(client: nil, upstream: nil).ownDelay(inPlay: true) == .zero)
    }
}
