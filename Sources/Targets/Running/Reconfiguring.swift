internal import ScenarioModel
internal import Synchronization

/// Another configuration for programs that run already.
extension Launcher {
    /// Writes the edge's configuration anew, for these endpoints from now on.
    func rewrite(for deployment: Deployment) throws {
        self.state.withLock { state in
            state.formerBundles.formUnion(state.deployment.bundleNames)
            state.deployment = deployment
        }
        try self.writer.writeBundles(of: deployment.endpoints)
        guard let plan = self.definition.description.edgePlan else { return }
        let files = try self.writer.write(plan.templates, values: self.values(instance: plan.name) { _ in true })
        self.state.withLock { $0.written.add(files, ofProcess: plan.name) }
    }

    /// Puts into the edge's first file what no program can read.
    func breakConfiguration() throws {
        guard let plan = self.definition.description.edgePlan else { return }
        let values = self.values(instance: plan.name) { _ in true }
        guard let file = try self.writer.write(Array(plan.templates.prefix(1)), values: values).first else { return }
        try self.writer.write("}}} the harness broke this file {{{\n", to: file.name)
    }

    /// Those whose agents must be replaced, and those whose agents are not needed any more.
    func ownAgents(changedSince before: Deployment) -> (changed: [String], gone: [String]) {
        guard self.plan(serving: .ownAgent) != nil else { return ([], []) }
        func served(_ deployment: Deployment) -> [DeployedEndpoint] {
            deployment.endpoints.filter { $0.plan.hasOwnAgent && $0.plan.isOnline && $0.plan.rivalOf == nil }
        }
        let now = served(self.deployment)
        let names = Set(now.map(\.plan.agentName))
        return (
            Set(now.filter { !before.endpoints.contains($0) }.map(\.plan.agentName)).sorted(),
            Set(served(before).map(\.plan.agentName)).subtracting(names).sorted()
        )
    }
}
