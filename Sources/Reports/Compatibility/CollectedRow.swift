import JSONText
import ScenarioModel
import Verdicts

/// One scenario while columns come in: every case that any of them has, and what each came to.
struct CollectedRow {
    struct Entry {
        var mark: CaseMark
        /// Numbers of the page's data: `CaseDetails.facts`.
        var facts: [Int]
        /// `.null` of what has no panel of its own.
        var detail: JSONValue
    }

    let scenario: String
    var about: Scenario?
    private var rests: [String] = []
    private var choices: [JSONValue] = []
    private var numbers: [String: Int] = [:]
    /// By column and by case.
    private var entries: [Int: [Int: Entry]] = [:]

    init(scenario: String, about: Scenario?) {
        self.scenario = scenario
        self.about = about
    }

    /// The number of a case in this row, which it gets when it comes first.
    mutating func place(of testCase: Case, _ details: inout CaseDetails) -> Int {
        let rest =
            testCase.id.hasPrefix(self.scenario)
            ? String(testCase.id.dropFirst(self.scenario.count)) : " " + testCase.id
        if let number = self.numbers[rest] { return number }
        self.numbers[rest] = self.rests.count
        self.rests.append(rest)
        self.choices.append(details.choices(of: testCase, rest: rest))
        return self.rests.count - 1
    }

    mutating func put(_ entry: Entry, atCase number: Int, column: Int) {
        self.entries[column, default: [:]][number] = entry
    }

    func row(columnCount: Int) -> Compatibility.Row {
        Compatibility.Row(
            scenario: self.scenario,
            title: self.about?.title ?? self.scenario,
            rule: self.about?.rule,
            references: self.about?.references ?? [],
            cases: self.rests,
            cells: (0..<columnCount).map { column in
                self.entries[column].map { entries in
                    Compatibility.Cell(marks: self.rests.indices.map { entries[$0]?.mark })
                }
            }
        )
    }

    /// What the page's script knows of the scenario: as a run's page has it, and its cases.
    func about(compatibility id: String) -> JSONValue {
        let about = self.about?.pageMembers ?? [.init("title", .string(id))]
        return .object([.init("id", .string(id))] + about + [.init("cases", .array(self.choices))])
    }

    /// For each column `null`, or `o` letters, `f` facts of all cases that were asked, one after the other, and `d` the
    /// details of those that have some, each behind its case's number.
    func json(columnCount: Int) -> JSONValue {
        .array(
            (0..<columnCount).map { column in
                guard let entries = self.entries[column] else { return .null }
                let ordered = self.rests.indices.map { entries[$0] }
                let letters = String(ordered.map { $0?.mark.letter ?? CaseMark.notAsked })
                var members: [JSONValue.Member] = [
                    .init("o", .string(letters)), .init("f", .integers(ordered.flatMap { $0?.facts ?? [] })),
                ]
                let details = ordered.enumerated().compactMap { number, entry -> JSONValue? in
                    guard let entry, case .array(let values) = entry.detail else { return nil }
                    return .array([.integer(of: number)] + values)
                }
                if !details.isEmpty { members.append(.init("d", .array(details))) }
                return .object(members)
            }
        )
    }
}
