import ScenarioModel
import Testing

@testable import Runner

@Suite("How long a play leaves a connection alone")
struct SilenceTests {
    private static func silence(_ steps: [(action: Step.Action, began: Double, ended: Double)]) -> Double {
        let play = Play(
            players: ["held", "other"].map { Player(name: $0, plan: ClientPlan(engine: .openssl, serverName: nil)) },
            moments: steps.map { [Step($0.action)] }
        )
        let observations = steps.enumerated().map { index, step in
            StepObservation(number: "\(index + 1)", action: "", began: step.began, ended: step.ended)
        }
        return play.longestSilence(in: observations)
    }

    @Test("is what passes between two steps of its client")
    func between() {
        let slow = Self.silence([
            (.open("held"), 0, 100), (.connect("other", .echo), 100, 6200), (.say("held", .line), 6200, 6300),
            (.hear("held", .all), 6300, 6400), (.end("held"), 6400, 6500),
        ])
        #expect(slow == 6100)
        let busy = Self.silence([
            (.open("held"), 0, 100), (.say("held", .line), 100, 200), (.hear("held", .all), 200, 9000),
            (.end("held"), 9000, 9001),
        ])
        #expect(busy == 0)
    }

    @Test("is not what the play waits for, nor what comes once it is closed")
    func meant() {
        let waiting = Self.silence([
            (.open("held"), 0, 100), (.wait(milliseconds: 7000), 100, 7100), (.say("held", .line), 7150, 7200),
        ])
        #expect(waiting == 50)
        let closed = Self.silence([
            (.open("held"), 0, 100), (.end("held"), 100, 110), (.connect("other", .echo), 110, 9000),
            (.open("held"), 9000, 9100), (.end("held"), 9100, 9200),
        ])
        #expect(closed == 0)
    }
}
