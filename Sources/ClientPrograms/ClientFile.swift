internal import ConfigurationFiles

/// The grammar of client.yaml.
enum ClientFile {
    static func description(in file: YAMLValue, name: String) throws(ConfigurationError) -> ClientDescription {
        let mapping = try file.mapping(
            "title",
            "kind",
            "programs",
            "version",
            "abilities",
            "prepare",
            "connect",
            "variants",
            "says"
        )
        let programs = try Self.programs(mapping.required("programs"))
        let abilities = try Self.abilities(mapping["abilities"])
        var preparation: [ClientDescription.Call] = []
        for value in try mapping["prepare"]?.list() ?? [] {
            preparation.append(try Self.call(value, programs, keys: ["program", "arguments", "environment", "when"]))
        }
        let connect = try mapping.required("connect")
        let keys = ["program", "arguments", "environment", "input"]
        let connection = try Self.call(connect, programs, keys: keys)
        return ClientDescription(
            name: name,
            title: try mapping.required("title").string(),
            kind: try mapping.required("kind").choice(),
            programs: programs,
            version: try Self.question(mapping.required("version"), programs),
            abilities: abilities,
            preparation: preparation,
            connection: connection,
            saysRequest: try Self.saysRequest(connect.mapping(keys)["input"]),
            variants: try Self.variants(mapping["variants"], abilities),
            words: try ClientWords(mapping["says"])
        )
    }

    private static func programs(
        _ value: YAMLValue
    ) throws(ConfigurationError) -> [String: ClientDescription.Installation] {
        var programs: [String: ClientDescription.Installation] = [:]
        for (key, value) in try value.entries() {
            let install = try value.mapping("install").required("install", hint: "install: apt-get install NAME")
            if install.isScalar {
                programs[try key.string()] = .byHand(try install.string())
                continue
            }
            var packages: [String] = []
            for entry in try install.mapping("pip").required("pip").entriesOrOne() {
                let name = try entry.string()
                // What a package manager reads as an option is none.
                guard let first = name.utf8.first, first != UInt8(ascii: "-"), !name.contains(where: \.isWhitespace)
                else { throw entry.problem("'\(name)' is no package's name") }
                packages.append(name)
            }
            programs[try key.string()] = .pip(packages)
        }
        return programs
    }

    private static func question(
        _ value: YAMLValue,
        _ programs: [String: ClientDescription.Installation]
    ) throws(ConfigurationError) -> ClientDescription.Question {
        let mapping = try value.mapping("program", "arguments", "pattern")
        return ClientDescription.Question(
            program: try Self.program(mapping.required("program"), programs),
            arguments: try mapping.required("arguments").strings(),
            pattern: try Self.pattern(mapping.required("pattern"))
        )
    }

    private static func program(
        _ value: YAMLValue,
        _ programs: [String: ClientDescription.Installation]
    ) throws(ConfigurationError) -> String {
        let name = try value.string()
        // A program that a preparation has made is named by its path.
        guard programs[name] != nil || name.hasPrefix("{{directory}}/") else {
            throw value.problem(
                "'programs' has no '\(name)'" + Suggestion.clause(for: name, among: programs.keys.sorted())
            )
        }
        return name
    }

    private static func call(
        _ value: YAMLValue,
        _ programs: [String: ClientDescription.Installation],
        keys: [String]
    ) throws(ConfigurationError) -> ClientDescription.Call {
        let mapping = try value.mapping(keys)
        var environment: [String: String] = [:]
        for (key, value) in try mapping["environment"]?.entries() ?? [] {
            let text = try value.string()
            try Self.checkWords(of: text, value)
            environment[try key.string()] = text
        }
        return ClientDescription.Call(
            program: try Self.program(mapping.required("program"), programs),
            arguments: try Self.arguments(mapping.required("arguments")),
            environment: environment,
            condition: try mapping["when"]?.choice()
        )
    }

    private static func saysRequest(_ value: YAMLValue?) throws(ConfigurationError) -> Bool {
        guard let value else { return false }
        guard try value.string() == "request" else { throw value.problem("'input' is the word 'request'") }
        return true
    }

    private static func arguments(_ value: YAMLValue) throws(ConfigurationError) -> [ClientDescription.Argument] {
        var arguments: [ClientDescription.Argument] = []
        for entry in try value.list() {
            guard entry.isScalar else {
                let mapping = try entry.mapping("when", "then", "else")
                let then = try mapping["then"].map { value throws(ConfigurationError) in try Self.arguments(value) }
                let otherwise = try mapping["else"].map { value throws(ConfigurationError) in try Self.arguments(value)
                }
                if then == nil, otherwise == nil { throw entry.problem("'when' needs 'then' or 'else'") }
                arguments.append(
                    .when(try mapping.required("when").choice(), then ?? [], otherwise: otherwise ?? [])
                )
                continue
            }
            let text = try entry.text()
            if text == "{{variant.arguments}}" {
                arguments.append(.ofVariant)
            } else {
                try Self.checkWords(of: text, entry)
                arguments.append(.text(text))
            }
        }
        return arguments
    }

    private static func checkWords(of text: String, _ value: YAMLValue) throws(ConfigurationError) {
        for word in ClientTemplate.words(in: text) where ClientTemplate.Word(rawValue: word) == nil {
            let known = ClientTemplate.Word.allCases.map(\.rawValue).sorted()
            throw value.problem(
                "no template has '{{\(word)}}'" + Suggestion.clause(for: word, among: known),
                hint: "the words are \(known.joined(separator: ", "))"
            )
        }
    }

    private static func abilities(_ value: YAMLValue?) throws(ConfigurationError) -> Set<ClientDescription.Ability> {
        var abilities: Set<ClientDescription.Ability> = []
        for entry in try value?.list() ?? [] { abilities.insert(try entry.choice()) }
        return abilities
    }

    /// A list of names, or a mapping of names to what is different.
    private static func variants(
        _ value: YAMLValue?,
        _ abilities: Set<ClientDescription.Ability>
    ) throws(ConfigurationError) -> [ClientDescription.Variant] {
        guard let value else { return [ClientDescription.Variant(name: nil)] }
        var variants: [ClientDescription.Variant] = []
        if case .mapping = value.node.content {
            for (key, value) in try value.entries() {
                let mapping = try value.mapping("title", "arguments", "lacks")
                let lacks = try Self.abilities(mapping["lacks"])
                if let needless = lacks.subtracting(abilities).map(\.rawValue).min() {
                    throw mapping.problem("lacks", "the client has no ability '\(needless)' that a variant could lack")
                }
                variants.append(
                    ClientDescription.Variant(
                        name: try Self.variantName(key),
                        title: try mapping["title"]?.string(),
                        arguments: try mapping["arguments"].map { value throws(ConfigurationError) in
                            try Self.arguments(value)
                        } ?? [],
                        lacks: lacks
                    )
                )
            }
        } else {
            for entry in try value.list() { variants.append(.init(name: try Self.variantName(entry))) }
        }
        guard !variants.isEmpty else { throw value.problem("'variants' names none; leave it out") }
        return variants
    }

    /// It stands in ids of cases and in names of files.
    private static func variantName(_ value: YAMLValue) throws(ConfigurationError) -> String {
        let name = try value.text()
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, !name.isEmpty else { throw value.problem("'\(name)' must be of a-z, 0-9, '-', '.' and '_'") }
        return name
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
}
