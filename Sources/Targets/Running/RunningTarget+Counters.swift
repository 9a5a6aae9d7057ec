internal import Addresses
package import ScenarioModel
internal import Verdicts

extension RunningTarget {
    /// What the target says that it has counted until now.
    package func counters() throws(TargetError) -> [TargetCounter: Int] {
        try self.launcher.counters()
    }
}

extension Launcher {
    func counters() throws(TargetError) -> [TargetCounter: Int] {
        guard let plan = self.definition.description.metrics else {
            throw TargetError(.badTemplate, "\(self.definition.identity.title) has no 'metrics' in its target.yaml")
        }
        let url = try self.render(plan.url, with: self.values(instance: "edge") { _ in true })
        let (address, host, path) = try ReadinessProbe.parts(of: url, in: "metrics")
        guard let text = Loopback.text(at: path, host: host, address) else {
            throw TargetError(.notReady, "\(self.definition.identity.title) does not tell its counters at \(url)")
        }
        return plan.values(in: text)
    }
}
