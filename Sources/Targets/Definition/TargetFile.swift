internal import ConfigurationFiles
internal import Foundation
internal import ScenarioModel

/// The grammar of target.yaml.
enum TargetFile {
    static func description(in file: YAMLValue) throws(ConfigurationError) -> TargetDescription {
        let mapping = try file.mapping(
            "extends",
            "title",
            "settings",
            "programs",
            "probes",
            "features",
            "deadlines",
            "promises-strict",
            "profile",
            "behaviours",
            "lacks",
            "notes",
            "metrics",
            "api",
            "processes",
            "hints"
        )
        let programs = try Self.programs(mapping.required("programs"))
        let processes = ProcessReader(programs: programs)
        let metrics = try mapping["metrics"].map { value throws(ConfigurationError) in try MetricsPlan(value) }
        var features = try Self.features(mapping.required("features"))
        for counter in metrics.map({ Array($0.counters.keys) }) ?? [] {
            features.append(.init(feature: .counter(counter), roles: nil))
        }
        let api = try mapping["api"].map { value throws(ConfigurationError) in try APIPlan(value) }
        if api != nil { features.append(.init(feature: .api, roles: nil)) }
        let deadlines = try Self.deadlines(mapping.required("deadlines"))
        try Self.check(features, against: deadlines, in: mapping)
        return TargetDescription(
            title: try mapping.required("title").string(),
            programs: programs,
            probes: try Self.probes(mapping.required("probes"), processes),
            features: features,
            deadlines: deadlines,
            promisesStrict: try mapping["promises-strict"]?.boolean() ?? false,
            profile: try mapping["profile"]?.choice() ?? .rfc,
            behaviours: try HabitReader.habits(mapping["behaviours"]),
            lacks: try mapping["lacks"]?.strings() ?? [],
            notes: try mapping["notes"]?.strings() ?? [],
            settings: try Self.settings(mapping["settings"]),
            metrics: metrics,
            api: api,
            processes: try processes.processes(mapping.required("processes")),
            hints: try Self.hints(mapping["hints"])
        )
    }

    static func check(
        _ features: [TargetDescription.AvailableFeature],
        against deadlines: [Deadline: Double],
        in mapping: YAMLMapping
    ) throws(ConfigurationError) {
        for deadline in Deadline.allCases where deadlines[deadline] == nil {
            guard !features.contains(where: { $0.feature == .deadline(deadline) }) else {
                let feature = Feature.deadline(deadline)
                throw try mapping.required("deadlines").problem(
                    "the feature '\(feature)' needs the seconds of '\(deadline.rawValue)'"
                )
            }
        }
    }

    private static func programs(
        _ value: YAMLValue
    ) throws(ConfigurationError) -> [String: TargetDescription.Program] {
        var programs: [String: TargetDescription.Program] = [:]
        for (key, value) in try value.entries() {
            let mapping = try value.mapping("ours", "path", "install")
            let name = try key.string()
            let path = try mapping["path"]?.string()
            programs[name] = TargetDescription.Program(
                name: name,
                isOurs: try mapping["ours"]?.boolean() ?? false,
                path: path,
                // Whoever says where it is has put it there.
                install: path != nil && mapping["install"] == nil
                    ? .byHand("'path' of programs.\(name) in target.yaml says where it should be")
                    : try Self.installation(mapping.required("install", hint: "install: \"apt-get install \(name)\""))
            )
        }
        return programs
    }

    private static func installation(_ value: YAMLValue) throws(ConfigurationError) -> Installation {
        if value.isScalar { return .byHand(try value.string()) }
        let mapping = try value.mapping("pip", "debian", "file")
        let file = try mapping.required("file", hint: "file: bin/NAME, below the folder it is installed into").string()
        guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
            throw mapping.problem("file", "must lie below the folder it is installed into")
        }
        switch (mapping["pip"], mapping["debian"]) {
        case (let packages?, nil): return .pip(try Self.packages(packages), file: file)
        case (nil, let packages?): return .debian(try Self.packages(packages), file: file)
        case (nil, nil), (_?, _?): throw value.problem("'install' must be a command, or have either 'pip' or 'debian'")
        }
    }

    /// What package managers read as options is none.
    private static func packages(_ value: YAMLValue) throws(ConfigurationError) -> [String] {
        var names: [String] = []
        for entry in try value.entriesOrOne() {
            let name = try entry.string()
            guard let first = name.utf8.first, first != UInt8(ascii: "-"), !name.contains(where: \.isWhitespace) else {
                throw entry.problem("'\(name)' is no package's name")
            }
            names.append(name)
        }
        guard !names.isEmpty else { throw value.problem("names no package") }
        return names
    }

    private static func settings(
        _ value: YAMLValue?
    ) throws(ConfigurationError) -> [String: TargetDescription.Setting] {
        var settings: [String: TargetDescription.Setting] = [:]
        for (key, value) in try value?.entries() ?? [] {
            let text = try value.text()
            settings[try key.string()] = ["true", "false"].contains(text) ? .flag(text == "true") : .text(text)
        }
        return settings
    }

    static func pattern(_ value: YAMLValue) throws(ConfigurationError) -> String {
        let pattern = try value.string()
        do {
            _ = try Regex(pattern)
        } catch {
            throw value.problem("'\(pattern)' is not a regular expression: \(error)")
        }
        return pattern
    }

    private static func probes(
        _ value: YAMLValue,
        _ processes: ProcessReader
    ) throws(ConfigurationError) -> [TargetDescription.Probe] {
        var probes: [TargetDescription.Probe] = []
        for (key, value) in try value.entries() {
            let mapping = try value.mapping("program", "arguments", "pattern")
            probes.append(
                TargetDescription.Probe(
                    name: try key.string(),
                    program: try processes.programName(mapping.required("program")),
                    arguments: try mapping.required("arguments").strings(),
                    pattern: try Self.pattern(mapping.required("pattern"))
                )
            )
        }
        guard probes.contains(where: { $0.name == TargetDescription.versionProbe }) else {
            throw value.problem("'probes' lacks 'version', which finds the edge's version")
        }
        return probes
    }

    private static func features(
        _ value: YAMLValue
    ) throws(ConfigurationError) -> [TargetDescription.AvailableFeature] {
        var features: [TargetDescription.AvailableFeature] = []
        for entry in try value.list() {
            if entry.isScalar {
                features.append(.init(feature: try Self.feature(entry), roles: nil))
                continue
            }
            let mapping = try entry.mapping("feature", "roles")
            var roles: Set<Role> = []
            for role in try mapping.required("roles").list() { roles.insert(try role.choice()) }
            features.append(.init(feature: try Self.feature(mapping.required("feature")), roles: roles))
        }
        return features
    }

    static func feature(_ value: YAMLValue) throws(ConfigurationError) -> Feature {
        let name = try value.string()
        guard !TargetCounter.allCases.contains(where: { Feature.counter($0).rawValue == name }) else {
            throw value.problem("the feature '\(name)' comes with the counter's name under 'metrics'")
        }
        guard name != Feature.api.rawValue else {
            throw value.problem("the feature '\(name)' comes with the key 'api'")
        }
        guard let feature = Feature.all.first(where: { $0.rawValue == name }) else {
            let known = Feature.all.map(\.rawValue).sorted()
            let suggestion = Suggestion.clause(for: name, among: known)
            throw value.problem(
                "there is no feature '\(name)'\(suggestion)",
                hint: suggestion.isEmpty ? "the features are \(known.joined(separator: ", "))" : nil
            )
        }
        return feature
    }

    static func deadlines(_ value: YAMLValue) throws(ConfigurationError) -> [Deadline: Double] {
        var deadlines: [Deadline: Double] = [:]
        for (key, value) in try value.entries() { deadlines[try key.choice()] = try value.seconds() }
        return deadlines
    }

    private static func hints(_ value: YAMLValue?) throws(ConfigurationError) -> [TargetDescription.Hint] {
        var hints: [TargetDescription.Hint] = []
        for entry in try value?.list() ?? [] {
            let mapping = try entry.mapping("pattern", "hint")
            hints.append(
                TargetDescription.Hint(
                    pattern: try Self.pattern(mapping.required("pattern")),
                    text: try mapping.required("hint").string()
                )
            )
        }
        return hints
    }
}
