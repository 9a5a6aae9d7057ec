import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("A crowd that is to come to several endpoints")
struct SpreadTests {
    private static let either = GradedExpectation(
        strict: [
            Made.expect {
                $0.route = .endpoints(["tenant", "other"])
                $0.handshake = .completed
            }
        ]
    )

    private static func testCase(spread: [String]) -> Case {
        var testCase = Made.testCase(.edge, strict: [], exchange: .echo)
        testCase.play = Play(
            players: [Player(name: "crowd", plan: testCase.client, count: 2)],
            moments: [[Step(.connect("crowd", .echo), expectation: Self.either, spread: spread)]]
        )
        return testCase
    }

    /// The two clients came to these upstreams, by their places.
    private static func observation(_ places: [Int]) -> Observation {
        var seen = Made.good(.edge)
        let connection = seen.upstreams[0].connections[0]
        seen.clients.append(seen.clients[0])
        seen.upstreams[0].connections = []
        for (index, place) in places.enumerated() {
            let line = Made.application("shakedown nonce\(index)\n")
            seen.clients[index].applicationSent = line
            seen.clients[index].leg.sent = ByteString(Made.hello(random: UInt8(index)))
            var own = connection
            own.applicationReceived = line
            seen.upstreams[place].connections.append(own)
        }
        seen.steps = [StepObservation(number: "1", action: "", began: 0, ended: 1)]
        return seen
    }

    @Test(
        "fails where one of them got nobody, whoever was served",
        arguments: [([0, 1], Outcome.pass), ([0, 0], .fail), ([1, 1], .fail)]
    )
    func spread(places: [Int], outcome: Outcome) {
        let verdict = Made.judge.judge(Self.testCase(spread: ["tenant", "other"]), Self.observation(places))
        #expect(verdict.outcome == outcome, "\(verdict.summary)")
        #expect(verdict.failedChecks.map(\.check) == (outcome == .pass ? [] : ["spread"]))
        if places == [0, 0] {
            #expect(
                verdict.summary
                    == "step 1 (connect crowd): spread: expected one client at least on tenant and on other, "
                    + "observed 2 on tenant, 0 on other"
            )
        }
    }

    @Test("is not asked for where the step does not")
    func unasked() {
        #expect(Made.judge.judge(Self.testCase(spread: []), Self.observation([0, 0])).outcome == .pass)
    }
}
