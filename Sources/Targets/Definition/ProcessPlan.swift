internal import ScenarioModel
internal import Supervision

/// One sort of process of a target.
struct ProcessPlan: Hashable, Sendable {
    var name: String
    var program: String
    var serves: Service
    /// The only roles whose endpoints it is for; `nil` is all of them.
    var roles: Set<Role>?
    /// Templates (in the target's folder) and the files they become (in the work directory).
    var templates: [Template]
    /// A template each.
    var arguments: [String]
    /// What it finds in its environment besides what the harness has; a template each.
    var environment: [String: String]
    /// Where it runs, a template; in the work directory unless said.
    var directory: String?
    /// Names of ports and of Unix sockets that it is given; each of its like has its own.
    var ports: [String]
    var sockets: [String]
    /// Of an own agent where it connects to, a template: the harness can stand in between then, see ``AgentRelay``.
    var reaches: String?
    /// The arguments that make the program only judge its configuration; empty when it has no such mode.
    var check: [String]
    var ready: Ready
    /// Seconds until it must be ready.
    var readyWithin: Double
    /// Where it writes its process id when it goes into the background, a template; `nil` when it stays.
    var pidFile: String?
    var reload: Reload?
    /// How many files it may have open; `nil` is as many as whoever started the harness may.
    var openFiles: Int?
    var stop: Stop
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
        /// All of them, without being connected to by clients.
        case helper
        /// One process for each endpoint, without being connected to by clients.
        case eachEndpoint = "each-endpoint"
    }

    struct Template: Hashable, Sendable {
        var source: String
        /// A template itself, so that several processes can have a file each.
        var output: String
    }

    /// When a process is ready; each text is a template.
    enum Ready: Hashable, Sendable {
        /// It takes connections at the edge's port.
        case port
        /// It takes connections at this address and port, or at this Unix socket.
        case connect(String)
        /// This URL is answered with a status of 200 to 299.
        case http(String)
        /// This regular expression matches something that it printed.
        case log(String)
        /// It writes this file with a JSON object; the edge's has its addresses under `listen`.
        case file(String)
        /// It makes this file, whatever is in it.
        case exists(String)
    }

    struct Command: Hashable, Sendable {
        var program: String
        /// A template each.
        var arguments: [String]
    }

    enum Reload: Hashable, Sendable {
        case signal(ProcessSignal)
        case command(Command)
        /// A line that is said to whoever listens at a Unix socket. Its path is a template.
        case line(String, socket: String)
    }

    struct Stop: Hashable, Sendable {
        var signal: ProcessSignal
        /// Takes the signal's place.
        var command: Command?
        /// Seconds from the signal or the command to SIGKILL.
        var grace: Double
    }
}
