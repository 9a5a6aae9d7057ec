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
        let title = self.definition.identity.title
        guard let plan = self.definition.description.metrics else {
            throw TargetError(.badTemplate, "\(title) has no 'metrics' in its target.yaml")
        }
        let url = try self.render(plan.url, with: self.values(instance: "edge") { _ in true })
        let (address, host, path) = try ReadinessProbe.parts(of: url, in: "metrics")
        let answer: HTTPAnswer
        do {
            answer = try HTTPAnswer.get(path, host: host, at: address)
        } catch {
            throw TargetError(.notReady, "\(title) does not tell its counters at \(url): \(error)")
        }
        guard answer.code == 200 else {
            throw TargetError(
                .notReady,
                "\(title) does not tell its counters at \(url): it answers \(answer.code) \(answer.reason)"
            )
        }
        return plan.values(in: answer.body)
    }
}
