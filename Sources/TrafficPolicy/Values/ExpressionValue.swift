/// A value of CEL (cel-spec, langdef.md "Values").
package enum ExpressionValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([ExpressionValue])
    case map(ValueMap)
    case timestamp(Instant)
    case duration(Nanoseconds)
}

extension ExpressionValue {
    package static func strings(_ texts: [String]) -> ExpressionValue { .list(texts.map { .string($0) }) }

    /// A map with texts as keys.
    package static func record(_ members: [(String, ExpressionValue)]) -> ExpressionValue {
        .map(ValueMap(entries: members.map { ValueMap.Entry(key: .string($0), value: $1) }))
    }
}

/// A map of CEL. Policies' maps have a handful of keys, so they are searched from the front, which keeps the order they were
/// written in and compares keys as CEL does: `1`, `1u` and `1.0` are one key.
package struct ValueMap: Sendable {
    package struct Entry: Sendable {
        package let key: ExpressionValue
        package let value: ExpressionValue

        package init(key: ExpressionValue, value: ExpressionValue) {
            self.key = key
            self.value = value
        }
    }

    package let entries: [Entry]

    /// - Parameter entries: No two of them with equal keys.
    package init(entries: [Entry]) {
        self.entries = entries
    }

    /// The value of a key that is a text.
    package subscript(name: String) -> ExpressionValue? {
        for entry in self.entries {
            if case .string(let key) = entry.key, key.hasSameScalars(as: name) { return entry.value }
        }
        return nil
    }
}

extension String {
    /// Texts are equal in CEL when their code points are; Swift's `==` takes composed and decomposed letters for the same, and a
    /// rule about one name would then let in another.
    package func hasSameScalars(as other: String) -> Bool {
        let (first, second) = (self.utf8, other.utf8)
        return first.count == second.count && first.elementsEqual(second)
    }
}
