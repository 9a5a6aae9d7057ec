import Clients
import Exchanges
import ScenarioModel
import Targets
import Upstreams

/// One case, from its client's first byte to the last thing that can be known of it.
struct CaseRun: Sendable {
    let testCase: Case
    let stage: Stage
    let seed: Seed
    /// How often the case was played before: its connections are told from those of the earlier times.
    var repetition = 0
    /// Where the case is played on a target of its own, which the stage is about then.
    var ownTarget: OwnTarget?
    /// How long it may take in all; `nil` is what its exchange and the target's deadlines ask for.
    var deadline: Duration?

    /// How long after the client's end the upstream's leg may take to end as well.
    private static let settling = Duration.seconds(3)
    /// How long a misrouted connection may take to show up at an upstream before the case is judged provisionally; what
    /// comes later is found when the case is confirmed.
    private static let lateness = Duration.milliseconds(50)
    /// How long the upstream of a control that is held waits for what comes next.
    private static let longestHold = Duration.seconds(60)
    /// How long an event may take from the end of its connection, and how often it is looked for.
    private static let eventPatience = (limit: Duration.seconds(3), pause: Duration.milliseconds(25))

    /// - Parameter hold: for a control, which keeps its connection open until this returns.
    /// - Throws: trouble of the harness itself, such as a plan that its engine cannot play.
    func run(hold: ControlRound.Hold? = nil) async throws -> PlayedCase {
        guard self.testCase.hasOwnTarget else { return try await self.play(hold: hold) }
        let ownTarget = try await OwnTarget.start(for: self.testCase, on: self.stage)
        let run = CaseRun(
            testCase: self.testCase,
            stage: ownTarget.stage,
            seed: self.seed,
            repetition: self.repetition,
            ownTarget: ownTarget
        )
        let played: PlayedCase
        do {
            played = try await run.play(hold: nil)
        } catch {
            await ownTarget.stop()
            throw error
        }
        try await ownTarget.finish()
        return played
    }

    private func play(hold: ControlRound.Hold?) async throws -> PlayedCase {
        if self.repetition > 0 { try await self.reviveAgents() }
        let playEvents = PlayEvents(of: self.testCase, repetition: self.repetition) {
            self.stage.target.events(forServerName: $0) ?? []
        }
        let endpoints = self.testCase.endpoints.map { UpstreamFleet.Endpoint.id(of: $0.key, in: self.testCase) }
        let turn = try await self.stage.upstreams.awaitTurn(of: endpoints)
        defer { turn.end() }
        let start = ContinuousClock.now
        let deadline =
            self.testCase.scenario == Controls.scenario
            // A control is asked for often, and a target that does not answer it soon does not answer.
            ? .seconds(6) : self.deadline ?? self.testCase.deadline(limits: self.stage.definition.deadlines)
        let nonces = self.testCase.exchanges.indices.map {
            self.seed.nonce(for: self.testCase.id, repetition: self.repetition, connection: $0)
        }
        let visit = self.stage.upstreams.begin(
            self.testCase.id,
            endpoints: endpoints,
            nonces: nonces,
            exchanges: self.testCase.play?.exchanges ?? [],
            at: start,
            deadline: hold == nil ? deadline : Self.longestHold
        )
        var environment = ClientEnvironment(
            edgeAddress: self.stage.target.address(for: self.testCase.client.source),
            credential: try self.testCase.client.certificate.map(self.stage.materials.credential),
            nonces: nonces,
            seed: self.seed.derived(for: self.testCase.id),
            exchange: self.testCase.exchange,
            deadline: deadline,
            caseStart: start,
            eventLoopGroup: self.stage.group,
            choreography: hold.map { hold in
                HeldEcho(patience: deadline) {
                    // It keeps its connection, and lets others have the port.
                    turn.end()
                    await hold()
                }
            },
            announce: { self.stage.upstreams.announce(firstFlight: $0, of: visit) }
        )
        environment.program = try self.stage.programs.kit(for: self.testCase.client)
        let (clients, steps) = try await self.clients(in: environment, nonces)

        if self.testCase.expectsNoRoute { try await Task.sleep(for: Self.lateness) }
        // In a play somebody may have been served all the same.
        if !self.testCase.expectsNoRoute || steps != nil,
            await !self.stage.upstreams.waitUntilIdle(visit, timeout: Self.settling)
        {
            await self.stage.upstreams.abandon(visit)
        }
        let events = try await self.events(playEvents)
        return PlayedCase(
            stage: self.ownTarget?.stage ?? self.stage,
            testCase: self.testCase,
            visit: visit,
            clients: clients,
            steps: steps,
            events: events,
            playEvents: playEvents
        )
    }

    private func clients(
        in environment: ClientEnvironment,
        _ nonces: [String]
    ) async throws -> ([ClientObservation], [StepObservation]?) {
        guard let play = self.testCase.play else {
            let client = self.testCase.client(limits: self.stage.definition.deadlines)
            return ([try await CaseClient().run(client, in: environment).observation], nil)
        }
        let run = StepRun(
            testCase: self.testCase,
            play: play,
            fixedStage: self.stage,
            ownTarget: self.ownTarget,
            environment: environment,
            nonces: nonces
        )
        let result = try await run.run()
        return (result.clients, result.steps)
    }

    /// Agents that the case itself killed when it was played before.
    private func reviveAgents() async throws {
        for endpoint in self.testCase.endpoints where endpoint.hasOwnAgent && endpoint.isOnline {
            do {
                try await self.stage.target.restoreAgent(of: endpoint)
            } catch {
                throw TargetFailure(description: "the agent cannot come back for another try: \(error)")
            }
        }
    }

    /// The events of the play, once there are as many as expected, or when it is too late for one.
    private func events(_ playEvents: PlayEvents) async throws -> [ConnectionEvent]? {
        let limit = ContinuousClock.now + Self.eventPatience.limit
        while true {
            guard let events = self.stage.events(of: self.testCase, playEvents) else { return nil }
            if events.count >= self.testCase.expectedEventCount || ContinuousClock.now >= limit { return events }
            try await Task.sleep(for: Self.eventPatience.pause)
        }
    }
}
