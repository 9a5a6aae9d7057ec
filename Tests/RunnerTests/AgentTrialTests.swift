import Checks
import ScenarioModel
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
        AgentTrial(patience: [.milliseconds(2), .milliseconds(20)]) { question, patience in
            delays[question.domain].map { $0 <= patience } ?? false
        }
    }

    @Test("nobody, where the agent ends TLS")
    func agent() async throws {
        let trial = Self.trial(["control-edge.shakedown.test": .milliseconds(1)])
        let proof = try await trial.prove([Self.witness, Self.agents("a"), Self.agents("b")])
        #expect(proof.answers == ["a.shakedown.test": false, "b.shakedown.test": false])
        #expect(!proof.isCutShort)
    }

    @Test("an edge in the agent's place, which is found out also where it takes its time")
    func impostor() async throws {
        let slow = Duration.milliseconds(9)
        let trial = Self.trial(["control-edge.shakedown.test": slow, "a.shakedown.test": slow])
        let proof = try await trial.prove([Self.witness, Self.agents("a"), Self.agents("b")])
        #expect(proof.answers == ["a.shakedown.test": true, "b.shakedown.test": false])
    }

    @Test("an edge that does not answer a good client in time proves nothing, and that is our trouble")
    func busy() async throws {
        let proof = try await Self.trial(["a.shakedown.test": .milliseconds(1)]).prove([Self.witness, Self.agents("a")])
        #expect(proof.answers.isEmpty)
        #expect(proof.isCutShort)
    }

    @Test("without a witness there is one time for all")
    func blind() async throws {
        let trial = Self.trial(["a.shakedown.test": .seconds(2)])
        #expect(try await trial.prove([Self.agents("a")]).answers == ["a.shakedown.test": true])
    }
}
