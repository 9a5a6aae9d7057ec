import ScenarioModel
import Synchronization
import Testing
import Verdicts

@testable import Runner

@Suite("Verdicts wait for a control")
struct ResultBoardTests {
    @Test("a case is not final before a control that began after its end")
    func waits() {
        let board = Self.board()
        let before = ContinuousClock.now
        board.add(Self.refusal("a"), Self.nothingSeen, began: before) { _, _ in Verdict(outcome: .pass) }
        board.confirm(before: before) { _, _ in nil }
        #expect(board.results.isEmpty)
        board.confirm(before: .now) { _, _ in nil }
        #expect(board.results.map(\.verdict.outcome) == [.pass])
    }

    @Test("a refusal by a target that then died is no pass; a connection that came through is one")
    func condemns() {
        let board = Self.board()
        var served = Self.refusal("served")
        served.expectation.strict[0].route = .endpoint("tenant")
        board.add(Self.refusal("refused"), Self.nothingSeen, began: .now) { _, _ in Verdict(outcome: .pass) }
        board.add(Self.refusal("failed"), Self.nothingSeen, began: .now) { _, _ in Verdict(outcome: .fail) }
        board.add(served, Self.nothingSeen, began: .now) { _, _ in Verdict(outcome: .pass) }
        board.condemn(unproven: [Self.refusal("not run"), served], because: "it died")
        let outcomes = Dictionary(uniqueKeysWithValues: board.results.map { ($0.testCase.id, $0.verdict.outcome) })
        #expect(outcomes == ["refused": .skipped, "failed": .fail, "served": .pass, "not run": .skipped])
    }

    @Test("a contact that shows up after the case's end changes its verdict")
    func lateContact() {
        let board = Self.board()
        board.add(Self.refusal("a"), Self.nothingSeen, began: .now) { _, observation in
            Verdict(outcome: observation.upstreams[0].connections.isEmpty ? .pass : .fail)
        }
        board.confirm(before: .now) { _, _ in
            [UpstreamObservation(endpoint: "tenant", connections: [UpstreamConnection()])]
        }
        #expect(board.results.map(\.verdict.outcome) == [.fail])
    }

    @Test("an interrupted run keeps what was seen")
    func interrupted() {
        let board = Self.board()
        board.add(Self.refusal("a"), Self.nothingSeen, began: .now) { _, _ in Verdict(outcome: .pass) }
        board.confirmAll()
        #expect(board.results.count == 1)
    }

    private static let nothingSeen = Observation(clients: [], upstreams: [UpstreamObservation(endpoint: "tenant")])

    private static func board() -> ResultBoard {
        ResultBoard { testCase, verdict, observation, seconds in
            CaseResult(testCase: testCase, verdict: verdict, observation: observation, durationSeconds: seconds)
        }
    }

    private static func refusal(_ id: String) -> Case {
        var expectation = ScenarioModel.Expectation()
        expectation.route = ScenarioModel.Expectation.Route.none
        return Case(
            id: id,
            scenario: "s",
            role: .passthrough,
            endpoints: [],
            client: ClientPlan(engine: .bytes, serverName: nil),
            exchange: .wait,
            expectation: GradedExpectation(strict: [expectation])
        )
    }
}
