import ConfigurationFiles
package import ScenarioModel

/// Which scenarios and cases a run takes.
package struct ScenarioSelection: Hashable, Sendable {
    /// Globs over scenario and case ids, such as `framing.*` and `*[role=edge,*`; empty takes all.
    ///
    /// `*` is any text, `?` one character; brackets stand for themselves. A pattern without wildcards also takes
    /// everything below it: `framing` is `framing.records.split-inside-name` and all its neighbours.
    package var patterns: [String]
    /// Rules as binding as this, or more: `should` takes MUST and SHOULD.
    package var level: Rule.Level
    /// Takes a scenario that has one of these; empty takes all.
    package var tags: Set<String>
    /// Takes no scenario that has one of these.
    package var skippedTags: Set<String>
    /// Takes a scenario whose rule is one of theirs; empty takes all.
    package var origins: Set<Rule.Origin>
    /// Of all these, the cases of one part; `nil` takes all.
    package var shard: Shard?

    package init(
        patterns: [String] = [],
        level: Rule.Level = .may,
        tags: Set<String> = [],
        skippedTags: Set<String> = [],
        origins: Set<Rule.Origin> = [],
        shard: Shard? = nil
    ) {
        self.patterns = patterns
        self.level = level
        self.tags = tags
        self.skippedTags = skippedTags
        self.origins = origins
        self.shard = shard
    }

    /// The selected scenarios, with the selected of their cases.
    package func apply(to scenarios: [Scenario]) -> [Scenario] {
        scenarios.compactMap { scenario in
            guard scenario.rule.level <= self.level else { return nil }
            guard self.origins.isEmpty || self.origins.contains(scenario.rule.origin) else { return nil }
            guard self.tags.isEmpty || !self.tags.isDisjoint(with: scenario.tags) else { return nil }
            guard self.skippedTags.isDisjoint(with: scenario.tags) else { return nil }
            var selected = scenario
            if !self.patterns.isEmpty, !self.patterns.contains(where: { Self.takes($0, scenario: scenario.id) }) {
                selected.cases.removeAll { testCase in
                    !self.patterns.contains { Glob($0).matches(testCase.id) }
                }
            }
            if let shard { selected.cases.removeAll { !shard.contains($0.id) } }
            return selected.cases.isEmpty ? nil : selected
        }
    }

    /// The patterns that take nothing, so that a misspelt one is not a green run.
    package func unusedPatterns(in scenarios: [Scenario]) -> [String] {
        self.patterns.filter { pattern in
            !scenarios.contains { scenario in
                Self.takes(pattern, scenario: scenario.id)
                    || scenario.cases.contains { Glob(pattern).matches($0.id) }
            }
        }
    }

    private static func takes(_ pattern: String, scenario id: String) -> Bool {
        Glob(pattern).matches(id) || id.hasPrefix(pattern + ".")
    }
}
