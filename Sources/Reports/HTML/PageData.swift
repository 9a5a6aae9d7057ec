import JSONText
import ScenarioModel
import Verdicts

/// The run as the page's script reads it: short keys, strings by number, evidence within a budget.
///
/// The keys are explained where `Page/cases.js` unpacks them.
struct PageData {
    /// Legs, timelines and bytes may take this much of the page; together with what every case needs, 500 cases stay
    /// below 2 MB and 5,000 below 3 MB. The worst cases get theirs first, `run.json` has everything.
    static let evidenceBudget = 1_200_000

    private let digest: RunDigest
    private let source: any EvidenceSource
    /// Where each result's cause is, by the result's number.
    private let causes: [Int: Int]
    private let changes: [String: RunComparison.Change]
    private var table = StringTable()
    /// Every list of checks once, with its number: hundreds of passes were asked the same and answered the same.
    private var checkLists: [[CheckResult]: Int] = [:]
    private var writtenCheckLists: [JSONValue] = []

    init(_ digest: RunDigest, _ source: any EvidenceSource) {
        self.digest = digest
        self.source = source
        self.causes = digest.causes.enumerated().reduce(into: [:]) { causes, entry in
            for member in entry.element.members { causes[member] = entry.offset }
        }
        let changes = digest.report.comparison?.changes ?? []
        self.changes = Dictionary(changes.map { ($0.caseID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    static func render(_ digest: RunDigest, _ source: any EvidenceSource) throws -> String {
        var page = PageData(digest, source)
        return String(decoding: try page.document().script, as: UTF8.self)
    }

    private mutating func document() throws -> JSONValue {
        let scenarioIDs = self.scenarioIDs()
        let scenarioIndex = Dictionary(uniqueKeysWithValues: scenarioIDs.enumerated().map { ($0.element, $0.offset) })
        let scenarios = scenarioIDs.map { self.scenario($0) }
        let (evidence, evidenceIndex) = try self.evidence()
        let cases = self.digest.report.results.enumerated().map { index, result in
            self.testCase(
                result,
                scenario: scenarioIndex[result.testCase.scenario]!,
                cause: self.causes[index],
                evidence: evidenceIndex[index]
            )
        }
        return .object([
            .init("outcomes", .array(Outcome.bySeverity.map { .array([.string($0.rawValue), .string($0.label)]) })),
            .init("roles", .array(Role.allCases.map { .string($0.rawValue) })),
            .init(
                "kinds",
                .array(RunComparison.Kind.allCases.map { .array([.string($0.rawValue), .string($0.label)]) })
            ),
            .init("invariants", .array(Invariant.all.map { .array([.string($0.name), .string($0.meaning)]) })),
            .init("origins", .array(ScenarioOrigin.all.map { .array([.string($0.name), .string($0.label)]) })),
            .init("causes", .array(self.digest.causes.map { self.table.reference($0.cause.text) })),
            .init("scenarios", .array(scenarios)),
            .init("cases", .array(cases)),
            .init("checks", .array(self.writtenCheckLists)),
            .init("evidence", .array(evidence)),
            .init("strings", .array(self.table.strings.map { .string($0) })),
        ])
    }

    /// Scenarios in the order of the run, and those that only a case knows.
    private func scenarioIDs() -> [String] {
        let named = Set(self.digest.report.results.map(\.testCase.scenario))
        var seen: Set<String> = []
        let known = self.digest.report.scenarios.map(\.id).filter { named.contains($0) && seen.insert($0).inserted }
        let unknown = self.digest.report.results.map(\.testCase.scenario).filter { seen.insert($0).inserted }
        return known + unknown
    }

    private mutating func scenario(_ id: String) -> JSONValue {
        guard let scenario = self.digest.scenarios[id] else {
            return .object([.init("id", .string(id)), .init("title", .string(id))])
        }
        return .object([.init("id", .string(id))] + scenario.pageMembers)
    }

    private mutating func testCase(_ result: CaseResult, scenario: Int, cause: Int?, evidence: Int?) -> JSONValue {
        let testCase = result.testCase
        let verdict = result.verdict
        // Ids begin with the scenario's and replays hold the id: what is left is short, or the same for many.
        let ownID =
            testCase.id.hasPrefix(testCase.scenario)
            ? String(testCase.id.dropFirst(testCase.scenario.count)) : "\u{1}" + testCase.id
        let replay = result.replay.replacing(testCase.id, with: "\u{1}")
        var members: [JSONValue.Member] = [
            .init("s", .integer(of: scenario)),
            .init("i", self.table.reference(ownID)),
            .init("r", .integer(of: Role.allCases.firstIndex(of: testCase.role)!)),
            .init("o", .integer(of: verdict.outcome.severity)),
            .init("d", NumberText.decimal(result.durationSeconds * 1000, digits: 2)),
            .init("h", .array(testCase.choices.map { self.pair($0.name, $0.value) })),
        ]
        if !verdict.summary.isEmpty { members.append(.init("m", self.table.reference(verdict.summary))) }
        if !replay.isEmpty { members.append(.init("p", self.table.reference(replay))) }
        if let invariant = verdict.brokenInvariant.flatMap(Invariant.all.firstIndex) {
            members.append(.init("b", .integer(of: invariant)))
        }
        if let cause { members.append(.init("g", .integer(of: cause))) }
        if let change = self.changes[testCase.id] {
            let before = change.before.map(\.severity) ?? -1
            members.append(.init("k", .integers([RunComparison.Kind.allCases.firstIndex(of: change.kind)!, before])))
        }
        if let waiver = verdict.waiver {
            members.append(
                .init("w", .array([waiver.source, waiver.reason, waiver.link ?? ""].map { self.table.reference($0) }))
            )
        }
        if !verdict.checks.isEmpty { members.append(.init("c", .integer(of: self.number(of: verdict.checks)))) }
        let endings = EndingText.lines(result)
        if !endings.isEmpty { members.append(.init("e", .array(endings.map { self.table.reference($0) }))) }
        if let evidence {
            members.append(.init("x", .integer(of: evidence)))
        } else if !result.endings.isEmpty {
            members.append(.init("x", .integer(of: -1)))
        }
        return .object(members)
    }

    private mutating func pair(_ name: String, _ value: String) -> JSONValue {
        .integers([self.table.index(of: name), self.table.index(of: value)])
    }

    private mutating func number(of checks: [CheckResult]) -> Int {
        if let number = self.checkLists[checks] { return number }
        let number = self.writtenCheckLists.count
        self.checkLists[checks] = number
        self.writtenCheckLists.append(.array(checks.map { self.check($0) }))
        return number
    }

    private mutating func check(_ check: CheckResult) -> JSONValue {
        .integers([
            self.table.index(of: check.title), self.table.index(of: check.expected),
            self.table.index(of: check.observed), check.holds ? 1 : 0,
        ])
    }

    /// The evidence, and for each result's number where its own is.
    private mutating func evidence() throws -> ([JSONValue], [Int: Int]) {
        var all: [JSONValue] = []
        var indices: [Int: Int] = [:]
        var spent = 0
        for number in self.byInterest() {
            guard let observation = try self.source.observation(of: self.digest.report.results[number]) else {
                continue
            }
            let before = self.table.size
            let evidence = CaseEvidence(observation).json(&self.table)
            spent += evidence.script.count + self.table.size - before
            indices[number] = all.count
            all.append(evidence)
            if spent >= Self.evidenceBudget { break }
        }
        return (all, indices)
    }

    /// The numbers of results whose evidence is wanted most first: bad verdicts, then one case of each scenario and
    /// role, then the rest.
    private func byInterest() -> [Int] {
        struct Kind: Hashable {
            var scenario: String
            var role: Role
        }
        var seen: Set<Kind> = []
        let ranked = self.digest.report.results.enumerated().map { number, result in
            let isFirst = seen.insert(Kind(scenario: result.testCase.scenario, role: result.testCase.role)).inserted
            let isOrdinary = result.verdict.outcome == .pass
            return (number: number, rank: isOrdinary ? (isFirst ? 100 : 200) : result.verdict.outcome.severity)
        }
        return ranked.sorted { ($0.rank, $0.number) < ($1.rank, $1.number) }.map(\.number)
    }
}
