import ConfigurationFiles
import JSONText

/// A request's body as flags build it up.
struct FieldTree {
    private(set) var value = JSONValue.object([])

    /// Puts the members of an object where nothing is yet: a flag says more than the file beside it, wherever the two stand.
    mutating func take(_ other: JSONValue) throws(ConfigurationError) {
        guard case .object = other else {
            throw ConfigurationError(
                "what --json names is no JSON object",
                hint: "write {\"domain\": \"app.example.com\"}"
            )
        }
        self.value = Self.merged(other, self.value)
    }

    mutating func set(_ field: APIField, _ text: String) throws(ConfigurationError) {
        self.value = Self.put(try Self.value(text, field, besides: self.value), at: field.path[...], in: self.value)
    }

    private static func value(
        _ text: String,
        _ field: APIField,
        besides root: JSONValue
    ) throws(ConfigurationError) -> JSONValue {
        var present: JSONValue? = root
        for name in field.path { present = present?[name] }
        switch field.kind {
        case .text: return .string(text)
        case .number:
            guard let number = Int64(text) else { throw Self.wrong(field, "a whole number", text) }
            return .integer(number)
        case .truth:
            guard let truth = Bool(text) else { throw Self.wrong(field, "true or false", text) }
            return .bool(truth)
        case .list: return .array((present?.elements ?? []) + [.string(text)])
        case .map(let isNumber): return try Self.entry(text, field, isNumber: isNumber, besides: present)
        case .json:
            do {
                return try JSONValue(reading: Array(text.utf8))
            } catch {
                throw Self.wrong(field, "JSON", text)
            }
        }
    }

    private static func entry(
        _ text: String,
        _ field: APIField,
        isNumber: Bool,
        besides present: JSONValue?
    ) throws(ConfigurationError) -> JSONValue {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value: JSONValue? =
            parts.count < 2 ? nil : isNumber ? Int64(parts[1]).map { .integer($0) } : .string(parts[1])
        guard let value, !parts[0].isEmpty else {
            throw Self.wrong(field, isNumber ? "name=number" : "name=value", text)
        }
        return Self.put(value, at: [parts[0]], in: present ?? .object([]))
    }

    private static func wrong(_ field: APIField, _ form: String, _ text: String) -> ConfigurationError {
        ConfigurationError("\(field.flag) must be \(form), not '\(text)'")
    }

    private static func put(_ value: JSONValue, at path: ArraySlice<String>, in root: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        guard case .object(var members) = root else { return self.put(value, at: path, in: .object([])) }
        let inner = Self.put(value, at: path.dropFirst(), in: root[name] ?? .object([]))
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = inner
        } else {
            members.append(.init(name, inner))
        }
        return .object(members)
    }

    /// The members of both; the second's where both have one that is no object.
    private static func merged(_ first: JSONValue, _ second: JSONValue) -> JSONValue {
        guard case .object(var members) = first, case .object(let others) = second else { return second }
        for other in others {
            if let index = members.firstIndex(where: { $0.name == other.name }) {
                members[index].value = Self.merged(members[index].value, other.value)
            } else {
                members.append(other)
            }
        }
        return .object(members)
    }
}
