import ScenarioModel
import Testing
import Verdicts

@testable import Runner

@Suite("What is kept of what was seen")
struct KeptEvidenceTests {
    private static var seen: Observation {
        var client = ClientObservation()
        client.leg.sent = ByteString([1, 2, 3])
        client.leg.sentCount = 3
        client.leg.timeline = [TimelineEntry(at: 1, kind: .sent, detail: "3 bytes")]
        client.applicationSent = ApplicationObservation(count: 1, digest: "d", excerpt: ByteString([1]))
        var connection = UpstreamConnection()
        connection.leg.received = ByteString([1, 2, 3])
        connection.leg.receivedCount = 3
        return Observation(
            clients: [client],
            upstreams: [UpstreamObservation(endpoint: "tenant", connections: [connection])]
        )
    }

    @Test("the bytes of a plain pass go, and how it went stays")
    func pass() throws {
        let kept = try #require(KeptEvidence.failures.kept(Self.seen, of: .pass))
        #expect(kept.clients[0].leg.sent == ByteString())
        #expect(kept.clients[0].applicationSent.excerpt == ByteString())
        #expect(kept.upstreams[0].connections[0].leg.received == ByteString())
        #expect(kept.clients[0].leg.sentCount == 3)
        #expect(kept.clients[0].leg.timeline == Self.seen.clients[0].leg.timeline)
        #expect(kept.upstreams[0].connections[0].leg.receivedCount == 3)
    }

    @Test("everything else keeps its bytes, and a pass does when that is asked for", arguments: Outcome.allCases)
    func others(outcome: Outcome) {
        if outcome != .pass { #expect(KeptEvidence.failures.kept(Self.seen, of: outcome) == Self.seen) }
        #expect(KeptEvidence.all.kept(Self.seen, of: outcome) == Self.seen)
        #expect(KeptEvidence.failures.kept(nil, of: outcome) == nil)
    }
}
