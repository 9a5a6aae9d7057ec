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
    supervisor: [String]? = nil,
    keepsWorkDirectory: Bool = false
) async throws -> RunningTarget {
    let launcher = Launcher(
        definition: definition,
        deployment: deployment,
        supervisor: supervisor ?? Launcher.ownSupervisor
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
    let deployment: Deployment
    private let supervisor: [String]
    private let writer: ConfigurationWriter
    /// The authtoken of this run's agents.
    let token: String
    private let state = Mutex(State())

    private struct State {
        var port: UInt16?
        var facts: [String: [String: String]] = [:]
        var written = WrittenConfiguration()
    }

    /// How often another port is tried when someone else took the chosen one first.
    private static let attempts = 4

    init(definition: TargetDefinition, deployment: Deployment, supervisor: [String]) {
        self.definition = definition
        self.deployment = deployment
        self.supervisor = supervisor
        self.writer = ConfigurationWriter(definition: definition, directory: deployment.workDirectory)
        self.token = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// The running program's hidden subcommand.
    static var ownSupervisor: [String] {
        [Bundle.main.executablePath ?? CommandLine.arguments[0], "supervise"]
    }

    var eventsFile: URL? {
        self.definition.description.edgePlan.events.map { self.deployment.workDirectory.appending(path: $0) }
    }

    /// What the programs started so far were configured with, without secrets.
    var configuration: [ConfigurationExcerpt] {
        self.state.withLock { $0.written }.excerpts(secrets: [self.token])
    }

    /// What was written into the work directory for the programs to read, and holds secrets rightly.
    var givenFiles: Set<String> {
        let bundles = self.deployment.endpoints.map { ConfigurationWriter.bundleName(of: $0.files) }
        return self.state.withLock { $0.written.names }.union(bundles)
    }

    func launch(keepsWorkDirectory: Bool) async throws -> RunningTarget {
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
        let (edge, addresses) = try await self.startEdge()
        do {
            let agents = try await self.startAgents()
            return RunningTarget(
                launcher: self,
                edge: edge,
                addresses: addresses,
                agents: agents,
                keepsWorkDirectory: keepsWorkDirectory
            )
        } catch {
            await edge.end()
            throw error
        }
    }

    private func startEdge() async throws -> (SupervisedProcess, [TransportAddress]) {
        let plan = self.definition.description.edgePlan
        var attempt = 1
        while true {
            let port = try Loopback.freePort()
            self.state.withLock { $0.port = port }
            do {
                let (process, ready) = try await self.start(plan, instance: plan.name, title: plan.program) { _ in true
                }
                guard let ready else { return (process, self.addresses(atPort: port)) }
                guard !ready.addresses.isEmpty else {
                    await process.end()
                    throw TargetError(.notReady, "\(plan.program) does not say where it listens in its ready file")
                }
                self.state.withLock { $0.facts[plan.name] = ready.facts }
                return (process, ready.addresses)
            } catch let error as TargetError where error.code == .busyPort && attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    private func addresses(atPort port: UInt16) -> [TransportAddress] {
        ([.loopback] + (self.definition.hasIPv6 ? [.loopback6] : [])).map { TransportAddress(ip: $0, port: port) }
    }

    private func startAgents() async throws -> [String?: SupervisedProcess] {
        var jobs: [String?] = self.plan(serving: .ownAgent) == nil ? [] : self.ownAgentDomains
        if self.plan(serving: .sharedAgent) != nil, self.deployment.endpoints.contains(where: \.plan.usesSharedAgent) {
            jobs.append(nil)
        }
        return try await withThrowingTaskGroup(of: (String?, SupervisedProcess).self) { group in
            for domain in jobs {
                group.addTask { (domain, try await self.startAgent(ofEndpointDomain: domain)) }
            }
            var agents: [String?: SupervisedProcess] = [:]
            do {
                for try await (domain, agent) in group { agents[domain] = agent }
                return agents
            } catch {
                // What still starts ends with its last reference.
                await RunningTarget.end(Array(agents.values))
                throw error
            }
        }
    }

    private var ownAgentDomains: [String?] {
        self.deployment.endpoints.filter { $0.plan.hasOwnAgent && $0.plan.isOnline }.map(\.plan.domain)
    }

    func startOwnAgent(ofEndpointDomain domain: String) async throws -> SupervisedProcess {
        guard self.ownAgentDomains.contains(domain) else {
            throw TargetError(.noSuchAgent, "\(domain) has no agent of its own")
        }
        return try await self.startAgent(ofEndpointDomain: domain)
    }

    private func startAgent(ofEndpointDomain domain: String?) async throws -> SupervisedProcess {
        guard let plan = self.plan(serving: domain == nil ? .sharedAgent : .ownAgent) else {
            throw TargetError(.noSuchAgent, "\(self.definition.identity.title) has no agents")
        }
        let number = self.deployment.endpoints.firstIndex { $0.plan.domain == domain }
        let instance = number.map { "e\($0)" } ?? "shared"
        return try await self.start(plan, instance: instance, title: "\(plan.program) (\(domain ?? "shared"))") {
            domain == nil ? $0.usesSharedAgent : $0.domain == domain
        }.process
    }

    private func plan(serving service: ProcessPlan.Service) -> ProcessPlan? {
        self.definition.description.processes.first { $0.serves == service }
    }

    private func values(instance: String, where isServed: (EndpointPlan) -> Bool) -> [String: Any] {
        let (port, facts) = self.state.withLock { ($0.port, $0.facts) }
        var values = TemplateValues(self.deployment, definition: self.definition, token: self.token)
        if let port { values.set(port: port) }
        for (process, facts) in facts { values.add(facts, ofProcess: process) }
        return values.forInstance(instance, where: isServed, of: self.deployment)
    }

    private func start(
        _ plan: ProcessPlan,
        instance: String,
        title: String,
        where isServed: (EndpointPlan) -> Bool
    ) async throws -> (process: SupervisedProcess, ready: Readiness?) {
        let values = self.values(instance: instance, where: isServed)
        let files = try self.writer.write(plan.templates, values: values)
        self.state.withLock { $0.written.add(files, ofProcess: plan.name) }
        let name = "\(self.definition.name)/target.yaml"
        let program = try self.definition.program(of: plan)
        let arguments = try self.writer.render(plain: plan.arguments, values: values, name: name)
        var readyFile: URL?
        if case .file(let template) = plan.ready {
            let file = try self.writer.render(plain: [template], values: values, name: name)[0]
            readyFile = self.deployment.workDirectory.appending(path: file)
        }
        // One that an earlier process left would be believed.
        if let readyFile { try? FileManager.default.removeItem(at: readyFile) }
        let process: SupervisedProcess
        do {
            process = try SupervisedProcess(
                title: title,
                supervisor: self.supervisor,
                options: SupervisorOptions(
                    command: [program.path] + arguments,
                    directory: self.deployment.workDirectory.path,
                    stopSignal: plan.stop,
                    grace: .seconds(plan.grace)
                ),
                environment: program.environment,
                log: self.deployment.workDirectory.appending(path: "\(plan.name)-\(instance).log")
            )
        } catch {
            throw TargetError(.cannotRun, error.description)
        }
        do {
            return (process, try await self.waitUntilReady(process, plan: plan, file: readyFile))
        } catch let error as TargetError where error.code == .exitedEarly && !plan.check.isEmpty {
            let check = try self.writer.render(plain: plan.check, values: values, name: name)
            throw try self.refusal(program: program, arguments: check) ?? error
        } catch {
            await process.end()
            throw error
        }
    }

    private func waitUntilReady(
        _ process: SupervisedProcess,
        plan: ProcessPlan,
        file: URL?
    ) async throws -> Readiness? {
        let deadline = ContinuousClock.now + .seconds(plan.readyWithin)
        while true {
            // Who listens at the port may be someone else, while the program is on its way out.
            let isReachable = file == nil && self.isReachable
            let ready = try file.flatMap { try Readiness(ReadyFile(path: $0.path)) }
            if let status = process.status { throw self.earlyExit(of: process, status: status) }
            if isReachable || ready != nil { return ready }
            try Task.checkCancellation()
            guard ContinuousClock.now < deadline else {
                throw TargetError(
                    .notReady,
                    "\(process.title) was not ready within \(plan.readyWithin) s; its last words:\n\(process.lastWords)",
                    hint: self.hint(for: process.lastWords)
                )
            }
            await Pause.short()
        }
    }

    private var isReachable: Bool {
        guard let port = self.state.withLock({ $0.port }) else { return false }
        return self.addresses(atPort: port).allSatisfy { Loopback.canConnect(to: $0) }
    }

    private func earlyExit(of process: SupervisedProcess, status: Int32) -> TargetError {
        let words = process.lastWords
        // EADDRINUSE, as libc and the programs that do not ask it spell it.
        if words.range(of: "address (already )?in use", options: [.regularExpression, .caseInsensitive]) != nil {
            return TargetError(
                .busyPort,
                "\(process.title) found its port taken; its last words:\n\(words)",
                hint: "see who listens there: ss -tlnp"
            )
        }
        return TargetError(
            .exitedEarly,
            "\(process.title) ended with status \(status) before it was ready; its last words:\n\(words)",
            hint: self.hint(for: words)
        )
    }

    /// What the program itself says is wrong with its configuration; `nil` when it finds nothing.
    private func refusal(program: ProgramSearch.Found, arguments: [String]) throws -> TargetError? {
        let answer = try ProgramSearch.output(of: program, arguments, in: self.deployment.workDirectory)
        guard answer.status != 0 else { return nil }
        let words = answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
        return TargetError(
            .refusedConfiguration,
            "\(self.definition.identity.title) refuses the configuration in \(self.deployment.workDirectory.path):\n\(words)",
            hint: self.hint(for: words) ?? "look at the templates in \(self.definition.folder.path)"
        )
    }

    private func hint(for words: String) -> String? {
        self.definition.description.hints.first {
            words.range(of: $0.pattern, options: .regularExpression) != nil
        }?.text
    }
}

extension EndpointPlan {
    var usesSharedAgent: Bool { self.isOnline && !self.hasOwnAgent }
}

extension TargetDefinition {
    func program(of plan: ProcessPlan) throws(TargetError) -> ProgramSearch.Found {
        guard let program = self.description.programs[plan.program] else {
            throw TargetError(.programNotFound, "\(self.name)/target.yaml names no program '\(plan.program)'")
        }
        return try self.programs.find(program)
    }
}
