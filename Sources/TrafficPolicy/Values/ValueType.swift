/// What is known of an expression's value before there is one.
package indirect enum ValueType: Hashable, Sendable {
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case list(ValueType)
    case map(ValueType, ValueType)
    case timestamp
    case duration
    /// A map whose keys are known names.
    case record(RecordType)
    /// Anything: to be seen when there is a value.
    case dynamic
}

/// The names of a record and what they stand for.
package struct RecordType: Hashable, Sendable {
    package let fields: [String: ValueType]

    package init(fields: [String: ValueType]) {
        self.fields = fields
    }
}

extension ValueType {
    /// Whether a value of one may stand where the other is expected, in CEL's sense: what is unknown may be anything, and null
    /// may be compared with everything.
    package func matches(_ other: ValueType) -> Bool {
        switch (self, other) {
        case (.dynamic, _), (_, .dynamic), (.null, _), (_, .null): true
        case (.list(let first), .list(let second)): first.matches(second)
        case (.map(let firstKey, let firstValue), .map(let secondKey, let secondValue)):
            firstKey.matches(secondKey) && firstValue.matches(secondValue)
        case (.record, .map(let key, _)), (.map(let key, _), .record): key.matches(.string)
        default: self == other
        }
    }

    /// The type of what may be either; `.dynamic` where the two have nothing in common.
    func joined(with other: ValueType) -> ValueType {
        if self == other { return self }
        switch (self, other) {
        case (.list(let first), .list(let second)): return .list(first.joined(with: second))
        case (.map(let firstKey, let firstValue), .map(let secondKey, let secondValue)):
            return .map(firstKey.joined(with: secondKey), firstValue.joined(with: secondValue))
        default: return .dynamic
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        case .null, .bool, .string, .bytes, .list, .map, .timestamp, .duration, .record, .dynamic: false
        }
    }
}

extension ValueType: CustomStringConvertible {
    /// As CEL writes it, with an article left out: `int`, `list(string)`.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list(.dynamic): "list"
        case .list(let element): "list(\(element))"
        case .map(.dynamic, .dynamic), .record: "map"
        case .map(let key, let value): "map(\(key), \(value))"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .dynamic: "dyn"
        }
    }
}

extension ExpressionValue {
    /// As far as it is told from the outside: `[1, 'a']` is a list.
    package var type: ValueType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list(.dynamic)
        case .map: .map(.dynamic, .dynamic)
        case .timestamp: .timestamp
        case .duration: .duration
        }
    }
}
