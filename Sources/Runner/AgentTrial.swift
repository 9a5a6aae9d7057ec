import Checks
import Clients
import NIOCore
import ScenarioModel
import Targets

/// Proves that the agents end TLS where they should: hellos to all their endpoints while every agent stands still.
///
/// Who ends TLS in an agent's place answers them, with whatever certificate, and however long it takes: silence counts only
/// where the same hello was answered in half of that time while the agents ran. An edge that asked its agent for leave before
/// it answers itself would not be found out.
struct AgentTrial: Sendable {
    struct Question: Sendable {
        var id: String
        var domain: String
        var client: ClientPlan
    }

    /// What came of a hello.
    enum Answer: Hashable, Sendable {
        /// A ServerHello or a HelloRetryRequest, after so long.
        case hello(after: Duration)
        /// Another end, before the time was up.
        case ended
        case silence
    }

    /// What comes of a hello within so long.
    typealias Asker = @Sendable (Question, Duration) async throws -> Answer

    /// A connection is cheap, but descriptors and ports are not without number.
    static let batchSize = 1_024
    /// How many are asked at the same time while the agents run: what each takes is measured, and not how it fares in a crowd.
    private static let measuredAtOnce = 64
    /// An edge answers a hello within a few milliseconds. Where it takes longer, as the witness shows or the hello's own answer
    /// while the agents run, there is more time: no case waits for an answer longer than a hello for a third of the last.
    private static let patience: [Duration] = [
        .milliseconds(400), .seconds(2), .seconds(6), .seconds(15), .seconds(30),
    ]
    /// Where no witness tells how fast the edge is just now.
    private static let blindPatience: [Duration] = [.seconds(3), .seconds(15), .seconds(30)]

    private let patience: [Duration]
    private let blindPatience: [Duration]
    private let ask: Asker

    init(
        patience: [Duration] = Self.patience,
        blindPatience: [Duration] = Self.blindPatience,
        ask: @escaping Asker
    ) {
        self.patience = patience
        self.blindPatience = blindPatience
        self.ask = ask
    }

    init(target: RunningTarget, group: any EventLoopGroup, seed: Seed) {
        self.init { question, patience in
            var environment = ClientEnvironment(
                edgeAddress: target.address(for: question.client.source),
                nonces: [],
                seed: seed.derived(for: "\(question.id)#trial"),
                exchange: .wait,
                deadline: patience,
                eventLoopGroup: group
            )
            environment.answerLinger = .zero
            let seen = try await CaseClient().run(question.client, in: environment).observation
            // Who asks for another hello has the endpoint's key share to give, and so its keys.
            if let answer = seen.leg.timeline.first(where: { $0.kind == .handshake }) {
                return .hello(after: .milliseconds(answer.at))
            }
            return seen.leg.ending == .stillOpen ? .silence : .ended
        }
    }

    /// - Parameter cases: everything that the target serves, controls too.
    func run(_ cases: [Case], on target: RunningTarget) async throws -> AgentProof {
        let questions = cases.flatMap(Self.questions)
        guard !questions.isEmpty else { return AgentProof(obstacle: "nothing of it was tried") }
        let usual = try await self.measure(questions)
        // Some may stand still already when another does not.
        defer { target.resumeAgents() }
        do {
            try await target.pauseAgents()
        } catch let error as TargetError {
            return AgentProof(obstacle: error.description, isCutShort: error.code != .noSuchAgent)
        }
        return try await self.prove(cases, usual)
    }

    /// What comes of each hello while the agents run: by domain, the quickest of its answers.
    func measure(_ questions: [Question]) async throws -> [String: Answer] {
        guard let shortest = self.patience.first, let longest = self.patience.last else { return [:] }
        var usual: [String: Answer] = [:]
        var rest = questions
        // A busy moment is over soon, and an endpoint that takes its time takes it always.
        for _ in 0..<3 where !rest.isEmpty {
            for (domain, answer) in try await self.measureOnce(rest, patience: longest / 3) {
                usual[domain] = usual[domain].map { $0.better(answer) } ?? answer
            }
            rest = rest.filter { question in
                if case .hello(let delay)? = usual[question.domain] { delay * 2 > shortest } else { false }
            }
        }
        return usual
    }

    private func measureOnce(_ questions: [Question], patience: Duration) async throws -> [(String, Answer)] {
        try await withThrowingTaskGroup(of: (String, Answer).self) { group in
            var answers: [(String, Answer)] = []
            var waiting = questions[...]
            for question in waiting.prefix(Self.measuredAtOnce) {
                group.addTask { (question.domain, try await self.ask(question, patience)) }
            }
            waiting = waiting.dropFirst(Self.measuredAtOnce)
            while let answer = try await group.next() {
                answers.append(answer)
                guard let question = waiting.popFirst() else { continue }
                group.addTask { (question.domain, try await self.ask(question, patience)) }
            }
            return answers
        }
    }

    /// While every agent stands still.
    ///
    /// - Parameter usual: what came of the same hellos while they ran.
    func prove(_ cases: [Case], _ usual: [String: Answer]) async throws -> AgentProof {
        let questions = cases.flatMap(Self.questions)
        let witness = Self.witness(among: cases)
        var proof = AgentProof(
            obstacle:
                "an endpoint whose case counts connections, or that answers nobody while its agent runs, is not tried"
        )
        var rest = questions[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.batchSize))
            rest = rest.dropFirst(Self.batchSize)
            guard let answers = try await self.askStill(batch, witness: witness, usual) else {
                proof.obstacle = "the edge was too busy to answer a good client at once"
                proof.isCutShort = true
                return proof
            }
            proof.answers.merge(answers) { $0 || $1 }
        }
        if let mute = questions.first(where: { usual[$0.domain] == .silence && proof.answers[$0.domain] == nil }) {
            proof.obstacle = "a hello for \(mute.domain) was not answered while the agents ran"
            proof.isCutShort = true
        }
        return proof
    }

    /// The control that the edge itself answers.
    private static func witness(among cases: [Case]) -> Question? {
        cases.first { $0.scenario == Controls.scenario && $0.role == .edge }
            .flatMap { testCase in testCase.endpoints.first.map { Self.question($0, of: testCase) } }
    }

    /// The endpoints of agents that are asked for. Where a case is about events, a connection more would be one too many; and
    /// whoever asks for a labelled tunnel's name before a step has made the edge, or for an internal one's, is answered by nobody.
    static func questions(of testCase: Case) -> [Question] {
        guard !testCase.expectsEvents else { return [] }
        return testCase.endpoints.filter {
            $0.role.terminatingParty == .agent && $0.isOnline && !$0.isLabelled && !$0.isInternal
        }
        .map { Self.question($0, of: testCase) }
    }

    private static func question(_ endpoint: EndpointPlan, of testCase: Case) -> Question {
        let name = endpoint.domain.hasPrefix("*.") ? "trial" + endpoint.domain.dropFirst() : endpoint.domain
        var client = ClientPlan(
            engine: .bytes,
            serverName: name,
            source: testCase.client.source,
            opening: .builtHello(HelloPlan())
        )
        // Without its header a trusted proxy is answered by nobody, agent or not.
        client.preface = testCase.client.preface
        return Question(id: "\(testCase.id)/\(endpoint.key)", domain: endpoint.domain, client: client)
    }

    /// Who was answered, of those of whom an answer could be expected; `nil` where the witness, which is the edge's own to
    /// answer and asks last, was never answered in time.
    private func askStill(
        _ questions: [Question],
        witness: Question?,
        _ usual: [String: Answer]
    ) async throws -> [String: Bool]? {
        var answers: [String: Bool] = [:]
        var rest = questions
        for patience in witness == nil ? self.blindPatience : self.patience where !rest.isEmpty {
            let (answered, isTimely) = try await self.askStill(rest, witness: witness, patience: patience)
            for domain in answered { answers[domain] = true }
            guard isTimely else { continue }
            rest.removeAll { question in
                if answers[question.domain] == true { return true }
                // Who answers nobody while the agent runs either has said nothing by its silence.
                guard case .hello(let delay)? = usual[question.domain] else { return true }
                guard delay * 2 <= patience else { return false }
                answers[question.domain] = false
                return true
            }
        }
        return rest.isEmpty ? answers : nil
    }

    private func askStill(
        _ questions: [Question],
        witness: Question?,
        patience: Duration
    ) async throws -> (answered: Set<String>, isTimely: Bool) {
        try await withThrowingTaskGroup(of: (String?, Bool).self) { group in
            for question in questions {
                group.addTask { (question.domain, try await self.ask(question, patience).isHello) }
            }
            if let witness {
                group.addTask {
                    try await Task.sleep(for: patience / 2)
                    return (nil, try await self.ask(witness, patience / 2).isHello)
                }
            }
            var isTimely = witness == nil
            var answered: Set<String> = []
            for try await (domain, isAnswered) in group {
                if let domain {
                    if isAnswered { answered.insert(domain) }
                } else {
                    isTimely = isAnswered
                }
            }
            return (answered, isTimely)
        }
    }
}

extension AgentTrial.Answer {
    var isHello: Bool { if case .hello = self { true } else { false } }

    /// The quicker hello, or the only one.
    fileprivate func better(_ other: Self) -> Self {
        switch (self, other) {
        case (.hello(let own), .hello(let others)): .hello(after: min(own, others))
        case (.ended, .hello), (.silence, .hello): other
        case (.hello, .ended), (.hello, .silence), (.ended, .ended), (.ended, .silence), (.silence, .ended),
            (.silence, .silence):
            self
        }
    }
}
