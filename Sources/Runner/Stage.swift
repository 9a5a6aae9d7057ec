import Addresses
import CertificateRecipes
import Checks
import Clients
import Foundation
import NIOCore
import NIOPosix
import ProgramKit
import ScenarioModel
import Synchronization
import Targets
import Upstreams
import Verdicts

/// Everything that must stand before a run's first case: certificates, upstreams, the target with all its endpoints.
final class Stage: Sendable {
    let target: RunningTarget
    let definition: TargetDefinition
    let upstreams: UpstreamFleet
    let materials: Materials
    let judge: Judge
    /// One control case per role that the target has.
    let controls: [Case]
    let group: MultiThreadedEventLoopGroup
    let options: RunOptions
    private let controlCount = Atomic(0)
    let ownTraces: OwnTraces
    let programs: ProgramClients

    private init(
        target: RunningTarget,
        definition: TargetDefinition,
        upstreams: UpstreamFleet,
        materials: Materials,
        judge: Judge,
        controls: [Case],
        group: MultiThreadedEventLoopGroup,
        options: RunOptions,
        ownTraces: OwnTraces,
        programs: ProgramClients
    ) {
        self.target = target
        self.definition = definition
        self.upstreams = upstreams
        self.materials = materials
        self.judge = judge
        self.controls = controls
        self.group = group
        self.options = options
        self.ownTraces = ownTraces
        self.programs = programs
    }

    /// How many controls were played before: each has connections of its own.
    func countControl() -> Int { self.controlCount.wrappingAdd(1, ordering: .relaxed).oldValue }

    static let baseDomain = "shakedown.test"

    /// Opens the upstreams of these cases and starts the target with all their endpoints in one configuration.
    ///
    /// - Throws: what keeps it from standing; nothing is left behind then.
    static func set(
        for cases: [Case],
        target definition: TargetDefinition,
        mint: Mint,
        workDirectory: URL,
        options: RunOptions
    ) async throws -> Stage {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: ProcessInfo.processInfo.activeProcessorCount)
        let upstreams = UpstreamFleet(group: group)
        do {
            let materials = try Materials(mint: mint, folder: workDirectory.appending(path: "certificates"))
            // An RSA key takes longer to make than a loop that plays cases may stand still.
            for recipe in Set(cases.flatMap(\.clientPlans).compactMap(\.certificate)) {
                _ = try materials.credential(recipe)
            }
            let roles = Role.allCases.filter { definition.features.contains(.role($0)) }
            let external = definition.external
            let controls = Controls.cases(for: roles, baseDomain: Self.baseDomain, external: external)
            let decoy = Controls.decoyCase(for: roles, baseDomain: Self.baseDomain, external: external)
            let actors = [decoy].compactMap(\.self) + controls + cases
            let needs = RunNeeds(cases: actors, jobs: options.jobs)
            try needs.check(against: .ofThisMachine(for: needs))
            let probes = cases.filter(\.hasOwnTarget).map { Controls.probeCase(of: $0, generation: 0) }
            let trials = ProgramClients.trials(for: cases, baseDomain: Self.baseDomain)
            let endpoints = (actors + probes + trials).flatMap {
                UpstreamFleet.Endpoint.all(of: $0, seed: options.seed, external: external)
            }
            try await Self.start(upstreams, endpoints, materials, for: definition)
            for testCase in cases {
                for case .raw(_, let bytes) in testCase.clientPlans.map(\.opening) {
                    upstreams.expect(opening: bytes.bytes, of: testCase.id)
                }
            }
            let deployment = try Self.deployment(
                of: external == nil ? actors.filter { !$0.hasOwnTarget } : [],
                upstreams: upstreams,
                materials: materials,
                workDirectory: workDirectory
            )
            let programs = try await ProgramClients.prepare(
                for: cases,
                of: options.clients,
                materials: materials,
                folder: workDirectory.appending(path: "clients")
            )
            let running = try await Targets.start(
                definition,
                deployment,
                keepsWorkDirectory: options.keepsWorkDirectory
            )
            let shared = actors.filter { !$0.hasOwnTarget }
            let trial = AgentTrial(target: running, group: group, seed: options.seed)
            let judge = Self.judge(
                definition,
                options,
                certificates: try materials.serverCertificates(for: actors),
                edgeAddresses: running.addresses,
                agentProof: try await trial.run(shared, on: running)
            )
            return Stage(
                target: running,
                definition: definition,
                upstreams: upstreams,
                materials: materials,
                judge: judge,
                controls: controls,
                group: group,
                options: options,
                ownTraces: OwnTraces(below: workDirectory),
                programs: programs
            )
        } catch {
            await upstreams.stop()
            upstreams.forgetAll()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func start(
        _ upstreams: UpstreamFleet,
        _ endpoints: [UpstreamFleet.Endpoint],
        _ materials: Materials,
        for definition: TargetDefinition
    ) async throws {
        for endpoint in definition.external?.endpoints ?? [] {
            if let leaf = endpoint.leaf { materials.adopt(leaf, role: endpoint.role, domain: endpoint.domain) }
        }
        do {
            try await upstreams.start(endpoints, credential: materials.credential)
        } catch let error as UpstreamFleet.UnusableAddress {
            throw Complaint(
                "the upstream of \(error.domain) cannot listen at \(error.address), where \(definition.reference) says that "
                    + "\(definition.identity.title) looks for it: \(Reason.text(ofErrno: error.errorNumber))",
                hint: "see who listens there: ss -tlnp",
                exitStatus: .usage
            )
        }
    }

    private static func judge(
        _ definition: TargetDefinition,
        _ options: RunOptions,
        certificates: ServerCertificates,
        edgeAddresses: [TransportAddress],
        agentProof: AgentProof = AgentProof()
    ) -> Judge {
        Judge(
            context: JudgeContext(
                deadlines: definition.deadlines,
                certificates: certificates,
                edgeAddresses: edgeAddresses,
                hasEvents: definition.hasEvents,
                promisesStrict: definition.promisesStrict || options.isStrict,
                isTLSOnly: definition.features.contains(.tlsOnly),
                agentProof: agentProof
            )
        )
    }

    /// Stops the target and the upstreams, and lets go of what they saw: another wave may follow.
    func clear() async {
        await self.target.stop()
        await self.upstreams.stop()
        self.upstreams.forgetAll()
        try? await self.group.shutdownGracefully()
    }

    private static func deployment(
        of cases: [Case],
        upstreams: UpstreamFleet,
        materials: Materials,
        workDirectory: URL
    ) throws -> Deployment {
        var deployed: [DeployedEndpoint] = []
        for testCase in cases {
            for plan in testCase.endpoints {
                let id = UpstreamFleet.Endpoint.id(of: plan.key, in: testCase)
                guard let address = upstreams.address(for: id) else { continue }
                var endpoint = DeployedEndpoint(
                    plan: plan,
                    upstreamAddress: address,
                    files: try materials.files(for: plan, of: testCase)
                )
                endpoint.policy = try plan.policy.map(materials.policy)
                deployed.append(endpoint)
            }
        }
        let standard = try materials.defaultFiles()
        let agents = try materials.files("agents-listener")
        return Deployment(
            baseDomain: Self.baseDomain,
            endpoints: deployed,
            workDirectory: workDirectory,
            defaultCertificate: standard.certificate,
            defaultKey: standard.key,
            agentsCertificate: agents.certificate,
            agentsKey: agents.key,
            agentsCA: try materials.bundle(["ca-servers"])
        )
    }
}

// MARK: - Targets of a case's own

extension Stage {
    /// The controls that a target of a case's own must serve too: what the edge itself answers tells how fast it is, while
    /// the agents stand still.
    func witnesses(for testCase: Case) -> [Case] {
        guard !AgentTrial.questions(of: testCase).isEmpty else { return [] }
        return self.controls.filter { $0.role == .edge }
    }

    /// What a target serves that is there for these cases alone, within these limits.
    func ownDeployment(
        of cases: [Case],
        limits: [ConnectionLimit: Int],
        in workDirectory: URL
    ) throws -> Deployment {
        let roles = Role.allCases.filter { self.definition.features.contains(.role($0)) }
        let decoy = Controls.decoyCase(for: roles, baseDomain: Self.baseDomain)
        var deployment = try Self.deployment(
            of: [decoy].compactMap(\.self) + cases,
            upstreams: self.upstreams,
            materials: self.materials,
            workDirectory: workDirectory
        )
        deployment.limits = limits
        return deployment
    }

    /// The same stage with another target on it.
    ///
    /// - Parameter addresses: all that the case's clients have dialled.
    func with(
        _ target: RunningTarget,
        for testCase: Case,
        addresses: [TransportAddress],
        agentProof: AgentProof
    ) throws -> Stage {
        Stage(
            target: target,
            definition: self.definition,
            upstreams: self.upstreams,
            materials: self.materials,
            judge: Self.judge(
                self.definition,
                self.options,
                certificates: try self.materials.serverCertificates(for: [testCase]),
                edgeAddresses: addresses,
                agentProof: agentProof
            ),
            controls: self.controls,
            group: self.group,
            options: self.options,
            ownTraces: self.ownTraces,
            programs: self.programs
        )
    }
}

extension UpstreamFleet.Endpoint {
    static func id(of key: String, in testCase: Case) -> String { "\(testCase.id)/\(key)" }

    static func all(of testCase: Case, seed: Seed, external: ExternalEdge? = nil) -> [UpstreamFleet.Endpoint] {
        testCase.endpoints.map { plan in
            UpstreamFleet.Endpoint(
                id: Self.id(of: plan.key, in: testCase),
                plan: plan,
                exchange: testCase.exchange,
                seed: seed.derived(for: testCase.id),
                address: external?.upstream(of: plan.domain)
            )
        }
    }
}
