package import ScenarioModel

/// One run of a suite against one target: the value that every report writer reads.
package struct RunReport: Hashable, Sendable, Codable {
    /// The version of what `run.json` holds. What is only added, and may be missing, does not raise it.
    package static let schemaVersion = 1
    package var schemaVersion = Self.schemaVersion
    package var tool: Tool
    package var target: TargetIdentity
    /// 0x-prefixed hexadecimal.
    package var seed: String
    /// RFC 3339, UTC.
    package var startedAt: String
    package var durationSeconds: Double
    package var isInterrupted: Bool
    /// How far an interrupted run had come.
    package var interruption: Interruption?
    /// The command line that makes the run again.
    package var command: String
    package var scenarios: [Scenario]
    package var results: [CaseResult]
    /// How many runs are merged in this one, where it is more than one.
    package var repetitions: Int?
    /// The part of the selection that was run, where it was not all of it.
    package var shard: Shard?
    /// Of a part of the whole catalogue: what was waived, so that those who put the parts together can tell what no part
    /// could.
    package var waivers: [Waiver]?
    /// Waivers that matched no case, and other things wrong with the run itself.
    package var problems: [String]
    /// What the target was configured with; `nil` when it was not started.
    package var configuration: [ConfigurationExcerpt]?
    /// How the run differs from an earlier one, when one was named.
    package var comparison: RunComparison?
    /// What the run was made on: `Debian GNU/Linux 12 (bookworm), Linux 6.8.0, x86_64, 2 processors`; `nil` in reports from before
    /// it was said.
    package var machine: String?

    package init(
        tool: Tool,
        target: TargetIdentity,
        seed: String,
        startedAt: String,
        durationSeconds: Double = 0,
        isInterrupted: Bool = false,
        command: String,
        scenarios: [Scenario],
        results: [CaseResult] = [],
        problems: [String] = []
    ) {
        self.tool = tool
        self.target = target
        self.seed = seed
        self.startedAt = startedAt
        self.durationSeconds = durationSeconds
        self.isInterrupted = isInterrupted
        self.command = command
        self.scenarios = scenarios
        self.results = results
        self.problems = problems
    }

    /// What became of the cases of a run that was interrupted; those that the target cannot run are not counted.
    package struct Interruption: Hashable, Sendable, Codable {
        package var judged = 0
        /// They ended, but no control followed that would show the target alive, so they have no verdict.
        package var unproven = 0
        /// They were under way.
        package var cutShort = 0
        package var notBegun = 0
        /// It was the first failure that ended the run, as was asked for.
        package var isByFailure: Bool?
        package init(judged: Int = 0, unproven: Int = 0, cutShort: Int = 0, notBegun: Int = 0) {
            self.judged = judged
            self.unproven = unproven
            self.cutShort = cutShort
            self.notBegun = notBegun
        }

        /// Every case has a verdict.
        package var isOfNothing: Bool { self.unproven == 0 && self.cutShort == 0 && self.notBegun == 0 }

        package static func + (one: Self, other: Self) -> Self {
            var sum = Self(
                judged: one.judged + other.judged,
                unproven: one.unproven + other.unproven,
                cutShort: one.cutShort + other.cutShort,
                notBegun: one.notBegun + other.notBegun
            )
            sum.isByFailure = one.isByFailure ?? other.isByFailure
            return sum
        }

        /// `412 of 895 cases ran: 380 have a verdict, 32 are unproven; 12 were cut short, 471 had not begun`.
        package var sentence: String {
            (self.isByFailure == true ? "by its first failure, as was asked for: " : "") + self.progress
        }

        private var progress: String {
            let ran = self.judged + self.unproven
            let total = ran + self.cutShort + self.notBegun
            guard ran > 0 else { return "none of \(total) cases had ended" }
            return "\(ran) of \(total) cases ran: \(self.judged) have a verdict, \(self.unproven) are unproven; "
                + "\(self.cutShort) were cut short, \(self.notBegun) had not begun"
        }
    }

    package struct Tool: Hashable, Sendable, Codable {
        package var name: String
        package var version: String
        /// The stacks the run used: `OpenSSL 3.0.22`, `BoringSSL (swift-nio-ssl)`.
        package var engines: [String]
        package init(name: String = "shakedown", version: String, engines: [String] = []) {
            self.name = name
            self.version = version
            self.engines = engines
        }
    }

    package struct TargetIdentity: Hashable, Sendable, Codable {
        /// `reference`, `haproxy`, `nginx`.
        package var name: String
        package var title: String
        package var version: String
        package var features: [Feature]
        /// What one must know of how it is set up, and what it cannot do, a sentence each; `nil` when nobody said.
        package var notes: [String]?
        package var lacks: [String]?
        /// Whose rules it was held to; `nil` in reports from before it was asked.
        package var profile: Profile?
        /// Habits that it declares; `nil` in reports from before it could.
        package var behaviours: [DeclaredBehaviour]?
        /// The names that an edge was asked for which was checked from outside; `nil` of every other target.
        package var askedAs: [String]?
        package init(
            name: String,
            title: String,
            version: String,
            features: [Feature] = [],
            notes: [String]? = nil,
            lacks: [String]? = nil,
            profile: Profile? = nil,
            behaviours: [DeclaredBehaviour]? = nil
        ) {
            self.name = name
            self.title = title
            self.version = version
            self.features = features
            self.notes = notes
            self.lacks = lacks
            self.profile = profile
            self.behaviours = behaviours
        }
    }

    package func count(_ outcome: Outcome) -> Int {
        self.results.count { $0.verdict.outcome == outcome }
    }

    /// 70 when the harness itself failed somewhere; 1 when a verdict is not acceptable, or something else is wrong with
    /// the run; 3 when nothing is wrong but that rules failed which are only recommended; 0 otherwise.
    package var exitCode: Int32 {
        let bad = Set(self.results.lazy.map(\.verdict.outcome).filter { !$0.isAcceptable })
        if bad.contains(.error) { return 70 }
        guard self.problems.isEmpty, !self.isInterrupted else { return 1 }
        if bad.isEmpty { return 0 }
        return bad == [.failShould] ? Self.onlyRecommendationsFailed : 1
    }

    /// Shells give 2 a meaning of their own, and so do 64 and what is above it.
    package static let onlyRecommendationsFailed: Int32 = 3
}
