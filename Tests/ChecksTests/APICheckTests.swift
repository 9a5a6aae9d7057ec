import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("What an API answered")
struct APICheckTests {
    private static let call = APICall(method: .post, path: "/a")

    @Test(
        "is held to status and fields, of which one that is left out is null",
        arguments: [
            (APIAnswer(status: 201), nil), (APIAnswer(status: 200), "api status"),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: "1", found: "1")]), nil),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: "1", found: "2")]), "api field"),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: "1", found: nil)]), "api field"),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: "null", found: nil)]), nil),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: "null", found: "0")]), "api field"),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: nil, found: "")]), nil),
            (APIAnswer(status: 201, fields: [.init(path: "a", expected: nil, found: nil)]), "api field"),
        ] as [(APIAnswer, String?)]
    )
    func checks(answer: APIAnswer, failed: String?) {
        let failing = APICheck.results(of: Self.call, answer).filter { !$0.holds }.map(\.check)
        #expect(failing == [failed].compactMap(\.self))
    }

    @Test("is judged as the step that it is")
    func step() {
        var testCase = Made.testCase(.edge, strict: [])
        testCase.play = Play(players: [], moments: [[Step(.api(Self.call))]])
        var seen = Made.good(.edge)
        seen.clients = []
        func verdict(_ answer: APIAnswer?) -> Verdict {
            seen.steps = [StepObservation(number: "1", action: "", began: 0, ended: 1, answer: answer)]
            return Made.judge.judge(testCase, seen)
        }
        #expect(verdict(APIAnswer(status: 201)).outcome == .pass)
        #expect(
            verdict(APIAnswer(status: 400, words: "ERR_NGROK_1 no")).summary
                == "step 1 (api POST /a): api status: expected 201, observed 400: ERR_NGROK_1 no"
        )
        #expect(verdict(nil).outcome == .error)
    }
}
