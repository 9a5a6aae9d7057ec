import Foundation
import JSONText
import ScenarioModel
package import Verdicts

/// Puts runs side by side, one after the other, so that no more than one of them is in memory: what the matrix needs of each
/// case, and for the page what its panel shows.
package struct CompatibilityCollector: Sendable {
    /// What the page is to stay below, in bytes; what each case of each column needs of it besides evidence, measured; and what
    /// there is once.
    private static let room = (page: 2_900_000, perCase: 31, once: 350_000)
    /// Legs, timelines and bytes get what is left of it, and never more or less than this.
    private static let evidenceRoom = 200_000...1_000_000

    private let columnCount: Int
    private var columns: [Compatibility.Column] = []
    private var profiles: [ColumnProfile] = []
    private var rows: [CollectedRow] = []
    private var rowNumbers: [String: Int] = [:]
    private var evidence: [[Compatibility.Answer.Evidence]] = Array(repeating: [], count: OperatorQuestion.all.count)
    private var answers: [[[Compatibility.Answer]]] = Array(repeating: [], count: OperatorQuestion.all.count)
    private var details = CaseDetails()
    /// How much evidence there may be in all; known once the first column says how many cases there are.
    private var evidenceBudget = 0
    private var spent = 0

    /// - Parameter columnCount: how many runs are to come, which share the room for evidence.
    package init(columnCount: Int) { self.columnCount = max(1, columnCount) }

    package var isEmpty: Bool { self.columns.isEmpty }

    /// Takes the next column.
    ///
    /// - Parameters:
    ///   - id: unique among the columns.
    ///   - journal: where the run wrote what it does not hold in memory.
    package mutating func add(_ report: RunReport, id: String, journal: RunJournal? = nil) throws {
        let source: any EvidenceSource = journal?.reader ?? EvidenceInMemory()
        let number = self.columns.count
        if number == 0 {
            let needed = Self.room.once + Self.room.perCase * self.columnCount * report.results.count
            let left = Self.room.page - needed
            self.evidenceBudget = min(max(left, Self.evidenceRoom.lowerBound), Self.evidenceRoom.upperBound)
        }
        self.columns.append(Compatibility.Column(id: id, report))
        self.profiles.append(ColumnProfile(report))
        for scenario in report.scenarios { _ = self.row(scenario.id, scenario) }
        let detailed = try self.detailed(report, source)
        for (index, result) in report.results.enumerated() {
            let row = self.row(result.testCase.scenario, nil)
            let place = self.rows[row].place(of: result.testCase, &self.details)
            let facts = self.details.facts(of: result)
            self.rows[row].put(
                .init(mark: CaseMark(result.verdict), facts: facts, detail: detailed[index] ?? .null),
                atCase: place,
                column: number
            )
            try self.ask(result, source)
        }
        for question in self.evidence.indices {
            self.answers[question].append(Compatibility.Answer.all(self.evidence[question]))
            self.evidence[question] = []
        }
    }

    /// - Parameters:
    ///   - tool: the program that puts them together.
    ///   - madeAt: RFC 3339, UTC.
    ///   - earlier: what to tell differences from.
    package func finished(
        tool: RunReport.Tool,
        madeAt: String,
        absent: [Compatibility.AbsentTarget] = [],
        since earlier: Compatibility? = nil
    ) -> CompatibilityPublication {
        let sorted = self.rows.sorted { $0.scenario < $1.scenario }
        let rows = sorted.map { $0.row(columnCount: self.columns.count) }
        var columns = self.columns
        for number in columns.indices { columns[number].musts = MustScore(rows, column: number) }
        var compatibility = Compatibility(
            tool: tool,
            madeAt: madeAt,
            columns: columns,
            absent: absent,
            rows: rows,
            behaviours: zip(OperatorQuestion.all, self.answers).map { question, answers in
                Compatibility.BehaviourRow(id: question.id, question: question.title, answers: answers)
            }
        )
        compatibility.changes = earlier.map { CompatibilityChanges(of: compatibility, since: $0) }
        let cells = sorted.map { $0.json(columnCount: columns.count) }
        return CompatibilityPublication(
            compatibility: compatibility,
            profiles: self.profiles,
            details: self.details.json(
                columns: zip(columns, self.profiles).map { column, profile in column.json(replay: profile.replay) },
                scenarios: sorted.map { $0.about(compatibility: $0.scenario) },
                cells: cells
            )
        )
    }

    private mutating func row(_ id: String, _ scenario: Scenario?) -> Int {
        if let number = self.rowNumbers[id] {
            if self.rows[number].about == nil { self.rows[number].about = scenario }
            return number
        }
        self.rowNumbers[id] = self.rows.count
        self.rows.append(CollectedRow(scenario: id, about: scenario))
        return self.rows.count - 1
    }

    private mutating func ask(_ result: CaseResult, _ source: any EvidenceSource) throws {
        for (number, question) in OperatorQuestion.all.enumerated() where question.isAsked(by: result.testCase) {
            let level = self.rowNumbers[result.testCase.scenario].flatMap { self.rows[$0].about?.rule.level }
            let grade = CompatibilityGrade(CaseMark(result.verdict), level: level)
            let words = ObservedWords.words(
                result,
                try source.observation(of: result),
                grade: grade,
                isAboutTransfer: question.isAboutTransfer
            )
            self.evidence[number].append(.init(testCase: result.testCase, grade: grade, words: words))
        }
    }

    // MARK: Evidence

    /// What a panel shows of each case that is no plain pass, by the result's number. What was seen is there until this
    /// column's share of the room is used up.
    private mutating func detailed(_ report: RunReport, _ source: any EvidenceSource) throws -> [Int: JSONValue] {
        var detailed: [Int: JSONValue] = [:]
        let share = (self.evidenceBudget - self.spent) / max(1, self.columnCount - self.columns.count + 1)
        let end = self.spent + max(0, share)
        for number in Self.byInterest(report) {
            let result = report.results[number]
            var seen: Int?
            if self.spent < end, let observation = try source.observation(of: result) {
                seen = self.details.evidenceCount
                self.spent += self.details.add(observation)
            }
            let hasOwnReplay = self.profiles.last?.replay == nil
            detailed[number] = self.details.detail(of: result, evidence: seen, hasOwnReplay: hasOwnReplay)
        }
        return detailed
    }

    /// The numbers of those that are no plain passes and ran: the worst grades first, of one grade a case of each scenario and
    /// role before the others.
    private static func byInterest(_ report: RunReport) -> [Int] {
        struct Kind: Hashable {
            var scenario: String
            var role: Role
            var grade: CompatibilityGrade
        }
        let levels = Dictionary(
            report.scenarios.map { ($0.id, $0.rule.level) },
            uniquingKeysWith: { first, _ in first }
        )
        let order = Dictionary(uniqueKeysWithValues: CompatibilityGrade.allCases.enumerated().map { ($1, $0) })
        var seen: Set<Kind> = []
        let ranked = report.results.enumerated().compactMap { number, result -> (number: Int, rank: Int)? in
            guard result.verdict.outcome != .pass, result.verdict.outcome != .unsupported else { return nil }
            let grade = CompatibilityGrade(CaseMark(result.verdict), level: levels[result.testCase.scenario])
            let kind = Kind(scenario: result.testCase.scenario, role: result.testCase.role, grade: grade)
            let isFirst = seen.insert(kind).inserted
            let late = isFirst ? 0 : CompatibilityGrade.allCases.count
            return (number, (order[grade] ?? 0) + (grade.isFailure ? late : 2 * late))
        }
        return ranked.sorted { ($0.rank, $0.number) < ($1.rank, $1.number) }.map(\.number)
    }
}
