import Clients
import Exchanges
import ScenarioModel
import Targets

/// Plays the steps of one case: moment after moment, and what belongs to one moment at once.
struct StepRun: Sendable {
    let testCase: Case
    let play: Play
    let fixedStage: Stage
    let ownTarget: OwnTarget?
    /// What all connections share.
    let environment: ClientEnvironment
    let nonces: [String]

    private var stage: Stage { self.ownTarget?.stage ?? self.fixedStage }

    struct Result: Sendable {
        var clients: [ClientObservation]
        var steps: [StepObservation]
    }

    /// - Throws: trouble of the harness itself, and ``TargetFailure``.
    func run() async throws -> Result {
        guard self.play.listensToEvents else { return try await self.run(webhook: nil) }
        let webhook = try await EventReceiver.start()
        do {
            let result = try await self.run(webhook: webhook)
            try await webhook.stop()
            return result
        } catch {
            // The case's own trouble counts.
            try? await webhook.stop()
            throw error
        }
    }

    private func run(webhook: EventReceiver?) async throws -> Result {
        let cast = Cast()
        let conversation = APIConversation(webhook: webhook, pem: self.stage.materials.pem)
        var steps: [StepObservation] = []
        let count: TargetCount? = try await self.play.counted.isEmpty ? nil : TargetCount.begin(on: self.stage.target)
        do {
            for moment in self.play.plan {
                steps += try await withThrowingTaskGroup(of: StepObservation.self) { group in
                    for step in moment {
                        group.addTask { try await self.perform(step, cast, count, conversation) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.number < $1.number }
                }
            }
        } catch {
            cast.cancel()
            _ = try? await cast.finish()
            throw error
        }
        let clients = try await cast.finish()
        try count?.vouch(for: self.play.counted)
        return Result(clients: clients, steps: steps)
    }

    private var elapsed: Double { self.environment.caseStart.duration(to: .now) / .milliseconds(1) }

    private func perform(
        _ planned: PlannedStep,
        _ cast: Cast,
        _ count: TargetCount?,
        _ conversation: APIConversation
    ) async throws -> StepObservation {
        let began = self.elapsed
        var troubles: [StepObservation.Trouble] = []
        var counters: [TargetCounter: Int]?
        var answer: APIAnswer?
        var told: [[APIAnswer.Field]]?
        switch planned.step.action {
        case .connect(let name, let exchange):
            try await self.connect(name, exchange, planned, cast)
        case .open(let name):
            troubles = await self.open(name, planned, cast)
        case .say(let name, let speech):
            troubles = await cast.give(.say(speech), to: name, patience: speech.patience)
        case .hear(let name, let hearing):
            troubles = await cast.give(.hear(hearing), to: name, patience: Step.Speech.longestPatience)
        case .end(let name):
            troubles = await cast.give(.end, to: name)
        case .reset(let name):
            troubles = await cast.give(.reset, to: name)
        case .wait(let milliseconds):
            try await Task.sleep(for: .milliseconds(milliseconds))
        case .agent(let key, let act):
            try await self.act(act, onAgentOf: key)
        case .target(.count(let expected)):
            counters = try await count?.look(for: expected)
        case .target(let act):
            try await self.ownTarget?.perform(act)
        case .api(let call):
            answer = try await conversation.perform(call, in: planned, on: self.stage.target)
        case .told(let events):
            told = try await conversation.listen(for: events, in: planned)
        }
        if planned.step.action.closes, let name = planned.step.action.player { try await cast.leave(name) }
        return StepObservation(
            number: planned.number,
            action: planned.step.action.description,
            began: began,
            ended: self.elapsed,
            troubles: troubles,
            counters: counters,
            answer: answer,
            told: told
        )
    }
}

// MARK: - Connections

extension StepRun {
    /// Each from its beginning to its end, all at once.
    private func connect(_ name: String, _ exchange: Exchange, _ planned: PlannedStep, _ cast: Cast) async throws {
        let plan = self.plan(of: planned.step)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in planned.connections {
                let environment = try self.environment(of: plan, exchange, connection, for: planned.step, cast)
                group.addTask {
                    cast.add(try await CaseClient().run(plan, in: environment), of: name, at: connection)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Returns when all are open, or can no more become it.
    private func open(_ name: String, _ planned: PlannedStep, _ cast: Cast) async -> [StepObservation.Trouble] {
        let plan = self.plan(of: planned.step)
        let connections = planned.connections.map { connection in
            let orders = Orders()
            // It outlives the step that opens it: the cast waits for it when a step has ended it, or the play is over.
            let task = Task {
                defer { orders.close() }
                var environment = try self.environment(of: plan, .dialogue, connection, for: planned.step, cast)
                environment.choreography = Dialogue(orders: orders)
                return try await CaseClient().run(plan, in: environment)
            }
            return Cast.OpenConnection(number: connection, orders: orders, task: task)
        }
        cast.enter(name, connections)
        return await cast.give(.open, to: name)
    }

    /// With gaps stretched for the target's deadlines, as of any case's client.
    private func plan(of step: Step) -> ClientPlan {
        self.testCase.scene(of: step).client(limits: self.stage.definition.deadlines)
    }

    private func environment(
        of plan: ClientPlan,
        _ exchange: Exchange,
        _ connection: Int,
        for step: Step,
        _ cast: Cast
    ) throws -> ClientEnvironment {
        var environment = self.environment
        if let player = step.action.player.map(self.play.player) {
            environment.resumes = player.resumes.flatMap { cast.session(of: $0) }
            environment.savesSession = self.play.players.contains { $0.resumes == player.name }
        }
        environment.edgeAddress = self.stage.target.address(for: plan.source)
        environment.credential = try plan.certificate.map(self.stage.materials.credential)
        environment.nonces = [self.nonces[connection]]
        environment.connection = connection
        environment.exchange = exchange
        // Its own time begins with it.
        let limit = self.testCase.scene(of: step).deadline(limits: self.stage.definition.deadlines)
        environment.deadline = environment.caseStart.duration(to: .now) + limit
        return environment
    }
}

// MARK: - The target's programs

extension StepRun {
    private func act(_ act: Step.AgentAct, onAgentOf key: String) async throws {
        guard let endpoint = self.testCase.endpoints.first(where: { $0.key == key }) else {
            throw RunError("\(self.testCase.id) has no endpoint \(key)")
        }
        let target = self.stage.target
        let name = endpoint.agentName
        switch act {
        case .kill where endpoint.rivalOf != nil: try await target.restoreAgent(of: endpoint)
        case .kill: try await target.killAgent(named: name)
        case .pause: try await target.pauseAgent(named: name)
        case .resume: try target.resumeAgent(named: name)
        case .stop: try target.beginStopAgent(named: name)
        case .cut: try await target.cutAgent(named: name)
        case .unbind, .bind:
            do {
                try await target.rebindAgent(of: endpoint, isBound: act == .bind)
            } catch {
                throw TargetFailure(description: "the agent does not read its files again: \(error)")
            }
        case .start:
            do {
                try await target.startAgent(named: name)
            } catch let error as TargetError where endpoint.rivalOf != nil && error.code == .exitedEarly {
                // It was refused the name, and whether that was right the connections tell.
            } catch {
                throw TargetFailure(description: "the agent cannot come back: \(error)")
            }
        case .mend:
            do {
                try await target.mendAgent(named: name)
            } catch {
                throw TargetFailure(description: "the agent does not come back: \(error)")
            }
        }
    }
}

extension Step.Speech {
    /// For a busy machine.
    static let longestPatience = Duration.seconds(60)

    fileprivate var patience: Duration {
        switch self {
        case .line, .request: Orders.patience
        case .upload: Self.longestPatience
        }
    }
}
