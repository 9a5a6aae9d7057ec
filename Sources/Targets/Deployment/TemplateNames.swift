internal import ConfigurationFiles

/// The names that a template uses. To Mustache an unknown one is empty, and a slip of the pen would make a configuration
/// that is nearly right.
struct TemplateNames {
    /// `domain`; of values that have others inside, their paths too: `ready`, `ready.edge`, `ready.edge.agents`.
    private var known: Set<String>
    /// Those that have others inside.
    private var mappings: Set<String> = []

    /// - Parameters:
    ///   - known: names that there can be, whether they have a value now or not.
    ///   - values: what the template is rendered with.
    init(known: Set<String>, values: [String: Any]) {
        self.known = known
        self.add(values, below: "")
    }

    private mutating func add(_ values: [String: Any], below prefix: String) {
        for (name, value) in values {
            self.known.insert(prefix + name)
            if value is DeadlineText {
                self.mappings.insert(prefix + name)
                self.known.formUnion(DeadlineText.members.map { "\(prefix)\(name).\($0)" })
            }
            guard let inner = value as? [String: Any] else { continue }
            self.mappings.insert(prefix + name)
            self.add(inner, below: prefix + name + ".")
        }
    }

    /// The first name in a template that nothing can have.
    ///
    /// - Returns: the name, `; did you mean …?` where something is near, and the line it stands in, from 1.
    func firstUnknown(in template: String) -> (name: String, suggestion: String, line: Int)? {
        for (index, line) in template.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line
            while let opening = rest.firstRange(of: "{{") {
                rest = rest[opening.upperBound...]
                guard let closing = rest.firstRange(of: "}}") else { break }
                if let path = Self.path(in: rest[..<closing.lowerBound]), let name = self.unknownPart(of: path) {
                    return (name, Suggestion.clause(for: name, among: self.known.sorted()), index + 1)
                }
                rest = rest[closing.upperBound...]
            }
        }
        return nil
    }

    /// As much of a path as it takes to be unknown.
    private func unknownPart(of path: [Substring]) -> String? {
        var name = ""
        for part in path {
            name += (name.isEmpty ? "" : ".") + part
            guard self.known.contains(name) else { return name }
            // Inside others there is nothing to know.
            guard self.mappings.contains(name) else { return nil }
        }
        return nil
    }

    /// What a tag looks up, `ready.edge.agents` in its parts. `nil` for tags that look up nothing: comments, pragmas,
    /// partials, the current value, functions of it such as `last()`.
    private static func path(in tag: Substring) -> [Substring]? {
        guard let sign = tag.first, !"!%>=".contains(sign) else { return nil }
        var words = tag.drop { "#^/&{$ ".contains($0) }
        if let opening = words.firstIndex(of: "("), let closing = words.lastIndex(of: ")") {
            words = words[words.index(after: opening)..<closing]
        }
        guard words.first != "." else { return nil }
        let path = words.prefix { $0 != " " && $0 != "}" }.split(separator: ".")
        return path.isEmpty ? nil : path
    }
}
