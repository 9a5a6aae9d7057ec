import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Checks of a client that goes on by itself")
struct SecondFlightCheckTests {
    private static func outcome(after cue: ClientPlan.SecondFlight.Cue?) -> Outcome {
        let expectation = Made.expect {
            $0.handshake = .refused
            $0.isRetried = true
        }
        var testCase = Made.testCase(.edge, strict: [expectation], engine: .bytes, exchange: .wait)
        testCase.client.secondFlight = cue.map { .init(after: $0, .records([])) }
        let observation = Made.refused().with {
            $0.clients[0].handshake.retryRequest = .init(group: "secp256r1")
        }
        return Made.judge.judge(testCase, observation).outcome
    }

    @Test("an answer to the answer to a HelloRetryRequest can be a refusal")
    func refused() {
        #expect(Self.outcome(after: .retryRequest) == .pass)
        #expect(Self.outcome(after: .serverHello) == .fail)
        #expect(Self.outcome(after: nil) == .fail)
    }
}
