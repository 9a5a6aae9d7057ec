import Checks
import ScenarioModel
import Synchronization
import Testing

@testable import Runner

@Suite("Who answers while the agents stand still", .timeLimit(.minutes(1)))
struct AgentTrialTests {
    private static let witness = Controls.cases(for: [.edge], baseDomain: "shakedown.test")[0]

    private static func agents(_ id: String) -> Case {
        let endpoint = EndpointPlan(key: "tenant", domain: "\(id).shakedown.test", role: .agent)
        var testCase = SampleCase.make(id)
        testCase.endpoints = [endpoint]
        return testCase
    }

    /// Edges that answer these after so long: nobody waits in these tests, as it is only told how long they would.
    private static func trial(_ delays: [String: Duration]) -> AgentTrial {
        AgentTrial(patience: [.milliseconds(2), .milliseconds(60)], blindPatience: [.milliseconds(12)]) {
            question,
            patience in
            guard let delay = delays[question.domain], delay <= patience else { return .silence }
            return .hello(after: delay)
        }
    }

    private static let prompt = AgentTrial.Answer.hello(after: .microseconds(200))
    private static let usual = ["a.shakedown.test": Self.prompt, "b.shakedown.test": Self.prompt]

    @Test("nobody, where the agent ends TLS")
    func agent() async throws {
        let trial = Self.trial(["control-edge.shakedown.test": .milliseconds(1)])
        let proof = try await trial.prove([Self.witness, Self.agents("a"), Self.agents("b")], Self.usual)
        #expect(proof.answers == ["a.shakedown.test": false, "b.shakedown.test": false])
        #expect(!proof.isCutShort)
    }

    @Test("an edge in the agent's place, which is found out also where it takes its time")
    func impostor() async throws {
        let slow = Duration.milliseconds(9)
        let trial = Self.trial(["control-edge.shakedown.test": slow, "a.shakedown.test": slow])
        let proof = try await trial.prove([Self.witness, Self.agents("a"), Self.agents("b")], Self.usual)
        #expect(proof.answers == ["a.shakedown.test": true, "b.shakedown.test": false])
    }

    @Test("an edge in the agent's place that takes its time there alone")
    func slowImpostor() async throws {
        let slow = Duration.milliseconds(9)
        let trial = Self.trial(["control-edge.shakedown.test": .microseconds(100), "a.shakedown.test": slow])
        let cases = [Self.witness, Self.agents("a"), Self.agents("b")]
        let usual = try await trial.measure(AgentTrial.questions(of: cases[1]))
        #expect(usual == ["a.shakedown.test": .hello(after: slow)])
        let proof = try await trial.prove(cases, usual.merging(Self.usual) { own, _ in own })
        #expect(proof.answers == ["a.shakedown.test": true, "b.shakedown.test": false])
    }

    @Test("an edge that does not answer a good client in time proves nothing, and that is our trouble")
    func busy() async throws {
        let trial = Self.trial(["a.shakedown.test": .milliseconds(1)])
        let proof = try await trial.prove([Self.witness, Self.agents("a")], Self.usual)
        #expect(proof.answers.isEmpty)
        #expect(proof.isCutShort)
    }

    @Test("silence of those who answer nobody while the agents run either proves nothing")
    func mute() async throws {
        let trial = Self.trial(["control-edge.shakedown.test": .microseconds(100)])
        let cases = [Self.witness, Self.agents("a"), Self.agents("b")]
        let ended = try await trial.prove(cases, ["a.shakedown.test": .ended, "b.shakedown.test": Self.prompt])
        #expect(ended.answers == ["b.shakedown.test": false])
        #expect(!ended.isCutShort, "an agent may turn clients away")
        let silent = try await trial.prove(cases, ["a.shakedown.test": .silence, "b.shakedown.test": Self.prompt])
        #expect(silent.answers == ["b.shakedown.test": false])
        #expect(silent.isCutShort, "a busy machine may be all there is to it")
    }

    @Test("a busy moment while the agents run is over when they are asked again")
    func busyMoment() async throws {
        let asked = Mutex(0)
        let trial = AgentTrial(patience: [.milliseconds(2), .milliseconds(20)]) { _, _ in
            let isFirst = asked.withLock { count in
                count += 1
                return count == 1
            }
            return .hello(after: isFirst ? .milliseconds(5) : .microseconds(100))
        }
        let usual = try await trial.measure(AgentTrial.questions(of: Self.agents("a")))
        #expect(usual == ["a.shakedown.test": .hello(after: .microseconds(100))])
    }

    @Test("without a witness there is one time for all")
    func blind() async throws {
        let trial = Self.trial(["a.shakedown.test": .milliseconds(5)])
        #expect(try await trial.prove([Self.agents("a")], Self.usual).answers == ["a.shakedown.test": true])
    }
}
