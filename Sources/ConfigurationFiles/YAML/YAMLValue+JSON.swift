package import JSONText

extension YAMLValue {
    /// The value as JSON, for who takes it whole: scalars are read by YAML's core schema (YAML 1.2.2 section 10.3.2), so that `7`
    /// is a number and `"7"` a text.
    ///
    /// - Throws: For what JSON has no word for: `.inf`, `.nan`, and keys that are lists or mappings.
    package func json() throws(ConfigurationError) -> JSONValue {
        switch self.node.content {
        case .scalar(let text):
            guard self.node.isPlain else { return .string(text) }
            return try self.plain(text)
        case .list:
            var elements: [JSONValue] = []
            for element in try self.list() { elements.append(try element.json()) }
            return .array(elements)
        case .mapping:
            var members: [JSONValue.Member] = []
            for (key, value) in try self.entries() { members.append(.init(try key.text(), try value.json())) }
            return .object(members)
        }
    }

    private func plain(_ text: String) throws(ConfigurationError) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if text.wholeMatch(of: #/[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)/#) != nil {
            throw self.problem("'\(text)' is no number that JSON has")
        }
        if text.hasPrefix("0x"), let number = Int64(text.dropFirst(2), radix: 16) { return .integer(number) }
        if text.hasPrefix("0o"), let number = Int64(text.dropFirst(2), radix: 8) { return .integer(number) }
        guard text.wholeMatch(of: #/[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/#) != nil else {
            return .string(text)
        }
        if let number = Int64(text) { return .integer(number) }
        return Double(text).map { .number($0) } ?? .string(text)
    }
}
