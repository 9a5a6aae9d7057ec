import JSONText

/// Looks fields up as Go's decoder does: key names without regard to ASCII case, and a missing field, `null` and the zero
/// value are the same thing. Go and Rust agents spell and omit fields differently.
struct MessageFields {
    private var values: [String: JSONValue] = [:]

    /// `null` reads as an empty object: unit structs arrive so from Rust.
    init(_ value: JSONValue, field: String = "message") throws(MessageError) {
        switch value {
        case .null:
            break
        case .object(let members):
            for member in members {
                self.values[member.name.lowercased()] = member.value
            }
        default:
            throw MessageError(.wrongType, field: field)
        }
    }

    func value(_ name: String) -> JSONValue? {
        guard let value = self.values[name.lowercased()], value != .null else { return nil }
        return value
    }

    func optionalString(_ name: String) throws(MessageError) -> String? {
        switch self.value(name) {
        case nil: return nil
        case .string(let text): return text
        default: throw MessageError(.wrongType, field: name)
        }
    }

    func string(_ name: String) throws(MessageError) -> String {
        try self.optionalString(name) ?? ""
    }

    func integer(_ name: String) throws(MessageError) -> Int64 {
        switch self.value(name) {
        case nil: return 0
        case .integer(let value): return value
        default: throw MessageError(.wrongType, field: name)
        }
    }

    func bool(_ name: String) throws(MessageError) -> Bool {
        switch self.value(name) {
        case nil: return false
        case .bool(let value): return value
        default: throw MessageError(.wrongType, field: name)
        }
    }

    func strings(_ name: String) throws(MessageError) -> [String] {
        guard let value = self.value(name) else { return [] }
        guard case .array(let values) = value else { throw MessageError(.wrongType, field: name) }
        var strings: [String] = []
        for value in values {
            guard case .string(let text) = value else { throw MessageError(.wrongType, field: name) }
            strings.append(text)
        }
        return strings
    }

    func bytes(_ name: String) throws(MessageError) -> [UInt8] {
        guard let bytes = Base64.decode(try self.string(name)) else {
            throw MessageError(.notBase64, field: name)
        }
        return bytes
    }

    func dictionary(_ name: String) throws(MessageError) -> [String: String] {
        guard let value = self.value(name) else { return [:] }
        guard case .object(let members) = value else { throw MessageError(.wrongType, field: name) }
        var strings: [String: String] = [:]
        for member in members {
            guard case .string(let text) = member.value else { throw MessageError(.wrongType, field: name) }
            strings[member.name] = text
        }
        return strings
    }

    func optionalFields(_ name: String) throws(MessageError) -> MessageFields? {
        guard let value = self.value(name) else { return nil }
        return try MessageFields(value, field: name)
    }

    func fields(_ name: String) throws(MessageError) -> MessageFields {
        try MessageFields(self.value(name) ?? .null, field: name)
    }
}

extension JSONValue {
    static func strings(_ values: [String]) -> JSONValue {
        .array(values.map { .string($0) })
    }

    static func bytes(_ bytes: [UInt8]) -> JSONValue {
        .string(Base64.encode(bytes))
    }

    static func optional(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    static func fields(_ fields: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(fields.map { Member($0.key, $0.value) })
    }
}
