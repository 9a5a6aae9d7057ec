import Legs
import ScenarioModel
import Testing

@testable import Runner

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

    @Test("a first flight in many pieces, each a little late, is late by the sum")
    func sending() {
        func delay(sentAfter: Double?, endedAfter: Double = 0, gap: Int = 2) -> Duration {
            var testCase = SampleCase.make("a", gap: gap)
            testCase.client.delivery.segmentSize = 2
            var leg = LegObservation()
            leg.phases = .init(connect: 0)
            leg.phases?.helloSent = sentAfter
            leg.endedAfter = endedAfter
            let observation = Observation(clients: [ClientObservation(leg: leg)], upstreams: [])
            return testCase.sendingDelay(observation, limits: [:])
        }
        // A hello of its own making is taken for 2,048 bytes: 1,024 gaps of 2 ms.
        #expect(delay(sentAfter: 1_900) == .zero)
        #expect(delay(sentAfter: 2_548).milliseconds.rounded() == 500)
        #expect(
            delay(sentAfter: nil, endedAfter: 3_048).milliseconds.rounded() == 1_000,
            "the target gave up meanwhile"
        )
        #expect(delay(sentAfter: 9_000, gap: 0) == .zero, "nothing was to be waited for")
    }
}
