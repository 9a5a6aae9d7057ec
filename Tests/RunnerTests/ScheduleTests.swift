import ScenarioModel
import Testing

@testable import Runner

@Suite("Which cases run together")
struct ScheduleTests {
    enum Lane: Sendable { case waiting, disruptive, heavy, ordinary }

    private static func killing() -> Case {
        var testCase = SampleCase.make("killing")
        testCase.play = Play(
            players: [Player(name: "client", plan: testCase.client)],
            moments: [[Step(.agent("e0", .kill))], [Step(.connect("client", .echo))]]
        )
        return testCase
    }

    @Test(
        "what only waits starts at once, what fills a core or stops an agent is few at a time",
        arguments: [
            (SampleCase.make("idle", exchange: .idle), Lane.waiting),
            (SampleCase.make("half-open", exchange: .clientHalfOpen), Lane.waiting),
            (SampleCase.make("deadline", exchange: .wait, within: .deadline(.hello)), .waiting),
            (SampleCase.make("slow", exchange: .wait, within: .milliseconds(1_000...2_000)), .waiting),
            (SampleCase.make("dripping", exchange: .wait, gap: 50), .waiting),
            (SampleCase.make("soon", exchange: .wait, within: .milliseconds(0...500)), .ordinary),
            (SampleCase.make("refused", exchange: .wait), .ordinary),
            (SampleCase.make("echo", exchange: .echo, gap: 50), .ordinary),
            (SampleCase.make("transfer", exchange: .transfer(up: 1, down: 1)), .heavy),
            (Self.killing(), .disruptive),
        ]
    )
    func lanes(testCase: Case, lane: Lane) {
        let schedule = Schedule([testCase])
        let lanes: [Lane: [Case]] = [
            .waiting: schedule.waiting, .disruptive: schedule.disruptive, .heavy: schedule.heavy,
            .ordinary: schedule.ordinary,
        ]
        #expect(lanes[lane] == [testCase])
        #expect(lanes.values.reduce(0) { $0 + $1.count } == 1)
    }
}
