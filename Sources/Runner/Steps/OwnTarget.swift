import Addresses
import Checks
import Foundation
import ScenarioModel
import Synchronization
import Targets
import Verdicts

/// A target that is there for one case, whose steps reload, restart and stop it, or which limits its connections: on the one that
/// all cases share, others would see that too.
final class OwnTarget: Sendable {
    private struct State {
        var stage: Stage
        /// The case's endpoints as they are served now.
        var endpoints: [EndpointPlan]
        var addresses: [TransportAddress]
        var generation = 0
        var probes = 0
        var isToldToStop = false
    }

    private let testCase: Case
    private let state: Mutex<State>
    /// Where it finds what it kept, when it is started again.
    private let stateFolder: URL

    /// So often in a row a target must answer from its new configuration after a reload: for a moment some take connections
    /// with the one before it too, and each goes to either by chance.
    private static let answers = 8
    private static let patience = Duration.seconds(15)

    private let agentProof: AgentProof

    private init(_ testCase: Case, _ stage: Stage, _ agentProof: AgentProof, stateFolder: URL) {
        self.testCase = testCase
        self.stateFolder = stateFolder
        self.agentProof = agentProof
        self.state = Mutex(State(stage: stage, endpoints: testCase.endpoints, addresses: stage.target.addresses))
    }

    /// - Parameter stage: the one that all cases share.
    static func start(for testCase: Case, on stage: Stage) async throws -> OwnTarget {
        let stateFolder = try stage.ownTraces.makeFolder()
        let target = try await Self.launch(
            testCase,
            endpoints: testCase.endpoints,
            generation: 0,
            on: stage,
            stateFolder: stateFolder,
            failing: "the target did not start for this case alone"
        )
        do {
            let trial = AgentTrial(target: target, group: stage.group, seed: stage.options.seed)
            let proof = try await trial.run(stage.witnesses(for: testCase) + [testCase], on: target)
            let own = try stage.with(target, for: testCase, addresses: target.addresses, agentProof: proof)
            let started = OwnTarget(testCase, own, proof, stateFolder: stateFolder)
            // Some take connections before they know their endpoints.
            try await started.awaitGeneration(0, answers: 1)
            return started
        } catch {
            await Self.stop(target, of: testCase, on: stage)
            Self.remove(stateFolder, on: stage)
            throw error
        }
    }

    /// With this target on it, as it is now.
    var stage: Stage { self.state.withLock { $0.stage } }

    func perform(_ act: Step.TargetAct) async throws {
        switch act {
        case .reload(let changed): try await self.reload(changed)
        case .count: break
        case .reloadBroken: try await self.stage.target.reloadBroken()
        case .restart(let changed): try await self.restart(changed)
        case .stop:
            self.state.withLock { $0.isToldToStop = true }
            self.stage.target.beginStop()
        }
    }

    /// - Throws: ``TargetFailure`` where a program had ended by itself. An agent may, whom the API has turned away.
    func finish() async throws {
        let isToldToStop = self.state.withLock { $0.isToldToStop }
        let target = self.stage.target
        let deaths = self.testCase.asksAPI ? target.deathsBesidesAgents : target.deaths
        await self.stop()
        if !isToldToStop, let death = deaths.first { throw TargetFailure(description: death) }
    }

    /// Ends its programs, and searches before that what they wrote for secrets: its folder goes with them.
    func stop() async {
        await Self.stop(self.stage.target, of: self.testCase, on: self.stage)
        Self.remove(self.stateFolder, on: self.stage)
    }

    private static func remove(_ stateFolder: URL, on stage: Stage) {
        guard !stage.options.keepsWorkDirectory else { return }
        // What cannot be removed now goes with the run's folder.
        try? FileManager.default.removeItem(at: stateFolder)
    }

    private static func stop(_ target: RunningTarget, of testCase: Case, on stage: Stage) async {
        stage.ownTraces.add(leaks: target.leaks(of: stage.materials.keys), of: testCase.id)
        await target.stop()
    }

    // MARK: What the steps do

    private func reload(_ changed: [EndpointPlan]) async throws {
        let (endpoints, generation) = self.change(changed)
        let stage = self.stage
        let deployment = try Self.deployment(
            self.testCase,
            endpoints: endpoints,
            generation: generation,
            on: stage,
            in: stage.target.workDirectory,
            stateFolder: self.stateFolder
        )
        do {
            try await stage.target.reload(to: deployment)
        } catch let error as TargetError {
            throw TargetFailure(description: "the target could not be reloaded: \(error)")
        }
        try self.replaceStage(stage.target)
        try await self.awaitGeneration(generation, answers: Self.answers)
    }

    private func restart(_ changed: [EndpointPlan]) async throws {
        let (endpoints, generation) = self.change(changed)
        let stage = self.stage
        await Self.stop(stage.target, of: self.testCase, on: stage)
        let again = try await Self.launch(
            self.testCase,
            endpoints: endpoints,
            generation: generation,
            on: stage,
            stateFolder: self.stateFolder,
            secrets: stage.target.secrets,
            failing: "the target did not start again"
        )
        try self.replaceStage(again)
        try await self.awaitGeneration(generation, answers: 1)
    }

    private func change(_ changed: [EndpointPlan]) -> (endpoints: [EndpointPlan], generation: Int) {
        self.state.withLock { state in
            state.generation += 1
            for plan in changed {
                if let place = state.endpoints.firstIndex(where: { $0.key == plan.key }) {
                    state.endpoints[place] = plan
                }
            }
            return (state.endpoints, state.generation)
        }
    }

    /// Certificates may be new, and addresses.
    private func replaceStage(_ target: RunningTarget) throws {
        let (stage, known) = self.state.withLock { ($0.stage, $0.addresses) }
        let addresses = known + target.addresses.filter { !known.contains($0) }
        let next = try stage.with(target, for: self.testCase, addresses: addresses, agentProof: self.agentProof)
        self.state.withLock { state in
            state.stage = next
            state.addresses = addresses
        }
    }

    /// - Parameter needed: so many answers in a row. Then what it was configured with before must be served no more, which only
    ///   some of its programs may have heard.
    private func awaitGeneration(_ generation: Int, answers needed: Int) async throws {
        let limit = ContinuousClock.now + Self.patience
        var answers = 0
        while true {
            var trouble = try await self.trouble(of: generation)
            if trouble == nil {
                answers += 1
                if answers < needed { continue }
                if generation == 0 { return }
                if try await self.trouble(of: generation - 1) != nil { return }
                trouble = "what it was configured with before is still served"
            }
            guard let trouble else { continue }
            answers = 0
            guard ContinuousClock.now < limit else {
                throw TargetFailure(description: "an endpoint that the target was given is not served: \(trouble)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Why a client of the endpoint that only this generation has does not get through; `nil` where it does.
    private func trouble(of generation: Int) async throws -> String? {
        let number = self.state.withLock { state in
            state.probes += 1
            return state.probes
        }
        let stage = self.stage
        let probe = Controls.probeCase(of: self.testCase, generation: generation)
        let played = try await CaseRun(testCase: probe, stage: stage, seed: stage.options.seed, repetition: number)
            .run()
        let verdict = played.verdict
        played.release()
        return verdict.outcome == .pass ? nil : verdict.summary.isEmpty ? verdict.outcome.rawValue : verdict.summary
    }

    // MARK: Starting

    /// - Parameter sentence: what is to be said of a target whose program ends, or refuses what its own templates made of these
    ///   endpoints, or never is ready. At this moment the one that all cases share serves what they made of all endpoints,
    ///   so that is nobody's fault but the target's. What keeps a program from being tried at all is ours.
    /// - Throws: ``TargetFailure``, or trouble of ours.
    private static func launch(
        _ testCase: Case,
        endpoints: [EndpointPlan],
        generation: Int,
        on stage: Stage,
        stateFolder: URL,
        secrets: RunSecrets = RunSecrets(),
        failing sentence: String
    ) async throws -> RunningTarget {
        let folder = try stage.ownTraces.makeFolder()
        let deployment = try Self.deployment(
            testCase,
            endpoints: endpoints,
            generation: generation,
            on: stage,
            in: folder,
            stateFolder: stateFolder
        )
        do {
            return try await Targets.start(
                stage.definition,
                deployment,
                secrets: secrets,
                keepsWorkDirectory: stage.options.keepsWorkDirectory
            )
        } catch let error as TargetError where error.code.isTargets {
            throw TargetFailure(description: "\(sentence): \(error)")
        }
    }

    private static func deployment(
        _ testCase: Case,
        endpoints: [EndpointPlan],
        generation: Int,
        on stage: Stage,
        in folder: URL,
        stateFolder: URL
    ) throws -> Deployment {
        var served = [Controls.probeCase(of: testCase, generation: generation), testCase]
        served[1].endpoints = endpoints
        // Where there are agents each endpoint has one, so that a change of one leaves the others alone. The API changes what
        // agents do not know of.
        if stage.definition.features.contains(.agents), testCase.changesTarget || !testCase.asksAPI {
            for index in served.indices {
                for place in served[index].endpoints.indices { served[index].endpoints[place].hasOwnAgent = true }
            }
        }
        var deployment = try stage.ownDeployment(
            of: stage.witnesses(for: testCase) + served,
            limits: testCase.limits,
            in: folder
        )
        deployment.stateDirectory = stateFolder
        return deployment
    }
}
