internal import Addresses
internal import Foundation
internal import ProgramKit
internal import ScenarioModel
internal import Supervision
internal import Synchronization
internal import Verdicts

/// Starts a target: one program after the other, each once it has its configuration.
package func start(
    _ definition: TargetDefinition,
    _ deployment: Deployment,
    secrets: RunSecrets = RunSecrets(),
    supervisor: [String]? = nil,
    keepsWorkDirectory: Bool = false
) async throws -> RunningTarget {
    let launcher = Launcher(
        definition: definition,
        deployment: deployment,
        secrets: secrets,
        supervisor: supervisor ?? SupervisedProcess.ownSupervisor
    )
    do {
        return try await launcher.launch(keepsWorkDirectory: keepsWorkDirectory)
    } catch {
        if !keepsWorkDirectory { try? FileManager.default.removeItem(at: deployment.workDirectory) }
        throw error
    }
}

/// The steps of starting a target, and of starting an agent again later.
final class Launcher: Sendable {
    let definition: TargetDefinition
    let supervisor: [String]
    let writer: ConfigurationWriter
    let secrets: RunSecrets
    let state: Mutex<State>

    /// What is served, or is to be served from now on.
    var deployment: Deployment { self.state.withLock { $0.deployment } }

    struct State {
        var deployment: Deployment
        var places = TargetPlaces()
        var facts: [String: [String: String]] = [:]
        var written = WrittenConfiguration()
        /// The bundles of what was served before a reload, which stay where they were.
        var formerBundles: Set<String> = []
        /// The names that own agents were told to take offline, by the agent's name.
        var unbound: [String: Set<String>] = [:]
        /// By the agent's name.
        var relays: [String: AgentRelay] = [:]
        /// The names of all that it told to have counted.
        var toldMetrics: Set<String> = []
    }

    /// How often other ports are tried when someone else took a chosen one first.
    private static let attempts = 4

    init(
        definition: TargetDefinition,
        deployment: Deployment,
        secrets: RunSecrets = RunSecrets(),
        supervisor: [String]
    ) {
        self.definition = definition
        self.state = Mutex(State(deployment: deployment))
        self.supervisor = supervisor
        self.writer = ConfigurationWriter(definition: definition, directory: deployment.workDirectory)
        self.secrets = secrets
    }

    var eventsFile: URL? {
        self.definition.description.edgePlan?.events.map { self.deployment.workDirectory.appending(path: $0) }
    }

    /// What the programs started so far were configured with, without secrets.
    var configuration: [ConfigurationExcerpt] {
        self.state.withLock { $0.written }.excerpts(secrets: self.secrets.named.map(\.text))
    }

    /// What was written into the work directory for the programs to read, and holds secrets rightly.
    var givenFiles: Set<String> {
        self.state.withLock { $0.written.names.union($0.formerBundles).union($0.deployment.bundleNames) }
    }

    func launch(keepsWorkDirectory: Bool) async throws -> RunningTarget {
        if let external = self.definition.external {
            try self.reach(external)
            return RunningTarget(launcher: self, addresses: external.addresses, keepsWorkDirectory: keepsWorkDirectory)
        }
        for endpoint in self.deployment.endpoints {
            let lacking = self.definition.missing(for: endpoint.plan)
            guard lacking.isEmpty else {
                throw TargetError(
                    .badTemplate,
                    "\(self.definition.identity.title) cannot serve \(endpoint.plan.domain): it lacks "
                        + lacking.map(\.rawValue).joined(separator: ", ")
                )
            }
        }
        try self.writer.writeBundles(of: self.deployment.endpoints)
        let (edge, addresses, helpers) = try await self.startEdge()
        do {
            let agents = try await self.startAgents()
            return RunningTarget(
                launcher: self,
                edge: edge,
                addresses: addresses,
                agents: agents,
                helpers: helpers,
                keepsWorkDirectory: keepsWorkDirectory
            )
        } catch {
            await RunningTarget.end([edge] + helpers)
            throw error
        }
    }

    /// Starts the edge and its helpers, with other ports when one of them was taken meanwhile.
    private func startEdge() async throws -> (SupervisedProcess, [TransportAddress], helpers: [SupervisedProcess]) {
        var attempt = 1
        while true {
            do {
                return try await self.startEdgeOnce()
            } catch let error as TargetError where error.code == .busyPort && attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    private func startEdgeOnce() async throws -> (SupervisedProcess, [TransportAddress], helpers: [SupervisedProcess]) {
        let places = try TargetPlaces(for: self.definition.description.processes, of: self.deployment)
        self.state.withLock { $0.places = places }
        var edge: (process: SupervisedProcess, addresses: [TransportAddress])?
        var helpers: [SupervisedProcess] = []
        do {
            for plan in self.definition.description.processes {
                switch plan.serves {
                case .edge: edge = try await self.startEdge(plan)
                case .helper:
                    guard self.deployment.endpoints.contains(where: { plan.covers($0.plan) }) else { continue }
                    helpers.append(try await self.startHelper(plan))
                case .eachEndpoint: helpers += try await self.startEach(plan)
                case .sharedAgent, .ownAgent: continue
                }
            }
        } catch {
            await RunningTarget.end(helpers + (edge.map { [$0.process] } ?? []))
            throw error
        }
        guard let edge else { throw TargetError(.notReady, "\(self.definition.name)/target.yaml has no edge") }
        return (edge.process, edge.addresses, helpers)
    }

    private func startEdge(_ plan: ProcessPlan) async throws -> (SupervisedProcess, [TransportAddress]) {
        let (process, ready) = try await self.start(plan, instance: plan.name, title: plan.program) { _ in true }
        guard case .file = plan.ready else { return (process, self.edgeAddresses) }
        guard !ready.addresses.isEmpty else {
            await process.end()
            throw TargetError(.notReady, "\(plan.program) does not say where it listens in its ready file")
        }
        return (process, ready.addresses)
    }

    /// Where clients connect, unless the edge says so itself.
    var edgeAddresses: [TransportAddress] {
        let port = self.state.withLock { $0.places.edgePort }
        let hasIPv6 = self.definition.features.contains(.ipv6)
        return ([.loopback] + (hasIPv6 ? [.loopback6] : [])).map { TransportAddress(ip: $0, port: port) }
    }

    private func startHelper(_ plan: ProcessPlan) async throws -> SupervisedProcess {
        try await self.start(plan, instance: plan.name, title: plan.name, where: plan.covers).process
    }

    /// So many of one sort are started at once: a program that starts takes a core for a moment.
    private static let startedAtOnce = 16

    /// One process for each endpoint that the plan is for.
    private func startEach(_ plan: ProcessPlan) async throws -> [SupervisedProcess] {
        let served = self.deployment.endpoints.enumerated().filter { plan.covers($0.element.plan) }
        return try await withThrowingTaskGroup(of: SupervisedProcess.self) { group in
            var started: [SupervisedProcess] = []
            do {
                for (count, (number, endpoint)) in served.enumerated() {
                    if count >= Self.startedAtOnce, let process = try await group.next() { started.append(process) }
                    let domain = endpoint.plan.domain
                    group.addTask {
                        try await self.start(plan, instance: "e\(number)", title: "\(plan.name) (\(domain))") {
                            $0.domain == domain
                        }.process
                    }
                }
                for try await process in group { started.append(process) }
                return started
            } catch {
                // What still starts ends with its last reference.
                await RunningTarget.end(started)
                throw error
            }
        }
    }

    private func startAgents() async throws -> [String?: SupervisedProcess] {
        // The shared one has the most to do, and so begins.
        let isShared =
            self.plan(serving: .sharedAgent) != nil && self.deployment.endpoints.contains(where: \.plan.usesSharedAgent)
        let own = self.plan(serving: .ownAgent) == nil ? [] : self.agentsToBeginWith
        let jobs: [String?] = (isShared ? [nil] : []) + own
        return try await withThrowingTaskGroup(of: (String?, SupervisedProcess).self) { group in
            for name in jobs {
                group.addTask { (name, try await self.startAgent(named: name)) }
            }
            var agents: [String?: SupervisedProcess] = [:]
            do {
                for try await (name, agent) in group { agents[name] = agent }
                return agents
            } catch {
                // What still starts ends with its last reference.
                await RunningTarget.end(Array(agents.values))
                throw error
            }
        }
    }

    /// A rival's waits for a step.
    private var agentsToBeginWith: [String?] {
        let served = self.deployment.endpoints.filter {
            $0.plan.hasOwnAgent && $0.plan.isOnline && $0.plan.rivalOf == nil
        }
        // Several may be one agent's.
        let names = Set(served.map(\.plan.agentName))
        return names.sorted()
    }

    func startOwnAgent(named name: String) async throws -> SupervisedProcess {
        guard self.deployment.endpoints.contains(where: { $0.plan.isOnline && $0.plan.hasAgent(named: name) }) else {
            throw TargetError(.noSuchAgent, "\(name) has no agent of its own")
        }
        return try await self.startAgent(named: name)
    }

    /// - Parameter name: `nil` is the one that serves all ordinary endpoints.
    private func startAgent(named name: String?) async throws -> SupervisedProcess {
        guard let plan = self.plan(serving: name == nil ? .sharedAgent : .ownAgent) else {
            throw TargetError(.noSuchAgent, "\(self.definition.identity.title) has no agents")
        }
        let number = name.flatMap { name in self.deployment.endpoints.firstIndex { $0.plan.hasAgent(named: name) } }
        let instance = number.map { "e\($0)" } ?? "shared"
        let isOwn = { (endpoint: EndpointPlan) in name.map(self.isBound(endpoint)) ?? endpoint.usesSharedAgent }
        if self.deployment.endpoints.contains(where: { $0.plan.hasRelayedAgent && isOwn($0.plan) }) {
            try await self.putRelay(before: plan, instance: instance, where: isOwn)
        }
        return try await self.start(
            plan,
            instance: instance,
            title: "\(plan.program) (\(name ?? "shared"))",
            where: isOwn
        )
        .process
    }

    /// Stands between an agent and the edge, unless it does so already.
    private func putRelay(
        before plan: ProcessPlan,
        instance: String,
        where isServed: (EndpointPlan) -> Bool
    ) async throws {
        if let relay = self.relay(of: instance) {
            relay.mend()
            return
        }
        guard let template = plan.reaches else {
            throw TargetError(.cannotRun, "\(plan.program) has no 'reaches' in its target.yaml")
        }
        let text = try self.render(template, with: self.values(instance: instance, where: isServed))
        guard let edge = TransportAddress(text) else {
            throw TargetError(.badTemplate, "'\(text)' in 'reaches' is no IP address and port")
        }
        let relay = try await AgentRelay.start(to: edge)
        self.state.withLock { $0.relays[instance] = relay }
    }

    func relay(of instance: String) -> AgentRelay? { self.state.withLock { $0.relays[instance] } }

    /// Cuts the connection of an agent that goes on running. What it says of being ready afterwards is new.
    func cutAgent(named name: String) async throws {
        let (instance, plan) = try self.relayed(name)
        try self.readinessProbe(of: plan, instance: instance, where: { $0.hasAgent(named: name) }).clear()
        await self.relay(of: instance)?.cut()
    }

    /// Lets the agent connect again, and waits until it is ready.
    func mendAgent(named name: String, _ process: SupervisedProcess) async throws {
        let (instance, plan) = try self.relayed(name)
        let probe = try self.readinessProbe(of: plan, instance: instance, where: { $0.hasAgent(named: name) })
        self.relay(of: instance)?.mend()
        _ = try await self.waitUntilReady(process, plan: plan, probe: probe)
    }

    /// Has an agent that runs serve an endpoint from now on, or no more: its files are written anew, and it is told to read
    /// them. Returns when it says that it has.
    func rebind(_ endpoint: EndpointPlan, isBound: Bool, _ process: SupervisedProcess) async throws {
        let name = endpoint.agentName
        guard let number = self.deployment.endpoints.firstIndex(where: { $0.plan.hasAgent(named: name) }),
            let plan = self.plan(serving: .ownAgent), case .signal(let signal)? = plan.reload
        else { throw TargetError(.cannotRun, "no agent of \(self.definition.identity.title) has a signal to 'reload'") }
        self.state.withLock { state in
            if isBound {
                state.unbound[name]?.remove(endpoint.domain)
            } else {
                state.unbound[name, default: []].insert(endpoint.domain)
            }
        }
        let instance = "e\(number)"
        let isServed = { (endpoint: EndpointPlan) in self.isBound(endpoint)(name) }
        let probe = try self.readinessProbe(of: plan, instance: instance, where: isServed)
        try self.writer.write(plan.templates, values: self.values(instance: instance, where: isServed))
        probe.clear()
        process.send(signal)
        _ = try await self.waitUntilReady(process, plan: plan, probe: probe)
    }

    private func isBound(_ endpoint: EndpointPlan) -> (String) -> Bool {
        { name in
            let isUnbound = self.state.withLock { $0.unbound[name]?.contains(endpoint.domain) ?? false }
            return endpoint.hasAgent(named: name) && !isUnbound
        }
    }

    /// Its agent serves everything that it served at first.
    func forgetUnbound(by name: String) { self.state.withLock { $0.unbound[name] = nil } }

    func hasUnbound(by name: String) -> Bool { self.state.withLock { !($0.unbound[name] ?? []).isEmpty } }

    private func relayed(_ name: String) throws(TargetError) -> (instance: String, plan: ProcessPlan) {
        let number = self.deployment.endpoints.firstIndex { $0.plan.hasAgent(named: name) }
        guard let number, self.relay(of: "e\(number)") != nil, let plan = self.plan(serving: .ownAgent) else {
            throw TargetError(.noSuchAgent, "the harness does not stand between \(name) and the edge")
        }
        return ("e\(number)", plan)
    }

    func plan(serving service: ProcessPlan.Service) -> ProcessPlan? {
        self.definition.description.processes.first { $0.serves == service }
    }

    func values(instance: String, where isServed: (EndpointPlan) -> Bool) -> [String: Any] {
        let (places, facts) = self.state.withLock { ($0.places, $0.facts) }
        let deployment = self.deployment
        // An agent has one account, its own; the edge is told of both.
        let served = deployment.endpoints.filter { isServed($0.plan) }
        let isStranger = !served.isEmpty && served.allSatisfy(\.plan.isOfOtherAccount)
        var values = TemplateValues(
            deployment,
            definition: self.definition,
            secrets: self.secrets,
            isOfOtherAccount: isStranger
        )
        values.set(places: places)
        for (process, facts) in facts { values.add(facts, ofProcess: process) }
        if let relay = self.relay(of: instance) { values.set(relay: relay.address) }
        return values.forInstance(instance, of: deployment, where: isServed)
    }
}

extension EndpointPlan {
    var usesSharedAgent: Bool { self.isOnline && !self.hasOwnAgent }

    func hasAgent(named name: String) -> Bool { self.hasOwnAgent && self.agentName == name }
}

extension ProcessPlan {
    /// Whether a helper is for this endpoint.
    func covers(_ endpoint: EndpointPlan) -> Bool { self.roles?.contains(endpoint.role) ?? true }
}

extension TargetDefinition {
    func program(of plan: ProcessPlan) throws(TargetError) -> ProgramSearch.Found {
        try self.program(named: plan.program)
    }

    func program(named name: String) throws(TargetError) -> ProgramSearch.Found {
        guard let program = self.description.programs[name] else {
            throw TargetError(.programNotFound, "\(self.name)/target.yaml names no program '\(name)'")
        }
        return try self.programs.find(program)
    }
}

extension Deployment {
    var bundleNames: [String] {
        self.endpoints.flatMap {
            [$0.files.serverCertificate, $0.files.upstreamClient?.certificate].compactMap(\.self)
        }
        .map(ConfigurationWriter.bundleName)
    }
}
