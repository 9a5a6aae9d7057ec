internal import Foundation
internal import Glibc
internal import ProgramKit
internal import ScenarioModel
internal import Supervision
internal import Synchronization
internal import Verdicts

/// Starting one process of a target.
extension Launcher {
    /// Writes its files, starts it and waits until it is ready.
    func start(
        _ plan: ProcessPlan,
        instance: String,
        title: String,
        where isServed: (EndpointPlan) -> Bool
    ) async throws -> (process: SupervisedProcess, ready: Readiness) {
        let values = self.values(instance: instance, where: isServed)
        let files = try self.writer.write(plan.templates, values: values)
        self.state.withLock { $0.written.add(files, ofProcess: plan.name) }
        let program = try self.definition.program(of: plan)
        let render = { (text: String) throws(TargetError) in try self.render(text, with: values) }
        let directory = try plan.directory.map(render).map(self.path) ?? self.deployment.workDirectory.path
        let log = self.log(of: plan, instance: instance)
        let probe = try self.readinessProbe(of: plan, log: log, render: render)
        probe.clear()
        let process: SupervisedProcess
        do {
            process = try SupervisedProcess(
                title: title,
                supervisor: self.supervisor,
                options: SupervisorOptions(
                    command: [program.path] + (try plan.arguments.map(render)),
                    directory: directory,
                    stopSignal: plan.stop.signal,
                    stopCommand: try plan.stop.command.map { try self.words(of: $0, with: values) } ?? [],
                    pidFile: try plan.pidFile.map(render).map(self.path),
                    grace: .seconds(plan.stop.grace),
                    openFiles: plan.openFiles ?? OpenFiles.inherited
                ),
                environment: program.environment.merging(try plan.environment.mapValues(render)) { $1 },
                log: log
            )
        } catch let error as POSIXFailure {
            throw TargetError(.cannotRun, error.description)
        }
        do {
            let ready = try await self.waitUntilReady(process, plan: plan, probe: probe)
            if plan.serves == .edge || plan.serves == .helper {
                self.state.withLock { $0.facts[plan.name] = ready.facts }
            }
            return (process, ready)
        } catch let error as TargetError where error.code == .exitedEarly && !plan.check.isEmpty {
            throw try self.refusal(program: program, arguments: plan.check.map(render), in: directory) ?? error
        } catch {
            await process.end()
            throw error
        }
    }

    private func log(of plan: ProcessPlan, instance: String) -> URL {
        self.deployment.workDirectory.appending(path: "\(plan.name)-\(instance).log")
    }

    private func readinessProbe(
        of plan: ProcessPlan,
        log: URL,
        render: (String) throws(TargetError) -> String
    ) throws(TargetError) -> ReadinessProbe {
        try ReadinessProbe(
            plan.ready,
            edgeAddresses: self.edgeAddresses,
            log: log,
            directory: self.deployment.workDirectory,
            render: render
        )
    }

    /// Of a process that runs already.
    func readinessProbe(
        of plan: ProcessPlan,
        instance: String,
        where isServed: (EndpointPlan) -> Bool
    ) throws(TargetError) -> ReadinessProbe {
        let values = self.values(instance: instance, where: isServed)
        return try self.readinessProbe(of: plan, log: self.log(of: plan, instance: instance)) {
            (text: String) throws(TargetError) in try self.render(text, with: values)
        }
    }

    func render(_ text: String, with values: [String: Any]) throws(TargetError) -> String {
        try self.writer.render(plain: [text], values: values, name: "\(self.definition.name)/target.yaml")[0]
    }

    /// From the work directory, unless it begins at the root.
    private func path(_ text: String) -> String {
        text.hasPrefix("/") ? text : self.deployment.workDirectory.appending(path: text).path
    }

    private func words(of command: ProcessPlan.Command, with values: [String: Any]) throws -> [String] {
        let program = try self.definition.program(named: command.program)
        let variables = program.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return (variables.isEmpty ? [] : ["/usr/bin/env"] + variables) + [program.path]
            + (try command.arguments.map { try self.render($0, with: values) })
    }

    /// Runs a command that the edge's plan names, to its end.
    func run(_ command: ProcessPlan.Command) throws {
        guard let plan = self.definition.description.edgePlan else { return }
        let words = try self.words(of: command, with: self.values(instance: plan.name, where: { _ in true }))
        let answer = try ProgramSearch.output(of: words, in: self.deployment.workDirectory)
        guard answer.status == 0 else {
            throw TargetError(
                .cannotRun,
                "\(words.joined(separator: " ")) ended with status \(answer.status):\n\(answer.text.suffix(2_000))"
            )
        }
    }

    /// Says a line to a socket of the edge's, and waits for what comes back. Nobody listens while a program starts itself anew,
    /// so for as long as it may take to be ready it is tried again.
    func say(_ line: String, toSocket template: String) async throws {
        guard let plan = self.definition.description.edgePlan else { return }
        let path = try self.render(template, with: self.values(instance: plan.name, where: { _ in true }))
        let deadline = ContinuousClock.now + .seconds(plan.readyWithin)
        while let errorNumber = Loopback.say("\(line)\n", toSocket: path) {
            guard [ECONNREFUSED, ECONNRESET, EPIPE, ENOENT].contains(errorNumber), ContinuousClock.now < deadline else {
                throw TargetError(
                    .cannotRun,
                    "'\(line)' cannot be said to \(path): \(Reason.text(ofErrno: errorNumber))"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func waitUntilReady(
        _ process: SupervisedProcess,
        plan: ProcessPlan,
        probe: ReadinessProbe
    ) async throws -> Readiness {
        let deadline = ContinuousClock.now + .seconds(plan.readyWithin)
        while true {
            // Who listens at the port may be someone else, while the program is on its way out.
            let ready = try probe.look()
            if let status = process.status { throw self.earlyExit(of: process, status: status) }
            if let ready { return ready }
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
    private func refusal(
        program: ProgramSearch.Found,
        arguments: [String],
        in directory: String
    ) throws -> TargetError? {
        let answer = try ProgramSearch.output(of: program, arguments, in: URL(filePath: directory))
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
