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

    package init(patterns: [String] = [], level: Rule.Level = .may, tags: Set<String> = []) {
        self.patterns = patterns
        self.level = level
        self.tags = tags
    }

    /// The selected scenarios, with the selected of their cases.
    package func apply(to scenarios: [Scenario]) -> [Scenario] {
        scenarios.compactMap { scenario in
            guard scenario.rule.level <= self.level else { return nil }
            guard self.tags.isEmpty || !self.tags.isDisjoint(with: scenario.tags) else { return nil }
            guard !self.patterns.isEmpty else { return scenario }
            if self.patterns.contains(where: { Self.takes($0, scenario: scenario.id) }) { return scenario }
            var selected = scenario
            selected.cases = scenario.cases.filter { testCase in
                self.patterns.contains { Glob.matches($0, testCase.id) }
            }
            return selected.cases.isEmpty ? nil : selected
        }
    }

    /// The patterns that take nothing, so that a misspelt one is not a green run.
    package func unusedPatterns(in scenarios: [Scenario]) -> [String] {
        self.patterns.filter { pattern in
            !scenarios.contains { scenario in
                Self.takes(pattern, scenario: scenario.id)
                    || scenario.cases.contains { Glob.matches(pattern, $0.id) }
            }
        }
    }

    private static func takes(_ pattern: String, scenario id: String) -> Bool {
        Glob.matches(pattern, id) || id.hasPrefix(pattern + ".")
    }
}

/// Shell-like patterns with `*` and `?` only, because case ids have brackets.
package enum Glob {
    package static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var at = (pattern: 0, text: 0)
        var retry: (pattern: Int, text: Int)?
        while at.text < text.count {
            if at.pattern < pattern.count, pattern[at.pattern] == UInt8(ascii: "*") {
                retry = at
                at.pattern += 1
            } else if at.pattern < pattern.count,
                pattern[at.pattern] == UInt8(ascii: "?") || pattern[at.pattern] == text[at.text]
            {
                at = (at.pattern + 1, at.text + 1)
            } else if let last = retry {
                retry = (last.pattern, last.text + 1)
                at = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[at.pattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
