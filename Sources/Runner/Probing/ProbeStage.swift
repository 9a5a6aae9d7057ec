import Checks
import Clients
import Exchanges
import Legs
import ScenarioModel
import Targets
import Verdicts

/// Where a probe's clients play: a stage, and how long they wait there.
struct ProbeStage: Sendable {
    let stage: Stage
    let seed: Seed
    /// How long a client waits for an end that may never come.
    let patience: Duration
    private let pulse: Pulse

    init(stage: Stage, seed: Seed, patience: Duration, pulse: Pulse) {
        self.stage = stage
        self.seed = seed
        self.patience = patience
        self.pulse = pulse
    }

    var definition: TargetDefinition { self.stage.definition }

    /// What came of a case.
    struct Answer: Sendable {
        var verdict: Verdict
        var observation: Observation
        /// The harness itself was late meanwhile.
        var isLate: Bool

        var client: ClientObservation { self.observation.clients.last ?? ClientObservation() }

        /// The endpoints whose upstreams got bytes of a client.
        var reached: [String] {
            self.observation.upstreams.filter { upstream in
                upstream.connections.contains { $0.leg.firstReadCount > 0 || $0.leg.receivedCount > 0 }
            }
            .map(\.endpoint)
        }

        /// Those whose upstreams were so much as dialled.
        var dialled: [String] { self.observation.upstreams.filter { !$0.connections.isEmpty }.map(\.endpoint) }
    }

    private static let attempts = 3

    /// Plays a case, and again when what came of it may be owed to a harness that was late.
    ///
    /// - Parameter deadline: how long its connection may take; `nil` is what its exchange needs.
    func play(_ testCase: Case, within deadline: Duration? = nil) async throws -> Answer {
        var attempt = 0
        while true {
            let began = ContinuousClock.now
            var run = CaseRun(testCase: testCase, stage: self.stage, seed: self.seed, repetition: attempt)
            run.deadline = deadline
            let played = try await run.run()
            // A connection that is dialled late is seen a moment later.
            if testCase.expectsNoRoute { try await Task.sleep(for: .milliseconds(200)) }
            let observation = played.lookAgain() ?? played.observation
            let verdict = played.verdict(on: observation)
            played.release()
            let lateness = max(self.pulse.lateness(from: began, to: .now), observation.ownDelay(inPlay: false))
            let isLate = lateness >= Pulse.noticed
            attempt += 1
            if !isLate || verdict.outcome == .pass || attempt >= Self.attempts {
                return Answer(verdict: verdict, observation: observation, isLate: isLate && verdict.outcome != .pass)
            }
        }
    }

    /// One connection of a client of which no upstream's record is kept.
    ///
    /// - Parameter id: what its seed is drawn from.
    func greet(
        _ plan: ClientPlan,
        as id: String,
        exchange: Exchange = .echo,
        within patience: Duration,
        saving: Bool = false,
        resuming session: SavedSession? = nil
    ) async throws -> ClientOutcome {
        var environment = ClientEnvironment(
            edgeAddress: self.stage.target.address(for: plan.source),
            nonces: [self.seed.nonce(for: id)],
            seed: self.seed.derived(for: id),
            exchange: exchange,
            deadline: patience,
            eventLoopGroup: self.stage.group,
            choreography: exchange == .echo ? HandshakeAlone() : nil
        )
        environment.savesSession = saving
        environment.resumes = session
        return try await CaseClient().run(plan, in: environment)
    }

    /// Whether a time that was measured since may be owed to the harness.
    func wasLate(since began: ContinuousClock.Instant) -> Bool {
        self.pulse.lateness(from: began, to: .now) >= Pulse.noticed
    }
}

/// Nothing is said: the handshake is all there is.
struct HandshakeAlone: Choreography {
    func client(_ party: Exchanges.Party) async throws -> Bool { true }
    func upstream(_ party: Exchanges.Party) async throws -> Bool { true }
}

extension ProbeFinding {
    /// A capability that is there where what came of all these is as it must be, and not where one is otherwise.
    ///
    /// - Parameter feature: what the target's file would call it.
    static func ofCapability(
        _ question: ProbeQuestion,
        _ subject: String = "",
        _ feature: Feature,
        isDeclared: Bool,
        _ answers: [(what: String, answer: ProbeStage.Answer)]
    ) -> ProbeFinding {
        let failed = answers.first { $0.answer.verdict.outcome != .pass }
        let found = failed == nil
        let isLate = failed?.answer.isLate == true
        return ProbeFinding(
            question,
            subject,
            found: found ? "yes" : "no",
            declared: isDeclared ? feature.rawValue : "no \(feature.rawValue)",
            isLate ? .undecided : Agreement(declared: isDeclared, found: found),
            evidence: failed.map { "\($0.what): \($0.answer.verdict.summary)" }
                ?? answers.map(\.what).joined(separator: "; ")
        )
    }
}
