import Yams

/// Reads one YAML file and knows where everything in it stands.
struct YAMLReader {
    /// As the user wrote it.
    let file: String

    func document(_ text: String) throws(ConfigurationError) -> Node {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw self.describe(error)
        } catch {
            throw ConfigurationError("\(self.file): \(error)")
        }
        guard let node else {
            throw ConfigurationError("\(self.file): the file is empty", hint: "start with version: 2")
        }
        return node
    }

    private func describe(_ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError("\(self.file):\(mark.line):\(mark.column): \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                "\(self.file):\(context.mark.line):\(context.mark.column): duplicate key "
                    + duplicates.map { "'\($0)'" }.joined(separator: ", ")
            )
        default:
            ConfigurationError("\(self.file): \(error)")
        }
    }

    func error(_ node: Node, _ problem: String, hint: String? = nil) -> ConfigurationError {
        let place = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
        return ConfigurationError("\(self.file)\(place): \(problem)", hint: hint)
    }

    /// The pairs of a mapping whose keys are all known.
    func mapping(
        _ node: Node,
        _ place: String,
        keys: [String]
    ) throws(ConfigurationError) -> [String: Node] {
        var values: [String: Node] = [:]
        for (key, value) in try self.entries(node, place) {
            guard let name = key.scalar?.string, keys.contains(name) else {
                let name = key.scalar?.string ?? "?"
                let suggestion = Suggestion.nearest(to: name, in: keys).map { "; did you mean '\($0)'?" } ?? ""
                throw self.error(
                    key,
                    "unknown key '\(name)' in \(place)\(suggestion)",
                    hint: suggestion.isEmpty ? "known keys are \(keys.joined(separator: ", "))" : nil
                )
            }
            values[name] = value
        }
        return values
    }

    /// The pairs of a mapping whose keys are the user's own names.
    func entries(_ node: Node, _ place: String) throws(ConfigurationError) -> [(key: Node, value: Node)] {
        guard let mapping = node.mapping else {
            throw self.error(node, "\(place) must be a mapping of keys to values")
        }
        return Array(mapping)
    }

    func string(_ node: Node, _ key: String) throws(ConfigurationError) -> String {
        guard let text = node.scalar?.string else {
            throw self.error(node, "'\(key)' must be a text")
        }
        return text
    }

    func strings(_ node: Node, _ key: String) throws(ConfigurationError) -> [String] {
        guard let sequence = node.sequence else {
            throw self.error(node, "'\(key)' must be a list", hint: "write \(key): [\"…\"]")
        }
        var texts: [String] = []
        for element in sequence {
            texts.append(try self.string(element, key))
        }
        return texts
    }

    func bool(_ node: Node, _ key: String) throws(ConfigurationError) -> Bool {
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        default: throw self.error(node, "'\(key)' must be true or false")
        }
    }

    func duration(_ node: Node, _ key: String) throws(ConfigurationError) -> Duration {
        guard let text = node.scalar?.string, let duration = DurationText.read(text) else {
            throw self.error(node, "'\(key)' must be a duration", hint: "write 10s, 500ms or 1m30s")
        }
        return duration
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ node: Node,
        _ key: String,
        as type: Value.Type
    ) throws(ConfigurationError) -> Value {
        let choices = type.allCases.map(\.rawValue)
        guard let text = node.scalar?.string, let value = Value(rawValue: text) else {
            throw self.error(
                node,
                "'\(key)' cannot be '\(node.scalar?.string ?? "?")'",
                hint: "choose \(choices.joined(separator: ", "))"
            )
        }
        return value
    }
}
