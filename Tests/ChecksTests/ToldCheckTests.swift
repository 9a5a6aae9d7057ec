import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("What a webhook was told")
struct ToldCheckTests {
    private static let event = ToldEvent(fields: [.init(path: "a", value: "1")])
    private static let good = [APIAnswer.Field(path: "a", expected: "1", found: "1")]
    private static let bad = [APIAnswer.Field(path: "a", expected: "1", found: "2")]
    private static let stranger = [APIAnswer.Field(path: "event_type", expected: nil, found: #""b.v0""#)]

    @Test(
        "is held to the number of events, and to what each of them says",
        arguments: [
            ([event], [good], []), ([], [], []), ([event], [], ["told"]), ([event], [bad], ["told field"]),
            ([event], [good, stranger], ["told"]), ([event, event], [good, bad], ["told field"]),
            ([], [stranger], ["told"]),
        ] as [([ToldEvent], [[APIAnswer.Field]], [String])]
    )
    func checks(expected: [ToldEvent], seen: [[APIAnswer.Field]], failed: [String]) {
        #expect(ToldCheck.results(of: expected, seen).filter { !$0.holds }.map(\.check) == failed)
    }

    @Test("is judged as the step that it is, and names what came besides")
    func step() {
        var testCase = Made.testCase(.edge, strict: [])
        testCase.play = Play(players: [], moments: [[Step(.told([Self.event]))]])
        var seen = Made.good(.edge)
        seen.clients = []
        func verdict(_ told: [[APIAnswer.Field]]?) -> Verdict {
            seen.steps = [StepObservation(number: "1", action: "", began: 0, ended: 1, told: told)]
            return Made.judge.judge(testCase, seen)
        }
        #expect(verdict([Self.good]).outcome == .pass)
        #expect(verdict([Self.good, Self.stranger]).outcome == .fail)
        #expect(verdict([Self.good, Self.stranger]).summary.contains(#""b.v0""#))
        #expect(verdict(nil).outcome == .error)
    }
}
