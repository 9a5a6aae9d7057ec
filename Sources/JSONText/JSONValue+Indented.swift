extension JSONValue {
    /// Text for people: each member and element on a line of its own, two spaces deeper than what it is in.
    package var indented: String { self.indented("") }

    private func indented(_ margin: String) -> String {
        let deeper = margin + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { deeper + $0.indented(deeper) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(margin)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(deeper)\(JSONValue.quoted($0.name)): \($0.value.indented(deeper))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(margin)}"
        default: return String(decoding: self.encoded, as: UTF8.self)
        }
    }
}
