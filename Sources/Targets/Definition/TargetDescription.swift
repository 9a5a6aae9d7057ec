internal import ScenarioModel
internal import Verdicts

/// What a target.yaml says; Docs/targets.md has the meaning of every key.
struct TargetDescription: Hashable, Sendable {
    /// The probe whose answer is the version.
    static let versionProbe = "version"

    var title: String
    var programs: [String: Program]
    var probes: [Probe]
    var features: [AvailableFeature]
    var deadlines: [Deadline: Double]
    /// Lenient answers fail.
    var promisesStrict: Bool
    /// Whose rules it promises to keep.
    var profile: Profile
    /// Habits that are declared once instead of waived everywhere.
    var behaviours: [Habit]
    var lacks: [String]
    var notes: [String]
    /// What its templates ask for, so that a variant of it may say otherwise.
    var settings: [String: Setting] = [:]
    /// `nil` of one whose counters nobody can read.
    var metrics: MetricsPlan?
    /// `nil` of one without an API.
    var api: APIPlan?
    /// In the order they are started.
    var processes: [ProcessPlan]
    /// What to say when a program's last words match.
    var hints: [Hint]
    /// Where it is, when it runs already; it has no processes then.
    var external: ExternalEdge?

    struct Program: Hashable, Sendable {
        var name: String
        /// Built with the harness, and found beside it.
        var isOurs: Bool
        /// Where it is, and nowhere else: relative to the target's folder, or from the root.
        var path: String?
        var install: Installation
    }

    enum Setting: Hashable, Sendable {
        case flag(Bool)
        case text(String)

        var templateValue: Any {
            switch self {
            case .flag(let flag): flag
            case .text(let text): text
            }
        }
    }

    /// A question to a program, answered by the pattern's first group (or whole match) in what it prints.
    struct Probe: Hashable, Sendable {
        var name: String
        var program: String
        var arguments: [String]
        var pattern: String
    }

    struct AvailableFeature: Hashable, Sendable {
        var feature: Feature
        /// The only roles in which the edge has it; `nil` is all of them.
        var roles: Set<Role>?
    }

    struct Habit: Hashable, Sendable {
        var declared: DeclaredBehaviour
        /// The versions that have it; `nil` is all of them.
        var versions: VersionRange?
    }

    struct Hint: Hashable, Sendable {
        var pattern: String
        var text: String
    }
}
