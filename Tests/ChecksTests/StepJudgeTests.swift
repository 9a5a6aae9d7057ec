import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Judging a play")
struct StepJudgeTests {
    private static let served = GradedExpectation(
        strict: [
            Made.expect {
                $0.route = .endpoint("tenant")
                $0.handshake = .completed
            }
        ],
        never: [.otherContacted]
    )

    private static let refused = GradedExpectation(
        strict: [
            Made.expect {
                $0.route = Expectation.Route.none
                $0.handshake = .refused
            }
        ],
        never: [.anyContacted]
    )

    /// Of two connections that are opened the first hears something, and then both end.
    private static func testCase(second: GradedExpectation = Self.served) -> Case {
        var testCase = Made.testCase(.edge, strict: [], exchange: .dialogue)
        testCase.play = Play(
            players: ["first", "second"].map { Player(name: $0, plan: testCase.client) },
            moments: [
                [Step(.open("first"), expectation: Self.served)], [Step(.open("second"), expectation: second)],
                [Step(.hear("first", .all))], [Step(.end("first")), Step(.reset("second"))],
            ]
        )
        return testCase
    }

    private static func observation() -> Observation {
        var seen = Made.good(.edge)
        seen.clients.append(seen.clients[0])
        seen.upstreams[0].connections.append(seen.upstreams[0].connections[0])
        for index in 0..<2 {
            let line = Made.application("shakedown nonce\(index)\n")
            seen.clients[index].applicationSent = line
            seen.clients[index].leg.sent = ByteString(Made.hello(random: UInt8(index)))
            seen.upstreams[0].connections[index].applicationReceived = line
        }
        seen.steps = ["1", "2", "3", "4.1", "4.2"].map { StepObservation(number: $0, action: "", began: 0, ended: 1) }
        return seen
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var outcome: Outcome
        /// How the summary begins.
        var summary = ""
        var second = StepJudgeTests.served
        var change: @Sendable (inout Observation) -> Void = { _ in }
        var testDescription: String { self.name }
    }

    @Test(
        "comes to what its worst step comes to, and says which it was",
        arguments: [
            Row(name: "all is well", outcome: .pass),
            Row(name: "the second one's bytes elsewhere", outcome: .fail, summary: "step 2 (open second): never other")
            {
                let connection = $0.upstreams[0].connections.remove(at: 1)
                $0.upstreams[1].connections.append(connection)
            },
            Row(name: "the two exchanged", outcome: .pass) { $0.upstreams[0].connections.reverse() },
            Row(name: "both the first one's", outcome: .fail, summary: "step 1 (open first): route") {
                $0.upstreams[0].connections[1] = $0.upstreams[0].connections[0]
            },
            Row(name: "nothing was heard", outcome: .fail, summary: "step 3 (hear first): hear") {
                $0.steps?[2].troubles = [.init(connection: 0, sentence: "nothing came")]
            },
            Row(name: "nothing was heard, and it stayed open", outcome: .hang, summary: "step 3 (hear first): hear") {
                $0.steps?[2].troubles = [.init(connection: 0, sentence: "nothing came")]
                $0.clients[0].leg.ending = .stillOpen
            },
            Row(name: "reset, and the upstream not", outcome: .fail, summary: "step 4.2 (reset second): reset") {
                $0.upstreams[0].connections[1].leg.ending = .stillOpen
            },
            Row(
                name: "the second refused beside the first",
                outcome: .pass,
                second: StepJudgeTests.refused
            ) {
                $0.upstreams[0].connections.remove(at: 1)
                $0.clients[1].applicationReceived = ApplicationObservation()
            },
            Row(
                name: "the second let in",
                outcome: .fail,
                summary: "step 2 (open second): never any-contacted",
                second: StepJudgeTests.refused
            ),
            Row(name: "a step was not played", outcome: .error, summary: "step 4.2 (reset second): the harness") {
                $0.steps?.removeLast()
            },
        ]
    )
    func verdict(_ row: Row) {
        var seen = Self.observation()
        row.change(&seen)
        let verdict = Made.judge.judge(Self.testCase(second: row.second), seen)
        #expect(verdict.outcome == row.outcome, "\(verdict.summary)")
        #expect(verdict.summary.hasPrefix(row.summary), "\(verdict.summary)")
        if row.outcome == .fail { #expect(verdict.failedChecks.allSatisfy { $0.title.hasPrefix("step ") }) }
    }

    struct Count: Sendable, CustomTestStringConvertible {
        var expected: [TargetCounter: CountExpectation]
        var counted: [TargetCounter: Int]?
        var summary = ""
        var testDescription: String { "\(self.expected) \(self.counted ?? [:])" }
    }

    @Test(
        "what the target has counted is held to what happened",
        arguments: [
            Count(expected: [.accepted: .number(2), .active: .number(0)], counted: [.accepted: 2, .active: 0]),
            Count(
                expected: [.accepted: .number(2), .active: .number(0)],
                counted: [.accepted: 2, .active: 1],
                summary: "step 5 (counters): counter: expected active 0, observed 1"
            ),
            Count(
                expected: [.handshakes: .number(1)],
                counted: [:],
                summary: "step 5 (counters): counter: expected handshakes 1, observed not told"
            ),
            Count(
                expected: [.handshakes: .number(0)],
                summary: "step 5 (counters): counter: expected handshakes 0, observed not told"
            ),
            // Two lines of 17 bytes each.
            Count(expected: [.bytesIn: .seen], counted: [.bytesIn: 34]),
            Count(
                expected: [.bytesIn: .seen],
                counted: [.bytesIn: 33],
                summary: "step 5 (counters): counter: expected bytes-in 34, observed 33"
            ),
        ]
    )
    func counters(_ row: Count) {
        var testCase = Self.testCase()
        testCase.play?.moments.append([Step(.target(.count(row.expected)))])
        var seen = Self.observation()
        seen.steps?.append(StepObservation(number: "5", action: "", began: 0, ended: 1, counters: row.counted))
        let verdict = Made.judge.judge(testCase, seen)
        #expect(verdict.outcome == (row.summary.isEmpty ? .pass : .fail), "\(verdict.summary)")
        #expect(verdict.summary == row.summary)
    }

    struct Session: Sendable, CustomTestStringConvertible {
        var name: String
        var wasOffered: Bool?
        var outcome: Outcome
        var judge = Made.judge
        var isResumed: Bool?
        var expected: Bool?
        var second = StepJudgeTests.served
        var testDescription: String { self.name }
    }

    @Test(
        "a client that had no session to offer has tested nothing",
        arguments: [
            Session(name: "offered", wasOffered: true, outcome: .pass),
            Session(name: "none", outcome: .informational),
            Session(name: "none, of a target that promises the strict answer", outcome: .fail, judge: Made.strictJudge),
            Session(name: "none, and let in all the same", outcome: .fail, second: StepJudgeTests.refused),
            Session(name: "a full handshake", wasOffered: true, outcome: .pass, isResumed: false, expected: false),
            Session(name: "a full handshake without it", outcome: .informational, isResumed: false, expected: false),
            Session(name: "no resumption without it", outcome: .informational, isResumed: false, expected: true),
            Session(name: "no resumption of it", wasOffered: true, outcome: .fail, isResumed: false, expected: true),
        ]
    )
    func session(_ row: Session) throws {
        var second = row.second
        second.strict[0].isResumed = row.expected
        var testCase = Self.testCase(second: second)
        testCase.play?.players[1].resumes = "first"
        var seen = Self.observation()
        seen.clients[1].handshake.offeredSession = row.wasOffered
        seen.clients[1].handshake.isResumed = row.isResumed
        let verdict = row.judge.judge(testCase, seen)
        #expect(verdict.outcome == row.outcome, "\(verdict.summary)")
        let isSaid = verdict.summary.contains("session: expected an earlier session, offered again, observed none")
        #expect(isSaid == (row.wasOffered == nil && row.second == Self.served), "\(verdict.summary)")
        #expect(verdict.failedChecks.contains { $0.check == "session" } == (row.wasOffered == nil))
    }

    @Test("a broken invariant of any step is the case's")
    func invariant() {
        let verdict = Made.judge.judge(Self.testCase(second: Self.refused), Self.observation())
        #expect(verdict.brokenInvariant == .anyContacted)
    }
}
