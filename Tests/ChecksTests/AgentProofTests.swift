import Addresses
import ScenarioModel
import Testing
import Verdicts

@testable import Checks

@Suite("Whether the agent ends TLS")
struct AgentProofTests {
    private let byAgent = Made.expect {
        $0.route = .endpoint("tenant"); $0.handshake = .completed; $0.terminatedBy = .agent
    }

    private func judge(_ proof: AgentProof, promisesStrict: Bool = true) -> Judge {
        Judge(
            context: JudgeContext(
                deadlines: [:],
                certificates: ServerCertificates(Made.certificates),
                edgeAddresses: [Made.edge],
                hasEvents: false,
                promisesStrict: promisesStrict,
                agentProof: proof
            )
        )
    }

    @Test("who answers while the agent stands still fails every case of the agent's, whatever it is about")
    func impostor() {
        let judge = self.judge(AgentProof(answers: ["tenant-1.shakedown.test": true]))
        let completed = Made.testCase(.agent, strict: [self.byAgent])
        let verdict = judge.judge(completed, Made.good(.agent))
        #expect(verdict.outcome == .fail)
        #expect(
            verdict.summary == "terminated-by: expected the agent, and so no ServerHello while it stands still, "
                + "observed a ServerHello for tenant while every agent stood still"
        )
        let refusal = Made.expect {
            $0.route = Expectation.Route.none; $0.handshake = .refused; $0.endings = [.alert]
        }
        let refused = Made.testCase(.agent, strict: [refusal], lenient: [refusal], tolerated: [refusal])
        #expect(judge.judge(refused, Made.refused()).outcome == .fail)
        // To end TLS is the edge's part here.
        let edges = Made.expect {
            $0.handshake = .completed; $0.terminatedBy = .edge
        }
        #expect(judge.judge(Made.testCase(.edge, strict: [edges]), Made.good(.edge)).outcome == .pass)
    }

    @Test("where nobody tried, an agent's part that looks well done is no pass", arguments: [true, false])
    func unproven(promisesStrict: Bool) {
        let judge = self.judge(AgentProof(obstacle: "it runs elsewhere"), promisesStrict: promisesStrict)
        let verdict = judge.judge(Made.testCase(.agent, strict: [self.byAgent]), Made.good(.agent))
        #expect(verdict.outcome == .informational)
        #expect(verdict.summary == "that it is the agent who ends TLS is not proven: it runs elsewhere")
        let anyone = Made.expect {
            $0.route = .endpoint("tenant"); $0.handshake = .completed
        }
        #expect(judge.judge(Made.testCase(.agent, strict: [anyone]), Made.good(.agent)).outcome == .pass)
    }

    @Test("a proof that was cut short is our error, and nothing to be noted of the target", arguments: [true, false])
    func cutShort(promisesStrict: Bool) {
        let proof = AgentProof(obstacle: "the machine was too busy", isCutShort: true)
        let judge = self.judge(proof, promisesStrict: promisesStrict)
        let verdict = judge.judge(Made.testCase(.agent, strict: [self.byAgent]), Made.good(.agent))
        #expect(verdict.outcome == .error)
        #expect(
            verdict.summary == "that it is the agent who ends TLS could not be proven: the machine was too busy"
        )
        var known = proof
        known.answers["tenant-1.shakedown.test"] = false
        let proven = self.judge(known, promisesStrict: promisesStrict)
        #expect(proven.judge(Made.testCase(.agent, strict: [self.byAgent]), Made.good(.agent)).outcome == .pass)
        // What failed all the same is the target's.
        #expect(judge.judge(Made.testCase(.agent, strict: [self.byAgent]), Made.refused()).outcome == .fail)
    }

    @Test("an agent without which nobody was answered passes")
    func proven() {
        let judge = self.judge(AgentProof(answers: ["tenant-1.shakedown.test": false]))
        #expect(judge.judge(Made.testCase(.agent, strict: [self.byAgent]), Made.good(.agent)).outcome == .pass)
    }
}
