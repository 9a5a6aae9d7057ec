package import Addresses
package import Foundation
package import ScenarioModel
internal import Supervision
internal import Synchronization
package import Verdicts

/// A target that serves a deployment, until ``stop()``.
///
/// Its programs also end when the harness does, however that dies: each has a supervisor that waits for it.
package final class RunningTarget: Sendable {
    let definition: TargetDefinition
    var deployment: Deployment { self.launcher.deployment }
    let launcher: Launcher
    private let keepsWorkDirectory: Bool
    /// `nil` of an edge that runs already, and goes on when the run is over.
    private let edge: SupervisedProcess?
    private let helpers: [SupervisedProcess]
    private let eventLog: EventLog?
    private let state: Mutex<State>

    /// For another start of the same target.
    package var secrets: RunSecrets { self.launcher.secrets }

    /// Where clients connect: an IPv4 address, and an IPv6 address where the machine has one.
    package let addresses: [TransportAddress]

    private struct State {
        /// `nil` as key: the agent that serves all ordinary endpoints.
        var agents: [String?: SupervisedProcess]
        /// Agents that were killed, for their logs.
        var gone: [SupervisedProcess] = []
        var isStopped = false
    }

    init(
        launcher: Launcher,
        edge: SupervisedProcess? = nil,
        addresses: [TransportAddress],
        agents: [String?: SupervisedProcess] = [:],
        helpers: [SupervisedProcess] = [],
        keepsWorkDirectory: Bool
    ) {
        self.definition = launcher.definition
        self.launcher = launcher
        self.edge = edge
        self.helpers = helpers
        self.addresses = addresses
        self.eventLog = launcher.eventsFile.map { EventLog(file: $0) }
        self.state = Mutex(State(agents: agents))
        self.keepsWorkDirectory = keepsWorkDirectory
    }

    /// Where a client from this address connects. Where the machine has no IPv6 that is a port of ::1 that refuses.
    package func address(for source: ClientPlan.Source) -> TransportAddress {
        switch source {
        case .loopback, .otherLoopback, .trustedProxy: self.addresses.first { $0.ip.isIPv4 } ?? self.addresses[0]
        case .loopback6:
            self.addresses.first { !$0.ip.isIPv4 } ?? TransportAddress(ip: .loopback6, port: self.addresses[0].port)
        }
    }

    /// The events that were written so far for connections to this name; `nil` when the target writes none.
    ///
    /// Programs write shortly after a connection ended: whoever expects one asks again.
    package func events(forServerName name: String) -> [ConnectionEvent]? {
        self.eventLog?.events(forServerName: name)
    }

    /// What the target did wrong besides its connections: events that cannot be read.
    package var eventTroubles: [String] { self.eventLog?.troubles ?? [] }

    /// Kills the agent of an endpoint that has its own, without a goodbye, and returns when it has gone.
    package func killAgent(named name: String) async throws {
        let agent = self.state.withLock { state in
            let agent = state.agents.removeValue(forKey: name)
            if let agent { state.gone.append(agent) }
            return agent
        }
        guard let agent else {
            throw TargetError(.noSuchAgent, "no agent of its own runs for \(name)")
        }
        await agent.kill()
    }

    /// Starts the agent of an endpoint that has its own, and returns when the endpoint is bound.
    package func startAgent(named name: String) async throws {
        let isRunning = self.state.withLock { $0.agents[name] != nil }
        guard !isRunning else { throw TargetError(.noSuchAgent, "the agent of \(name) runs already") }
        let agent = try await self.launcher.startOwnAgent(named: name)
        let isTooLate = self.state.withLock { state in
            if !state.isStopped { state.agents[name] = agent }
            return state.isStopped
        }
        if isTooLate { await agent.end() }
    }

    /// Makes of the agent of an endpoint that has its own what it was before the first step: the rival's is gone, and others
    /// run. One whose connection is cut would take its time to come back by itself.
    package func restoreAgent(of endpoint: EndpointPlan) async throws {
        let name = endpoint.agentName
        var isRunning = self.state.withLock { $0.agents[name] != nil }
        let isOther = self.launcher.hasUnbound(by: name)
        self.launcher.forgetUnbound(by: name)
        if isRunning, endpoint.rivalOf != nil || endpoint.hasRelayedAgent || isOther {
            try await self.killAgent(named: name)
            isRunning = false
        }
        if !isRunning, endpoint.rivalOf == nil { try await self.startAgent(named: name) }
    }

    /// Makes the agent of an endpoint that has its own stand still, until ``resumeAgent(named:)``.
    package func pauseAgent(named name: String) async throws {
        guard try await self.ownAgent(named: name).pause() else {
            throw TargetError(.cannotRun, "the agent of \(name) did not stand still")
        }
    }

    package func resumeAgent(named name: String) throws {
        try self.ownAgent(named: name).resume()
    }

    /// Tells the agent of an endpoint that has its own to stop, and does not wait for it.
    package func beginStopAgent(named name: String) throws {
        let agent = try self.ownAgent(named: name)
        self.state.withLock { state in
            state.agents[name] = nil
            state.gone.append(agent)
        }
        agent.release()
    }

    /// Resets the connection of an agent that goes on running, and lets it have no other until
    /// ``mendAgent(named:)``.
    package func cutAgent(named name: String) async throws {
        _ = try self.ownAgent(named: name)
        try await self.launcher.cutAgent(named: name)
    }

    /// Returns when the agent has connected again and its endpoint is bound.
    package func mendAgent(named name: String) async throws {
        try await self.launcher.mendAgent(named: name, try self.ownAgent(named: name))
    }

    /// Has the endpoint's own agent take it offline or bring it online, and returns when it has. What else the agent serves it
    /// goes on serving.
    package func rebindAgent(of endpoint: EndpointPlan, isBound: Bool) async throws {
        let agent = try self.ownAgent(named: endpoint.agentName)
        try await self.launcher.rebind(endpoint, isBound: isBound, agent)
    }

    private func ownAgent(named name: String) throws -> SupervisedProcess {
        guard let agent = self.state.withLock({ $0.agents[name] }) else {
            throw TargetError(.noSuchAgent, "no agent of its own runs for \(name)")
        }
        return agent
    }

    /// Makes every agent stand still, until ``resumeAgents()``.
    package func pauseAgents() async throws {
        let agents = self.state.withLock { Array($0.agents.values) }
        guard !agents.isEmpty else {
            throw TargetError(.noSuchAgent, "\(self.definition.identity.title) has no agent that the harness started")
        }
        for agent in agents {
            guard await agent.pause() else {
                throw TargetError(.cannotRun, "\(agent.title) did not stand still")
            }
        }
    }

    package func resumeAgents() {
        for agent in self.state.withLock({ Array($0.agents.values) }) { agent.resume() }
    }

    /// Sends the edge its reload signal, runs its reload command to the end, or says it to its socket.
    package func reload() async throws {
        switch self.definition.description.edgePlan?.reload {
        case .signal(let signal): self.edge?.send(signal)
        case .command(let command): try self.launcher.run(command)
        case .line(let line, let socket): try await self.launcher.say(line, toSocket: socket)
        case nil:
            throw TargetError(.cannotRun, "\(self.definition.identity.title) has no 'reload' in its target.yaml")
        }
    }

    /// Has the target serve other endpoints while it runs, as whoever operates it would: the edge's configuration is written
    /// anew and it gets its signal, and agents of endpoints that changed are replaced. The edge may take its time.
    package func reload(to deployment: Deployment) async throws {
        let before = self.deployment
        try self.launcher.rewrite(for: deployment)
        try await self.reload()
        let (changed, gone) = self.launcher.ownAgents(changedSince: before)
        for name in changed + gone {
            let agent = self.state.withLock { $0.agents.removeValue(forKey: name) }
            await agent?.end()
        }
        for name in changed { try await self.startAgent(named: name) }
    }

    /// Gives the edge a configuration that nothing can read, and its signal.
    package func reloadBroken() async throws {
        try self.launcher.breakConfiguration()
        try await self.reload()
    }

    package var workDirectory: URL { self.deployment.workDirectory }

    /// Tells the edge to stop, and does not wait for it.
    package func beginStop() { self.edge?.release() }

    /// What the edge and its agents were configured with, for reports: bounded, and without authtokens and keys.
    package var configuration: [ConfigurationExcerpt] { self.launcher.configuration }

    /// Whether the edge, its helpers and every agent that should run do so.
    package var isAlive: Bool { self.deaths.isEmpty }

    /// The programs that ended by themselves, each with how.
    package var deaths: [String] {
        Self.deaths(of: self.started + self.state.withLock { Array($0.agents.values) })
    }

    /// The same of the edge and its helpers.
    package var deathsBesidesAgents: [String] { Self.deaths(of: self.started) }

    private static func deaths(of processes: [SupervisedProcess]) -> [String] {
        processes.compactMap { process in process.status.map { "\(process.title) ended with status \($0)" } }.sorted()
    }

    private var started: [SupervisedProcess] { (self.edge.map { [$0] } ?? []) + self.helpers }

    /// The last words of every program, each under its title.
    package var logExcerpt: String {
        let agents = self.state.withLock { state in
            Array(state.agents.values).sorted { $0.title < $1.title } + state.gone
        }
        return (self.started + agents).map { "== \($0.title)\n\($0.lastWords)" }.joined(separator: "\n")
    }

    /// Ends every program, waits until all have gone, and removes the work directory. May be called twice.
    package func stop() async {
        let agents = self.state.withLock { state in
            state.isStopped = true
            defer { state.agents = [:] }
            return Array(state.agents.values) + state.gone
        }
        await Self.end(agents)
        await self.edge?.end()
        await Self.end(self.helpers)
        if !self.keepsWorkDirectory { try? FileManager.default.removeItem(at: self.deployment.workDirectory) }
    }

    static func end(_ processes: [SupervisedProcess]) async {
        for process in processes { process.release() }
        for process in processes { await process.end() }
    }
}

extension TargetDescription {
    /// `nil` of an edge that runs already.
    var edgePlan: ProcessPlan? { self.processes.first { $0.serves == .edge } }
}
