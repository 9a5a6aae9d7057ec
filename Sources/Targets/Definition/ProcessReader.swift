internal import Addresses
internal import ConfigurationFiles
internal import ScenarioModel
internal import Supervision

/// The grammar of `processes` in target.yaml.
struct ProcessReader {
    let programs: [String: TargetDescription.Program]

    /// From the stop signal to SIGKILL, in seconds, where the file does not say.
    private static let grace = 3.0

    func processes(_ value: YAMLValue) throws(ConfigurationError) -> [ProcessPlan] {
        var plans: [ProcessPlan] = []
        var places: Set<String> = []
        for (key, value) in try value.entries() {
            let plan = try self.process(named: key.string(), value)
            for place in plan.ports.map({ "ports.\($0)" }) + plan.sockets.map({ "sockets.\($0)" }) {
                guard places.insert(place).inserted else { throw value.problem("'\(place)' is another process's") }
            }
            plans.append(plan)
        }
        guard plans.count(where: { $0.serves == .edge }) == 1 else {
            throw value.problem("one process, and no other, must have 'serves: edge'")
        }
        return plans
    }

    private func process(named name: String, _ value: YAMLValue) throws(ConfigurationError) -> ProcessPlan {
        let mapping = try value.mapping(
            "program",
            "serves",
            "roles",
            "templates",
            "arguments",
            "environment",
            "directory",
            "ports",
            "sockets",
            "reaches",
            "check",
            "ready",
            "within",
            "pid-file",
            "reload",
            "open-files",
            "stop",
            "events"
        )
        let serves: ProcessPlan.Service = try mapping.required("serves").choice()
        return ProcessPlan(
            name: name,
            program: try self.programName(mapping.required("program")),
            serves: serves,
            roles: try Self.roles(mapping, of: serves),
            templates: try Self.templates(mapping.required("templates")),
            arguments: try mapping.required("arguments").strings(),
            environment: try Self.environment(mapping["environment"]),
            directory: try mapping["directory"]?.string(),
            ports: try Self.names(mapping["ports"]),
            sockets: try Self.names(mapping["sockets"]),
            reaches: try Self.reaches(mapping, of: serves),
            check: try mapping["check"]?.strings() ?? [],
            ready: try Self.ready(mapping.required("ready"), of: serves),
            // Long for a start on an idle machine, short enough for a person who waits.
            readyWithin: try mapping["within"]?.seconds() ?? 15,
            pidFile: try mapping["pid-file"]?.string(),
            reload: try mapping["reload"].map(self.reload),
            // What no system counts beyond is no limit.
            openFiles: try mapping["open-files"]?.integer(in: 64...1_048_576),
            stop: try mapping["stop"].map(self.stop)
                ?? ProcessPlan.Stop(signal: .terminate, command: nil, grace: Self.grace),
            events: try mapping["events"]?.string()
        )
    }

    func programName(_ value: YAMLValue) throws(ConfigurationError) -> String {
        let name = try value.string()
        guard self.programs[name] != nil else {
            throw value.problem(
                "'\(name)' is not in 'programs'" + Suggestion.clause(for: name, among: self.programs.keys)
            )
        }
        return name
    }

    private static func templates(_ value: YAMLValue) throws(ConfigurationError) -> [ProcessPlan.Template] {
        var templates: [ProcessPlan.Template] = []
        for (source, output) in try value.entries() {
            templates.append(.init(source: try source.string(), output: try output.string()))
        }
        return templates
    }

    private static func roles(
        _ mapping: YAMLMapping,
        of service: ProcessPlan.Service
    ) throws(ConfigurationError) -> Set<Role>? {
        guard let value = mapping["roles"] else { return nil }
        guard service == .helper || service == .eachEndpoint else {
            throw mapping.problem("roles", "is for 'serves: helper' and 'serves: each-endpoint'")
        }
        var roles: Set<Role> = []
        for role in try value.entriesOrOne() { roles.insert(try role.choice()) }
        return roles
    }

    private static func reaches(
        _ mapping: YAMLMapping,
        of service: ProcessPlan.Service
    ) throws(ConfigurationError) -> String? {
        guard let value = mapping["reaches"] else { return nil }
        guard service == .ownAgent else { throw mapping.problem("reaches", "is for 'serves: own-agent'") }
        return try value.string()
    }

    private static func environment(_ value: YAMLValue?) throws(ConfigurationError) -> [String: String] {
        var environment: [String: String] = [:]
        for (key, value) in try value?.entries() ?? [] {
            let name = try key.string()
            guard !name.contains("=") else { throw key.problem("a variable's name has no '='") }
            environment[name] = try value.text()
        }
        return environment
    }

    /// Names as they stand behind a dot in templates.
    private static func names(_ value: YAMLValue?) throws(ConfigurationError) -> [String] {
        var names: [String] = []
        for entry in try value?.entriesOrOne() ?? [] {
            let name = try entry.string()
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }), !names.contains(name) else {
                throw entry.problem("'\(name)' must be a name of letters and digits that stands here once")
            }
            names.append(name)
        }
        return names
    }

    private static func ready(
        _ value: YAMLValue,
        of service: ProcessPlan.Service
    ) throws(ConfigurationError) -> ProcessPlan.Ready {
        if value.isScalar {
            guard try value.string() == "connect" else {
                throw value.problem(
                    "'ready' must be 'connect', or one of connect, http, log, file and exists with its value"
                )
            }
            guard service == .edge else {
                throw value.problem(
                    "'connect' alone is the edge's port",
                    hint: "ready: { connect: \"127.0.0.1:{{ports.NAME}}\" }"
                )
            }
            return .port
        }
        let mapping = try value.mapping("connect", "http", "log", "file", "exists")
        let ways = ["connect", "http", "log", "file", "exists"].filter { mapping[$0] != nil }
        guard ways.count == 1 else { throw value.problem("'ready' must have one key") }
        let way = try mapping.required(ways[0])
        switch ways[0] {
        case "connect": return .connect(try way.string())
        case "http":
            let url = try way.string()
            guard url.hasPrefix("http://"), url.dropFirst(7).contains("/") else {
                throw way.problem("'\(url)' must be a URL such as http://127.0.0.1:{{ports.admin}}/ready")
            }
            return .http(url)
        case "log": return .log(try TargetFile.pattern(way))
        case "file": return .file(try way.string())
        default: return .exists(try way.string())
        }
    }

    private func command(_ mapping: YAMLMapping) throws(ConfigurationError) -> ProcessPlan.Command {
        ProcessPlan.Command(
            program: try self.programName(mapping.required("program")),
            arguments: try mapping.required("arguments").strings()
        )
    }

    private func reload(_ value: YAMLValue) throws(ConfigurationError) -> ProcessPlan.Reload {
        if value.isScalar { return .signal(try value.choice()) }
        let mapping = try value.mapping("program", "arguments", "socket", "says")
        guard let socket = mapping["socket"] else {
            if mapping["says"] != nil { throw mapping.problem("says", "needs a 'socket' to say it to") }
            return .command(try self.command(mapping))
        }
        for key in ["program", "arguments"] where mapping[key] != nil {
            throw mapping.problem(key, "and 'socket' exclude each other")
        }
        return .line(try mapping.required("says").string(), socket: try socket.string())
    }

    private func stop(_ value: YAMLValue) throws(ConfigurationError) -> ProcessPlan.Stop {
        let mapping = try value.mapping("signal", "program", "arguments", "grace")
        let isCommand = mapping["program"] != nil || mapping["arguments"] != nil
        guard !isCommand || mapping["signal"] == nil else {
            throw mapping.problem("signal", "and a command exclude each other")
        }
        return ProcessPlan.Stop(
            signal: try mapping["signal"]?.choice() ?? .terminate,
            command: isCommand ? try self.command(mapping) : nil,
            grace: try mapping["grace"]?.seconds() ?? Self.grace
        )
    }
}
