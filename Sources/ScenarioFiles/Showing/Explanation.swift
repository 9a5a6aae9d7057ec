package import ScenarioModel

/// What `shakedown explain ID` prints.
package enum Explanation {
    package static func render(_ scenario: Scenario) -> String {
        var lines = [scenario.id, "  " + scenario.title, ""]
        lines += Self.row(
            "rule",
            "\(scenario.rule.document), \(scenario.rule.section) (\(scenario.rule.level.rawValue.uppercased()))"
        )
        lines += Self.row("origin", scenario.rule.origin.rawValue)
        lines += Self.row("importance", scenario.importance.rawValue)
        if !scenario.references.isEmpty { lines += Self.row("seen in", scenario.references.joined(separator: ", ")) }
        if !scenario.tags.isEmpty { lines += Self.row("tags", scenario.tags.joined(separator: ", ")) }
        lines += Self.row("roles", scenario.roles.map(\.rawValue).joined(separator: ", "))
        let needs = Set(scenario.cases.flatMap(\.requires)).sorted()
        if !needs.isEmpty { lines += Self.row("needs", needs.map(\.rawValue).joined(separator: ", ")) }
        let limits = Set(scenario.cases.map(\.limits)).flatMap(Self.words).sorted()
        if !limits.isEmpty { lines += Self.row("limits", limits.joined(separator: ", ")) }
        lines += Self.row("file", "\(scenario.file):\(scenario.line)")
        if !scenario.rationale.isEmpty {
            lines.append("")
            lines += Self.wrapped(scenario.rationale, width: 96).map { "  " + $0 }
        }
        lines.append("")
        lines += Self.expectations(scenario)
        lines.append("  cases (\(scenario.cases.count))")
        lines += scenario.cases.map { "    " + $0.id }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func words(_ limits: [ConnectionLimit: Int]) -> [String] {
        limits.map { limit, count in
            switch limit {
            case .source: "\(count) at once of a source"
            case .endpoint, .account: "\(count) at once of an \(limit.rawValue)"
            case .accountRate: "\(count) a minute of an account"
            }
        }
    }

    /// Each different expectation once, with the cases it is for when there are several.
    private static func expectations(_ scenario: Scenario) -> [String] {
        var groups: [(expectation: GradedExpectation, cases: [Case])] = []
        for testCase in scenario.cases {
            if let index = groups.firstIndex(where: { $0.expectation == testCase.expectation }) {
                groups[index].cases.append(testCase)
            } else {
                groups.append((testCase.expectation, [testCase]))
            }
        }
        return groups.flatMap { group -> [String] in
            var lines: [String] = []
            if groups.count > 1 {
                let choices = group.cases.map { testCase in
                    testCase.choices.filter { $0.name != "engine" }.map { "\($0.name)=\($0.value)" }.joined(
                        separator: ","
                    )
                }
                var seen: Set<String> = []
                let unique = choices.filter { seen.insert($0).inserted }
                lines.append(
                    "  expected of " + unique.prefix(4).joined(separator: " | ") + (unique.count > 4 ? " | …" : "")
                )
            } else {
                lines.append("  expected")
            }
            if let play = group.cases.first?.play {
                for step in play.plan.joined() {
                    lines += Self.row("step \(step.number)", "\(step.step.action)", indent: 4)
                    if let expectation = step.step.expectation { lines += Self.grades(expectation, indent: 6) }
                }
            } else {
                lines += Self.grades(group.expectation, indent: 4)
            }
            return lines + [""]
        }
    }

    private static func grades(_ expectation: GradedExpectation, indent: Int) -> [String] {
        var lines: [String] = []
        for (grade, alternatives) in [
            ("strict", expectation.strict), ("lenient", expectation.lenient), ("tolerated", expectation.tolerated),
        ] {
            for (index, alternative) in alternatives.enumerated() {
                lines += Self.row(index == 0 ? grade : "or", Words.expectation(alternative), indent: indent)
            }
        }
        for (index, invariant) in expectation.never.enumerated() {
            lines += Self.row(index == 0 ? "never" : "or", Words.invariant(invariant), indent: indent)
        }
        return lines
    }

    private static func row(_ label: String, _ text: String, indent: Int = 2) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let padding = String(repeating: " ", count: max(1, 12 - label.utf8.count))
        let lines = Self.wrapped(text, width: 100 - indent - 12)
        return lines.enumerated().map { index, line in
            margin + (index == 0 ? label + padding : String(repeating: " ", count: 12)) + line
        }
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if let last = lines.last, last.count + word.count + 1 <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.isEmpty ? [""] : lines
    }
}
