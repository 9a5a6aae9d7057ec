import ScenarioModel

extension RunReport {
    /// Why runs cannot be put together.
    package struct MergeTrouble: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Puts runs of one target together: parts of one selection (``Shard``), or runs of different scenarios. A case that is in
    /// several of them was repeated.
    ///
    /// A part that is missing is a problem of the whole, and so is what only the whole of the catalogue can tell, when it is
    /// all there.
    package static func merging(_ reports: [RunReport]) throws(MergeTrouble) -> RunReport {
        guard var whole = reports.first else { throw MergeTrouble(description: "there is no run") }
        for other in reports.dropFirst() {
            try whole.expectAlike(other)
            let known = Set(whole.results.map(\.testCase.id))
            let duration = whole.durationSeconds
            let additional = other.results.filter { !known.contains($0.testCase.id) }
            let repetitions = [whole.repetitions, other.repetitions].compactMap(\.self).max()
            // What both have is a repetition, and the rest comes from one of them.
            whole.merge(repetition: other)
            if !additional.isEmpty { whole.repetitions = repetitions }
            whole.results += additional
            // They ran beside each other.
            whole.durationSeconds = max(duration, other.durationSeconds)
            whole.startedAt = min(whole.startedAt, other.startedAt)
            whole.scenarios += other.scenarios.filter { scenario in !whole.scenarios.contains { $0.id == scenario.id } }
            whole.interruption = Self.sum(whole.interruption, other.interruption)
            if !whole.seed.split(separator: " ").contains(Substring(other.seed)) { whole.seed += " \(other.seed)" }
        }
        whole.results.sort { $0.testCase.id < $1.testCase.id }
        whole.scenarios.sort { $0.id < $1.id }
        whole.comparison = nil
        whole.shard = nil
        let missing = Self.missing(reports.compactMap(\.shard))
        whole.problems += missing
        if missing.isEmpty, !whole.isInterrupted, let waivers = whole.waivers,
            reports.allSatisfy({ $0.waivers == waivers }),
            reports.contains(where: { $0.shard != nil })
        {
            let reckoning = Reckoning(
                of: whole.target.title,
                profile: whole.target.profile ?? .all,
                scenarios: whole.scenarios,
                behaviours: whole.target.behaviours ?? [],
                waivers: Waivers(entries: waivers)
            )
            whole.problems += reckoning.problems(amongAll: whole.results)
        }
        return whole
    }

    private func expectAlike(_ other: RunReport) throws(MergeTrouble) {
        func name(_ report: RunReport) -> String { "\(report.target.title) \(report.target.version)" }
        if (self.target.name, name(self)) != (other.target.name, name(other)) {
            throw MergeTrouble(description: "one is a run of \(name(self)), another of \(name(other))")
        }
        if self.target.profile != other.target.profile {
            throw MergeTrouble(description: "they were held to different profiles of rules (--profile)")
        }
        if self.tool.version != other.tool.version {
            throw MergeTrouble(
                description: "one was made by version \(self.tool.version), another by \(other.tool.version)"
            )
        }
        if let one = self.shard, let two = other.shard, one.count != two.count {
            throw MergeTrouble(description: "one is part \(one) and another part \(two): of different divisions")
        }
    }

    private static func missing(_ shards: [Shard]) -> [String] {
        guard let count = shards.first?.count else { return [] }
        let there = Set(shards.map(\.number))
        return (1...count).filter { !there.contains($0) }.map { "part \($0)/\(count) is missing" }
    }

    private static func sum(_ one: Interruption?, _ other: Interruption?) -> Interruption? {
        guard let one, let other else { return one ?? other }
        return one + other
    }
}
