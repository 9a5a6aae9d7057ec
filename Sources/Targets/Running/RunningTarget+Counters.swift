internal import Addresses
package import ScenarioModel
internal import Synchronization
internal import Verdicts

extension RunningTarget {
    /// What the target says that it has counted until now.
    package func counters() throws(TargetError) -> [TargetCounter: Int] {
        try self.launcher.counters()
    }

    /// A series that is not there has counted nothing, or is misspelt: until it was there once, nobody knows.
    ///
    /// - Throws: when the target, since it runs, has never told of a name that one of these is read from.
    package func vouch(for counters: Set<TargetCounter>) throws(TargetError) {
        let told = self.launcher.state.withLock { $0.toldMetrics }
        for counter in counters.sorted(by: { $0.rawValue < $1.rawValue }) {
            let series = self.definition.description.metrics?.counters[counter] ?? []
            guard let untold = series.first(where: { !told.contains($0.name) }) else { continue }
            throw TargetError(
                .unknownMetric,
                "metrics.counters.\(counter.rawValue) in \(self.definition.name)/target.yaml is '\(untold.name)', of which "
                    + "\(self.definition.identity.title) never told",
                hint: "is it spelled as in what the target tells at its 'url'?"
            )
        }
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
        let names = PrometheusSample.names(in: answer.body)
        self.state.withLock { $0.toldMetrics.formUnion(names) }
        return plan.values(in: answer.body)
    }
}
