internal import ConfigurationFiles

/// The names that a template uses. To Mustache an unknown one is empty, and a slip of the pen would make a configuration
/// that is nearly right.
enum TemplateNames {
    /// The first name in a template that nothing can have.
    ///
    /// - Returns: the name, and the line it stands in, from 1.
    static func firstUnknown(in template: String, known: Set<String>) -> (name: String, line: Int)? {
        for (index, line) in template.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line
            while let opening = rest.firstRange(of: "{{") {
                rest = rest[opening.upperBound...]
                guard let closing = rest.firstRange(of: "}}") else { break }
                if let name = Self.name(in: rest[..<closing.lowerBound]), !known.contains(name) {
                    return (name, index + 1)
                }
                rest = rest[closing.upperBound...]
            }
        }
        return nil
    }

    /// The value that a tag looks up, of a path such as `ready.edge.agents` its beginning. `nil` for tags that look up nothing:
    /// comments, pragmas, partials, the current value, functions of it such as `last()`.
    private static func name(in tag: Substring) -> String? {
        guard let sign = tag.first, !"!%>=".contains(sign) else { return nil }
        var words = tag.drop { "#^/&{$ ".contains($0) }
        if let opening = words.firstIndex(of: "("), let closing = words.lastIndex(of: ")") {
            words = words[words.index(after: opening)..<closing]
        }
        let name = words.prefix { $0 != "." && $0 != " " && $0 != "}" }
        return name.isEmpty ? nil : String(name)
    }
}
