import Checks
import ScenarioModel
import Testing

@testable import Runner

@Suite("Which events are of a play")
struct PlayEventsTests {
    private static let began = Instant(secondsSince1970: 1_795_417_353, nanoseconds: 500_000_000)
    private static let testCase = SampleCase.make("a", endpoints: 1)

    private static func event(_ id: String, startedAt start: String) -> ConnectionEvent {
        ConnectionEvent(
            eventID: id,
            eventType: "tcp_connection_closed.v0",
            serverName: "e0.a.test",
            clientIP: "127.0.0.1",
            serverIP: "127.0.0.1",
            serverPort: 443,
            bytesIn: 0,
            bytesOut: 0,
            startTimestamp: start,
            endTimestamp: start,
            ipPolicyDecision: "allow"
        )
    }

    private static func ids(_ play: PlayEvents, _ events: [ConnectionEvent]) -> [String] {
        play.all { $0 == "e0.a.test" ? events : [] }.map(\.eventID)
    }

    @Test("of the first play everything is its own, whatever its times")
    func first() {
        let play = PlayEvents(of: Self.testCase, repetition: 0, now: Self.began) { _ in [] }
        let events = [
            Self.event("1", startedAt: "2026-11-23T07:02:33.1Z"), Self.event("2", startedAt: "2026-11-23T07:02:33.9Z"),
        ]
        #expect(Self.ids(play, events) == ["1", "2"])
    }

    @Test("events of an earlier play are not counted again, also where they come late; a second of its own is")
    func playedAgain() {
        let first = Self.event("1", startedAt: "2026-11-23T07:02:33.499Z")
        let play = PlayEvents(of: Self.testCase, repetition: 1, now: Self.began) { $0 == "e0.a.test" ? [first] : [] }
        #expect(Self.ids(play, [first]).isEmpty)
        let late = Self.event("1 again", startedAt: "2026-11-23T07:02:33.499999Z")
        let own = Self.event("2", startedAt: "2026-11-23T07:02:33.500001Z")
        let second = Self.event("3", startedAt: "2026-11-23T07:02:34Z")
        #expect(Self.ids(play, [first, late, own, second]) == ["2", "3"])
    }

    @Test("a time that cannot be read hides no event")
    func unreadable() {
        let play = PlayEvents(of: Self.testCase, repetition: 1, now: Self.began) { _ in [] }
        #expect(Self.ids(play, [Self.event("1", startedAt: "yesterday")]) == ["1"])
    }
}
