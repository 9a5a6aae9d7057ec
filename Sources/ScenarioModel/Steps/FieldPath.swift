/// Where something stands in a JSON document: `backend.backend.id`, `credentials[0].id`, or in the element of a list that has a
/// member of this text: `reserved_domains[domain=app.example.test].id`.
package struct FieldPath: Hashable, Sendable {
    package var parts: [Part]

    package enum Part: Hashable, Sendable {
        case member(String)
        case element(Int)
        case elementWhose(String, is: String)
    }
}

extension FieldPath {
    /// `nil` for what is no path.
    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.first == "[" {
                guard !parts.isEmpty, let end = rest.firstIndex(of: "]"),
                    let part = Part(inBrackets: rest[..<end].dropFirst())
                else { return nil }
                parts.append(part)
                rest = rest[end...].dropFirst()
                continue
            }
            if !parts.isEmpty {
                guard rest.first == "." else { return nil }
                rest = rest.dropFirst()
            }
            let name = rest.prefix { $0 != "." && $0 != "[" && $0 != "]" }
            guard !name.isEmpty else { return nil }
            parts.append(.member(String(name)))
            rest = rest[name.endIndex...]
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }
}

extension FieldPath.Part {
    fileprivate init?(inBrackets text: Substring) {
        if let index = Int(text), index >= 0 {
            self = .element(index)
        } else if let sign = text.firstIndex(of: "="), sign != text.startIndex {
            self = .elementWhose(String(text[..<sign]), is: String(text[sign...].dropFirst()))
        } else {
            return nil
        }
    }
}
