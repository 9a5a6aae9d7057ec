import Foundation
package import ScenarioModel

/// What `shakedown list` prints.
package enum Listing {
    /// A line per scenario: id, level, origin, number of cases, title; and the sums below.
    package static func lines(_ scenarios: [Scenario]) -> String {
        let width = scenarios.map(\.id.utf8.count).max() ?? 0
        let originWidth = scenarios.map(\.rule.origin.rawValue.utf8.count).max() ?? 0
        var text = ""
        for scenario in scenarios {
            text += Self.padded(scenario.id, to: width)
            text += "  " + Self.padded(scenario.rule.level.rawValue.uppercased(), to: 6)
            text += "  " + Self.padded(scenario.rule.origin.rawValue, to: originWidth)
            let count = "\(scenario.cases.count)"
            text += "  " + String(repeating: " ", count: max(0, 4 - count.utf8.count)) + count
            text += "  " + scenario.title + "\n"
        }
        let cases = scenarios.reduce(0) { $0 + $1.cases.count }
        return text + "\(Self.counted(scenarios.count, "scenario")), \(Self.counted(cases, "case"))\n"
    }

    /// The same as a JSON array, for programs.
    package static func json(_ scenarios: [Scenario]) throws -> String {
        let entries = scenarios.map { scenario in
            Entry(
                id: scenario.id,
                title: scenario.title,
                area: scenario.area,
                rule: scenario.rule,
                origin: scenario.rule.origin,
                importance: scenario.importance,
                tags: scenario.tags,
                roles: scenario.roles,
                requires: Set(scenario.cases.flatMap(\.requires)).sorted(),
                references: scenario.references,
                file: scenario.file,
                line: scenario.line,
                cases: scenario.cases.map(\.id)
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
    }

    private struct Entry: Encodable {
        var id: String
        var title: String
        var area: String
        var rule: Rule
        var origin: Rule.Origin
        var importance: Importance
        var tags: [String]
        var roles: [Role]
        var requires: [Feature]
        var references: [String]
        var file: String
        var line: Int
        var cases: [String]
    }

    private static func counted(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "s")
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
