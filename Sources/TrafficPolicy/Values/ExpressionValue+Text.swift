package import JSONText

extension ExpressionValue: CustomStringConvertible {
    /// As an expression would say it: `"a"`, `1u`, `[1, 2]`.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): value.description
        case .string(let text): JSONValue.quoted(text)
        case .bytes(let bytes): "b\"\(bytes.map { "\\x\($0 < 16 ? "0" : "")\(String($0, radix: 16))" }.joined())\""
        case .list(let elements): "[\(elements.map(\.description).joined(separator: ", "))]"
        case .map(let map): "{\(map.entries.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        case .timestamp(let moment): "timestamp(\"\(moment)\")"
        case .duration(let time): "duration(\"\(time)\")"
        }
    }
}

extension ExpressionValue {
    /// In a message: what is long, or may be, is only named.
    var shown: String {
        switch self {
        case .string(let text) where text.utf8.count > 64: "a text of \(text.utf8.count) bytes"
        case .bytes(let bytes) where bytes.count > 16: "\(bytes.count) bytes"
        case .list, .map: "a \(self.type)"
        case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration: self.description
        }
    }

    /// In an event: timestamps, durations and bytes are texts there, and a key is one. Going through
    /// all of it has been paid for.
    package var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .integer(value)
        case .uint(let value): Int64(exactly: value).map { .integer($0) } ?? .number(Double(value))
        case .double(let value): value.isFinite ? .number(value) : .string(DoubleText.write(value))
        case .string, .bytes, .timestamp, .duration: .string(self.interpolated)
        case .list(let elements): .array(elements.map(\.json))
        case .map(let map):
            .object(map.entries.map { JSONValue.Member($0.key.interpolated, $0.value.json) })
        }
    }

    /// What `${…}` puts into a text that has more in it than that. Going through all of it has been paid for.
    package var interpolated: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): DoubleText.write(value)
        case .string(let text): text
        // What is no UTF-8 shows as U+FFFD.
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .timestamp(let moment): moment.description
        case .duration(let time): time.description
        case .list, .map: String(decoding: self.json.encoded, as: UTF8.self)
        }
    }
}
