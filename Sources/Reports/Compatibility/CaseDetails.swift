import JSONText
import ScenarioModel
import Verdicts

/// What the page's script knows of cases, with every text, choice and list of checks once. `Page/data.js` reads it.
struct CaseDetails {
    private var table = StringTable()
    private var choiceNumbers: [Case.Choice: Int] = [:]
    private var choices: [JSONValue] = []
    private var checkNumbers: [[CheckResult]: Int] = [:]
    private var checks: [JSONValue] = []
    private var evidence: [JSONValue] = []

    var evidenceCount: Int { self.evidence.count }

    /// The numbers of a case's choices, which make up its id; behind them the rest of the id where they do not.
    mutating func choices(of testCase: Case, rest: String) -> JSONValue {
        let numbers = testCase.choices.map { choice in
            if let number = self.choiceNumbers[choice] { return number }
            let number = self.choices.count
            self.choiceNumbers[choice] = number
            self.choices.append(.array([.string(choice.name), .string(choice.value)]))
            return number
        }
        let hasRole = testCase.choices.first?.name == "role"
        let usual = "[" + testCase.choices.map { "\($0.name)=\($0.value)" }.joined(separator: ",") + "]"
        if rest == usual, hasRole { return .integers(numbers) }
        return .array(numbers.map { .integer(of: $0) } + [.string(rest), .string(testCase.role.rawValue)])
    }

    /// What the table of cases shows of one: of what was not supported why not; of others how the last client's connection
    /// ended, how many bytes came back to it, and after how many milliseconds it ended, or -1 alone where there was none.
    mutating func facts(of result: CaseResult) -> [Int] {
        if result.verdict.outcome == .unsupported { return [self.table.index(of: result.verdict.summary)] }
        guard let last = result.endings.last else { return [-1] }
        let count = result.endings.count
        let words = Self.ending(last) + (count > 1 ? " (the last of \(count) clients)" : "")
        let time = last.endedAfter.isFinite ? max(0, min(last.endedAfter.rounded(), 1e9)) : 0
        return [self.table.index(of: words), last.receivedCount, Int(time)]
    }

    /// As a list has it, without its numbers: `fatal unrecognized_name (112), FIN`.
    private static func ending(_ ending: ClientEnding) -> String {
        var parts = ending.alertsReceived.map(\.description)
        if ending.closeNotifyReceived, !ending.alertsReceived.contains(where: { $0.code == 0 }) {
            parts.append("close_notify")
        }
        return (parts + [EndingText.words(ending.ending)]).joined(separator: ", ")
    }

    /// Adds what a case saw, and returns by how many bytes, about, the page grows.
    mutating func add(_ observation: Observation) -> Int {
        let before = self.table.size
        let evidence = CaseEvidence(observation).json(&self.table)
        self.evidence.append(evidence)
        return evidence.script.count + self.table.size - before
    }

    /// Summary, list of checks, waiver (source, reason, link), broken invariant and evidence by their numbers, -1 for what
    /// there is not; evidence is -2 where there is some and no room for it. Behind them the replay, where it is no column's.
    mutating func detail(of result: CaseResult, evidence: Int?, hasOwnReplay: Bool) -> JSONValue {
        let verdict = result.verdict
        let waiver = verdict.waiver.map { waiver in
            [waiver.source, waiver.reason, waiver.link ?? ""].map { self.table.reference($0) }
        }
        let replay =
            hasOwnReplay && !result.replay.isEmpty ? [self.table.reference(ColumnProfile.replay(of: result))] : []
        return .array(
            [
                verdict.summary.isEmpty ? .integer(-1) : self.table.reference(verdict.summary),
                .integer(of: verdict.checks.isEmpty ? -1 : self.number(of: verdict.checks)),
                waiver.map { .array($0) } ?? .integer(-1),
                .integer(of: verdict.brokenInvariant.flatMap(Invariant.all.firstIndex) ?? -1),
                .integer(of: evidence ?? (result.endings.isEmpty ? -1 : -2)),
            ] + replay
        )
    }

    private mutating func number(of checks: [CheckResult]) -> Int {
        if let number = self.checkNumbers[checks] { return number }
        let number = self.checks.count
        self.checkNumbers[checks] = number
        self.checks.append(
            .array(
                checks.map { check in
                    .integers([
                        self.table.index(of: check.title), self.table.index(of: check.expected),
                        self.table.index(of: check.observed), check.holds ? 1 : 0,
                    ])
                }
            )
        )
        return number
    }

    func json(columns: [JSONValue], scenarios: [JSONValue], cells: [JSONValue]) -> JSONValue {
        .object([
            .init("outcomes", .array(Outcome.bySeverity.map(Self.outcome))),
            .init("grades", .array(CompatibilityGrade.allCases.map(Self.grade))),
            .init("invariants", .array(Invariant.all.map { .array([.string($0.name), .string($0.meaning)]) })),
            .init("origins", .array(ScenarioOrigin.all.map { .array([.string($0.name), .string($0.label)]) })),
            .init("columns", .array(columns)),
            .init("scenarios", .array(scenarios)),
            .init("cells", .array(cells)),
            .init("choices", .array(self.choices)),
            .init("checks", .array(self.checks)),
            .init("evidence", .array(self.evidence)),
            .init("strings", .array(self.table.strings.map { .string(FoldersOfMachine.hidden(in: $0)) })),
        ])
    }

    private static func outcome(_ outcome: Outcome) -> JSONValue {
        .array([.string(outcome.rawValue), .string(outcome.label), .string(String(outcome.letter))])
    }

    /// Name, label, mark, and what it says: 1 of a failure, 0 of what is sound, -1 of neither.
    private static func grade(_ grade: CompatibilityGrade) -> JSONValue {
        .array([
            .string(grade.rawValue), .string(grade.label), .string(grade.mark),
            .integer(of: grade.isFailure ? 1 : grade.isSound ? 0 : -1),
        ])
    }
}

extension Compatibility.Column {
    func json(replay: String?) -> JSONValue {
        .object([
            .init("id", .string(self.id)), .init("title", .string(self.target.title)),
            .init("version", .string(self.target.version)), .init("replay", .string(replay ?? "")),
        ])
    }
}
