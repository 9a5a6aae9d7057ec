import ScenarioModel
import Targets
import Verdicts

/// A question about one subject: what the target must serve for it, and how it is asked.
struct Inquiry: Sendable {
    var question: ProbeQuestion
    /// As findings name it; empty where the question is about one thing only.
    var subject: String
    /// Those whose endpoints the target is configured with.
    var cases: [Case]
    var ask: @Sendable (ProbeStage) async throws -> [ProbeFinding]

    var name: String { self.subject.isEmpty ? self.question.rawValue : "\(self.question.rawValue)[\(self.subject)]" }

    /// Of a capability that is there where each of these cases comes out as it expects.
    init(
        _ question: ProbeQuestion,
        _ subject: String = "",
        _ feature: Feature,
        isDeclared: Bool,
        _ cases: [(what: String, testCase: Case)]
    ) {
        self.init(question, subject, cases: cases.map(\.testCase)) { stage in
            var answers: [(what: String, answer: ProbeStage.Answer)] = []
            for (what, testCase) in cases { answers.append((what, try await stage.play(testCase))) }
            return [.ofCapability(question, subject, feature, isDeclared: isDeclared, answers)]
        }
    }

    init(
        _ question: ProbeQuestion,
        _ subject: String = "",
        cases: [Case],
        ask: @escaping @Sendable (ProbeStage) async throws -> [ProbeFinding]
    ) {
        self.question = question
        self.subject = subject
        self.cases = cases
        self.ask = ask
    }
}

extension ProbeCases {
    /// Everything that can be asked of the target.
    var inquiries: [Inquiry] {
        self.roleInquiries + self.sizeInquiries + self.deadlineInquiries + self.nameInquiries + self.tlsInquiries
            + self.relayInquiries + self.accessInquiries + self.tellingInquiries
    }

    /// An echo for each role.
    private var roleInquiries: [Inquiry] {
        self.roles.map { role in
            Inquiry(
                .role,
                role.rawValue,
                .role(role),
                isDeclared: true,
                [
                    (
                        "an echo, and TLS ends at the \(role.terminatingParty.rawValue)",
                        self.make("role", role, expecting: .served(role))
                    )
                ]
            )
        }
    }
}
