package import ScenarioModel

/// What several targets came to, case by case, side by side: what the compatibility page, its Markdown and its JSON show.
///
/// A column is one target in one version, asked by all of the harness's clients. Whoever wants to tell clients apart makes a
/// column of each: nothing below knows what a column's results have in common.
package struct Compatibility: Hashable, Sendable, Codable {
    package static let schemaVersion = 1
    package var schemaVersion = Self.schemaVersion
    /// Of the program that put it together.
    package var tool: RunReport.Tool
    /// RFC 3339, UTC.
    package var madeAt: String
    /// What the letters of ``Row/cells`` mean.
    package var letters: [String: String] = Self.allLetters
    package var columns: [Column]
    /// Targets that were wanted and have no run.
    package var absent: [AbsentTarget]
    package var rows: [Row]
    package var behaviours: [BehaviourRow]
    /// How it differs from an earlier one, when one was named.
    package var changes: CompatibilityChanges?

    package init(
        tool: RunReport.Tool,
        madeAt: String,
        columns: [Column],
        absent: [AbsentTarget] = [],
        rows: [Row],
        behaviours: [BehaviourRow] = []
    ) {
        self.tool = tool
        self.madeAt = madeAt
        self.columns = columns
        self.absent = absent
        self.rows = rows
        self.behaviours = behaviours
    }

    /// One target in one version.
    package struct Column: Hashable, Sendable, Codable {
        /// Unique: the target's name, with its version behind it where there are several, `haproxy-2.6.12`.
        package var id: String
        package var target: RunReport.TargetIdentity
        /// The harness that ran it.
        package var tool: RunReport.Tool
        /// Where it ran; `nil` of runs from before reports said so.
        package var machine: String?
        package var seed: String
        package var startedAt: String
        package var durationSeconds: Double
        /// What keeps it from being whole, in a sentence each: an interruption, a part that is missing, a waiver that is out of
        /// date.
        package var problems: [String]
        package var musts: MustScore
        package var features: FeatureScore
        /// How many cases broke a security invariant.
        package var brokenCount: Int
        /// How many cases the harness could not decide.
        package var undecidedCount: Int

        package init(id: String, _ report: RunReport) {
            self.id = id
            self.target = report.target
            self.tool = report.tool
            self.machine = report.machine
            self.seed = report.seed
            self.startedAt = report.startedAt
            self.durationSeconds = report.durationSeconds
            self.problems =
                (report.isInterrupted
                    ? ["The run was interrupted" + (report.interruption.map { ": \($0.sentence)" } ?? "")] : [])
                + report.problems
            self.musts = MustScore()
            self.features = FeatureScore(report.target.features)
            self.brokenCount = report.results.count { $0.verdict.brokenInvariant != nil }
            self.undecidedCount = report.results.count {
                $0.verdict.outcome == .error || $0.verdict.outcome == .skipped
            }
        }

        /// `HAProxy 2.6.12`
        package var title: String { "\(self.target.title) \(self.target.version)" }

        /// The roles that it serves, in the order of their declaration.
        package var roles: [Role] { Role.allCases.filter { self.target.features.contains(.role($0)) } }
    }

    /// A target that has no column, and why.
    package struct AbsentTarget: Hashable, Sendable, Codable {
        package var name: String
        package var title: String
        package var state: State
        package var reason: String
        /// What a person can do about it.
        package var remedy: String?

        package enum State: String, Hashable, Sendable, Codable {
            /// Its program is not installed.
            case notHere = "not-here"
            /// It could not be started, or its configuration was refused.
            case failedToRun = "failed-to-run"
            /// The runs were interrupted before its turn.
            case notRun = "not-run"
        }

        package init(name: String, title: String, state: State, reason: String, remedy: String? = nil) {
            self.name = name
            self.title = title
            self.state = state
            self.reason = reason
            self.remedy = remedy
        }
    }

    /// One scenario.
    package struct Row: Hashable, Sendable, Codable {
        package var scenario: String
        package var title: String
        /// `nil` where no run says what the scenario checks.
        package var rule: Rule?
        /// CVE numbers and public bugs.
        package var references: [String]
        /// What of each case's id stands behind the scenario's, in the order of ``Cell/marks``.
        package var cases: [String]
        /// One for each column; `nil` where the target was not asked any of it.
        package var cells: [Cell?]

        package init(
            scenario: String,
            title: String,
            rule: Rule?,
            references: [String] = [],
            cases: [String],
            cells: [Cell?]
        ) {
            self.scenario = scenario
            self.title = title
            self.rule = rule
            self.references = references
            self.cases = cases
            self.cells = cells
        }

        /// The first label of its id.
        package var area: String { String(self.scenario.prefix { $0 != "." }) }

        /// - Parameter column: its number.
        package func counts(_ column: Int) -> GradeCounts {
            self.cells[column].map { GradeCounts($0, level: self.rule?.level) } ?? GradeCounts()
        }
    }

    /// What one scenario's cases came to against one target.
    package struct Cell: Hashable, Sendable {
        /// One for each case of the row; `nil` where the target was not asked it.
        package var marks: [CaseMark?]

        package init(marks: [CaseMark?]) { self.marks = marks }
    }

    private static let allLetters: [String: String] = Dictionary(
        uniqueKeysWithValues: Outcome.allCases.map { (String($0.letter), $0.rawValue) }
            + [(String(CaseMark.notAsked), "not asked")]
    )
}

extension Compatibility.Cell: Codable {
    /// A letter for each case.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self.marks = try text.map { letter in
            if letter == CaseMark.notAsked { return nil }
            guard let mark = CaseMark(letter: letter) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "no outcome has the letter \(letter)")
                )
            }
            return mark
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(self.marks.map { $0?.letter ?? CaseMark.notAsked }))
    }
}

extension Compatibility {
    /// How many cases its rows have.
    package var caseCount: Int { self.rows.reduce(0) { $0 + $1.cases.count } }

    /// Every stack that clients and upstreams were of, each once.
    package var engines: [String] { Self.unique(self.columns.flatMap(\.tool.engines)) }

    /// Where it all ran.
    package var machines: [String] { Self.unique(self.columns.compactMap(\.machine)) }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// Rows of one origin and one area, whose order is that of the ids.
    package struct Area: Hashable, Sendable {
        /// Whose rules; `nil` of scenarios whose rule no run tells.
        package var origin: Rule.Origin?
        package var name: String
        package var rows: [Row]

        package func counts(_ column: Int) -> GradeCounts {
            self.rows.reduce(into: GradeCounts()) { $0 += $1.counts(column) }
        }
    }

    /// By whose the rule is, and of one origin by area.
    package var areas: [Area] {
        let groups = Dictionary(grouping: self.rows) { row in
            AreaKey(origin: row.rule?.origin, area: row.area)
        }
        let origins: [Rule.Origin?] = Rule.Origin.allCases + [nil]
        return origins.flatMap { origin in
            groups.filter { $0.key.origin == origin }.sorted { $0.key.area < $1.key.area }
                .map { Area(origin: origin, name: $0.key.area, rows: $0.value) }
        }
    }

    private struct AreaKey: Hashable {
        var origin: Rule.Origin?
        var area: String
    }
}
