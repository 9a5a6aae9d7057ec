package import ConfigurationFiles
import JSONText

/// The text of an agent.yaml, of which single values are changed while everything else stays as it is written, comments included.
///
/// It works on lines, and trusts itself as little as one should: every change is read back, and must mean the change and nothing else.
package struct AgentFileText: Sendable {
    /// What is said of the agent itself, and may be put into a file by a command.
    package enum Option: Sendable {
        case authtoken, apiKey, serverAddress
    }

    package private(set) var text: String
    let file: String

    /// - Throws: where the text is no configuration of an agent.
    package init(_ text: String, file: String) throws(ConfigurationError) {
        self.text = text
        self.file = file
        _ = try AgentFile.parse(text, file: file)
    }

    /// A file that says this and nothing else.
    package static func new(
        _ option: Option,
        _ value: String,
        file: String
    ) throws(ConfigurationError) -> AgentFileText {
        var text = try AgentFileText("version: \"3\"\nagent:\n  metadata: \"\"\n", file: file)
        try text.set(option, to: value)
        return try AgentFileText(text.text.replacing("  metadata: \"\"\n", with: ""), file: file)
    }

    private var root: YAMLValue {
        get throws(ConfigurationError) { try YAMLValue.parse(self.text, file: self.file) }
    }

    private func isThird(_ root: YAMLValue) throws(ConfigurationError) -> Bool {
        try root.entries().contains { $0.key.node.scalar == "version" && $0.value.node.scalar == "3" }
    }

    /// Changes a value, or adds it.
    package mutating func set(_ option: Option, to value: String) throws(ConfigurationError) {
        let root = try self.root
        let isThird = try self.isThird(root)
        let key = option.key(isThird: isThird)
        let path = isThird ? ["agent", key] : [key]
        var lines = FileLines(self.text)
        let agent = try root.entries().first { $0.key.node.scalar == "agent" }?.value
        if isThird, let agent {
            guard !agent.isScalar else { throw self.cannotChange(key) }
            try Self.put(value, key, in: agent, &lines)
        } else if isThird {
            Self.add(["agent:", "  \(key): \(JSONValue.quoted(value))"], to: try root.entries(), &lines)
        } else {
            try Self.put(value, key, in: root, &lines)
        }
        try self.take(lines, path, value)
    }

    private static func put(
        _ value: String,
        _ key: String,
        in mapping: YAMLValue,
        _ lines: inout FileLines
    ) throws(ConfigurationError) {
        let entries = try mapping.entries()
        if let entry = entries.first(where: { $0.key.node.scalar == key }) {
            lines.replaceScalar(behind: entry.key.place, with: JSONValue.quoted(value))
        } else {
            Self.add(["\(key): \(JSONValue.quoted(value))"], to: entries, &lines)
        }
    }

    /// Puts lines in front of a mapping's entries, but below a version, which people expect there.
    private static func add(
        _ block: [String],
        to entries: [(key: YAMLValue, value: YAMLValue)],
        _ lines: inout FileLines
    ) {
        guard let first = entries.first?.key else { return }
        let block = block.map { lines.indentation(of: first.place) + $0 }
        if first.node.scalar == "version" {
            lines.insert(block, below: first.place)
        } else {
            lines.insert(block, above: first.place)
        }
    }

    /// Takes the lines if they mean what was meant, and are what the agent reads; throws otherwise.
    private mutating func take(_ lines: FileLines, _ path: [String], _ value: String) throws(ConfigurationError) {
        let meant = try self.root.json().setting(.string(value), at: path[...])
        guard let after = try? YAMLValue.parse(lines.text, file: self.file).json(), after.sorted == meant.sorted else {
            throw self.cannotChange(path.joined(separator: "."))
        }
        _ = try AgentFile.parse(lines.text, file: self.file)
        self.text = lines.text
    }

    private func cannotChange(_ key: String) -> ConfigurationError {
        ConfigurationError(
            "'\(key)' cannot be changed in \(self.file) without touching what stands around it",
            hint: "write it by hand, on a line of its own"
        )
    }
}

extension AgentFileText {
    /// The same in version 3; `nil` where it is.
    ///
    /// What is said of the agent moves below `agent`, with the comments above and beside it. Tunnels stay tunnels, which version 3 takes.
    package func upgraded() throws(ConfigurationError) -> AgentFileText? {
        let root = try self.root
        guard try !self.isThird(root) else { return nil }
        var lines = FileLines(self.text)
        // Blocks change their places, and the end of the last line stays where it is.
        let end = lines.lines.last == "" ? [""] : []
        lines = FileLines(lines: lines.lines.dropLast(end.count))
        let entries = try root.entries()
        let blocks = lines.blocks(startingAt: entries.map { $0.key.place })
        var version: [String] = []
        var agent: [String] = []
        var rest: [String] = []
        for (entry, block) in zip(entries, blocks) {
            switch entry.key.node.scalar {
            case "version":
                var block = FileLines(lines: block)
                block.replaceLastScalar(with: "\"3\"")
                version += block.lines
            case "tunnels": rest += block
            case let key:
                let renamed = block.map { line in Self.renamed(key, in: line) }
                agent += renamed.map { $0.allSatisfy(\.isWhitespace) ? $0 : "  " + $0 }
            }
        }
        let head = lines.lines(above: entries.first?.key.place)
        let all = head + version + (agent.isEmpty ? [] : ["agent:"] + agent) + rest + end
        let text = all.joined(separator: "\n")
        let meant = try Self.upgraded(try root.json())
        guard let upgraded = try? AgentFileText(text, file: self.file), try upgraded.root.json().sorted == meant.sorted
        else {
            throw ConfigurationError(
                "\(self.file) is written in a way that cannot be upgraded line by line",
                hint: "write each key of the first level on a line of its own"
            )
        }
        return upgraded
    }

    private static let newNames = ["server_addr": "connect_url", "root_cas": "connect_cas"]

    private static func renamed(_ key: String?, in line: String) -> String {
        guard let key, let name = Self.newNames[key], line.hasPrefix("\(key):") else { return line }
        return name + line.dropFirst(key.count)
    }

    private static func upgraded(_ root: JSONValue) throws(ConfigurationError) -> JSONValue {
        guard case .object(let members) = root else { return root }
        let kept = members.filter { $0.name == "tunnels" }
        let agent = members.filter { $0.name != "tunnels" && $0.name != "version" }
            .map { JSONValue.Member(Self.newNames[$0.name] ?? $0.name, $0.value) }
        return .object(
            [.init("version", .string("3"))] + (agent.isEmpty ? [] : [.init("agent", .object(agent))]) + kept
        )
    }
}

extension AgentFileText.Option {
    /// The key that a file of the version has for it.
    fileprivate func key(isThird: Bool) -> String {
        switch self {
        case .authtoken: "authtoken"
        case .apiKey: "api_key"
        case .serverAddress: isThird ? "connect_url" : "server_addr"
        }
    }
}

extension JSONValue {
    /// The same with the members of its objects in order, so that two can be compared.
    fileprivate var sorted: JSONValue {
        switch self {
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        case .array(let elements): .array(elements.map(\.sorted))
        case .null, .bool, .integer, .number, .decimal, .string: self
        }
    }

    fileprivate func setting(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
        guard let name = path.first else { return value }
        guard case .object(var members) = self else { return JSONValue.object([]).setting(value, at: path) }
        let inner = (self[name] ?? .object([])).setting(value, at: path.dropFirst())
        members.removeAll { $0.name == name }
        members.append(Member(name, inner))
        return .object(members)
    }
}
