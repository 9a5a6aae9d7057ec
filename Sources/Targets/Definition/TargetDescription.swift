internal import ScenarioModel
internal import Supervision
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
    /// In the order they are started.
    var processes: [ProcessPlan]
    /// What to say when a program's last words match.
    var hints: [Hint]

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

/// One sort of process of a target.
struct ProcessPlan: Hashable, Sendable {
    var name: String
    var program: String
    var serves: Service
    /// Templates (in the target's folder) and the files they become (in the work directory).
    var templates: [Template]
    /// A template each.
    var arguments: [String]
    /// The arguments that make the program only judge its configuration; empty when it has no such mode.
    var check: [String]
    var ready: Ready
    /// Seconds until it must be ready.
    var readyWithin: Double
    var reload: ProcessSignal?
    var stop: ProcessSignal
    /// Seconds from the stop signal to SIGKILL.
    var grace: Double
    /// The file (in the work directory) to which it writes connection events.
    var events: String?

    /// Which endpoints a process is for, and so how many of it there are.
    enum Service: String, CaseIterable, Hashable, Sendable {
        /// All of them: the one that clients connect to.
        case edge
        /// Those that are online and have no agent of their own.
        case sharedAgent = "shared-agent"
        /// One process for each endpoint that has its own agent.
        case ownAgent = "own-agent"
    }

    struct Template: Hashable, Sendable {
        var source: String
        /// A template itself, so that several processes can have a file each.
        var output: String
    }

    enum Ready: Hashable, Sendable {
        /// It takes connections at the port that was chosen for it.
        case connect
        /// It writes this file (a template) with a JSON object; the edge's has its addresses under `listen`.
        case file(String)
    }
}
