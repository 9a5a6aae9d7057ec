import JSONText

/// `${…}` in texts that are sent to a target: what it stands for is known only when the target is there.
enum Placeholders {
    static func replaced(in text: String, by meaning: (Substring) throws -> String) rethrows -> String {
        var whole = ""
        var rest = text[...]
        while let opening = rest.firstRange(of: "${"), let end = rest[opening.upperBound...].firstIndex(of: "}") {
            whole += rest[..<opening.lowerBound] + (try meaning(rest[opening.upperBound..<end]))
            rest = rest[end...].dropFirst()
        }
        return whole + rest
    }
}

extension JSONValue {
    /// With other texts, the names of members among them.
    func mapTexts(_ change: (String) throws -> String) rethrows -> JSONValue {
        switch self {
        case .string(let text): .string(try change(text))
        case .array(let elements): .array(try elements.map { try $0.mapTexts(change) })
        case .object(let members):
            .object(try members.map { Member(try change($0.name), try $0.value.mapTexts(change)) })
        case .null, .bool, .integer, .number, .decimal: self
        }
    }
}
