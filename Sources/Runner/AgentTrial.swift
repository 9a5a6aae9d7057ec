import Checks
import Clients
import NIOCore
import ScenarioModel
import Targets

/// Proves that the agents end TLS where they should: hellos to all their endpoints while every agent stands still.
///
/// Who ends TLS in an agent's place answers them, with whatever certificate. An edge that asked its agent for leave before it
/// answers itself would not be found out.
struct AgentTrial: Sendable {
    struct Question: Sendable {
        var id: String
        var domain: String
        var client: ClientPlan
    }

    /// Whether a hello is answered by a ServerHello within so long.
    typealias Asker = @Sendable (Question, Duration) async throws -> Bool

    /// A connection is cheap, but descriptors and ports are not without number.
    static let batchSize = 512
    /// An edge answers a hello within a few milliseconds. On a busy machine it takes longer, as its answer to the witness
    /// shows: then there is more time.
    private static let patience: [Duration] = [
        .milliseconds(400), .seconds(2), .seconds(6), .seconds(15), .seconds(30),
    ]
    /// Where no witness tells how fast the edge is just now.
    private static let blindPatience = Duration.seconds(3)

    private let patience: [Duration]
    private let isAnswered: Asker

    init(patience: [Duration] = Self.patience, isAnswered: @escaping Asker) {
        self.patience = patience
        self.isAnswered = isAnswered
    }

    init(target: RunningTarget, group: any EventLoopGroup, seed: Seed) {
        self.init { question, patience in
            let environment = ClientEnvironment(
                edgeAddress: target.address(for: question.client.source),
                nonces: [],
                seed: seed.derived(for: "\(question.id)#trial"),
                exchange: .wait,
                deadline: patience,
                eventLoopGroup: group
            )
            return try await CaseClient().run(question.client, in: environment).observation.handshake.isAnswered
        }
    }

    /// - Parameter cases: everything that the target serves, controls too.
    func run(_ cases: [Case], on target: RunningTarget) async throws -> AgentProof {
        guard cases.contains(where: { !Self.questions(of: $0).isEmpty }) else {
            return AgentProof(obstacle: "nothing of it was tried")
        }
        // Some may stand still already when another does not.
        defer { target.resumeAgents() }
        do {
            try await target.pauseAgents()
        } catch let error as TargetError {
            return AgentProof(obstacle: error.description, isCutShort: error.code != .noSuchAgent)
        }
        return try await self.prove(cases)
    }

    /// While every agent stands still.
    func prove(_ cases: [Case]) async throws -> AgentProof {
        let questions = cases.flatMap(Self.questions)
        let witness = Self.witness(among: cases)
        var proof = AgentProof(obstacle: "an endpoint whose case counts connections is not tried")
        var rest = questions[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.batchSize))
            rest = rest.dropFirst(Self.batchSize)
            guard let answers = try await self.ask(batch, witness: witness) else {
                proof.obstacle = "the edge was too busy to answer a good client at once"
                proof.isCutShort = true
                return proof
            }
            proof.answers.merge(answers) { $0 || $1 }
        }
        return proof
    }

    /// The control that the edge itself answers.
    private static func witness(among cases: [Case]) -> Question? {
        cases.first { $0.scenario == Controls.scenario && $0.role == .edge }
            .flatMap { testCase in testCase.endpoints.first.map { Self.question($0, of: testCase) } }
    }

    /// The endpoints of agents that are asked for. Where a case is about events, a connection more would be one too many.
    static func questions(of testCase: Case) -> [Question] {
        guard !testCase.expectsEvents else { return [] }
        return testCase.endpoints.filter { $0.role.terminatingParty == .agent && $0.isOnline }.map {
            Self.question($0, of: testCase)
        }
    }

    private static func question(_ endpoint: EndpointPlan, of testCase: Case) -> Question {
        let name = endpoint.domain.hasPrefix("*.") ? "trial" + endpoint.domain.dropFirst() : endpoint.domain
        let client = ClientPlan(
            engine: .bytes,
            serverName: name,
            source: testCase.client.source,
            opening: .builtHello(HelloPlan())
        )
        return Question(id: "\(testCase.id)/\(endpoint.key)", domain: endpoint.domain, client: client)
    }

    /// Who was answered; `nil` where the witness, which is the edge's own to answer and asks last, was not answered in time.
    private func ask(_ questions: [Question], witness: Question?) async throws -> [String: Bool]? {
        for patience in witness == nil ? [Self.blindPatience] : self.patience {
            var answers: [String: Bool] = [:]
            let isTimely = try await withThrowingTaskGroup(of: (String?, Bool).self) { group in
                for question in questions {
                    group.addTask { (question.domain, try await self.isAnswered(question, patience)) }
                }
                if let witness {
                    group.addTask {
                        try await Task.sleep(for: patience / 2)
                        return (nil, try await self.isAnswered(witness, patience / 2))
                    }
                }
                var isTimely = witness == nil
                for try await (domain, isAnswered) in group {
                    if let domain { answers[domain] = isAnswered } else { isTimely = isAnswered }
                }
                return isTimely
            }
            if isTimely { return answers }
        }
        return nil
    }
}
