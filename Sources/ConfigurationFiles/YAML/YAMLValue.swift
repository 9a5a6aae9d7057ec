/// A value of a file with its name, read strictly: the first thing that is wrong is thrown, with its place.
package struct YAMLValue {
    package let node: YAMLNode
    /// The keys that lead to it: `accounts[0].plan`; empty for the whole file.
    package let path: String

    package init(_ node: YAMLNode, path: String = "") {
        self.node = node
        self.path = path
    }

    /// As messages name it.
    private var label: String { self.path.isEmpty ? "the file" : "'\(self.path)'" }

    package var place: Place { self.node.place }

    /// A problem at this value's place.
    package func problem(_ message: String, hint: String? = nil) -> ConfigurationError {
        self.node.error(message, hint: hint)
    }

    /// `'limits.hello' must be …`
    private func must(_ be: String) -> ConfigurationError { self.problem("\(self.label) must be \(be)") }

    /// Gives this value's place to a problem that has none.
    package func placing<Result>(
        _ body: () throws(ConfigurationError) -> Result
    ) throws(ConfigurationError) -> Result {
        do {
            return try body()
        } catch {
            throw error.place == nil ? self.problem(error.message, hint: error.hint) : error
        }
    }

    /// Whether it is a single text, number or truth value, and no list or mapping.
    package var isScalar: Bool { self.node.scalar != nil }
}

extension YAMLValue {
    /// Reads a text; `file` is how messages call it.
    package static func parse(
        _ text: String,
        file: String,
        start: String? = nil
    ) throws(ConfigurationError) -> YAMLValue {
        YAMLValue(try YAMLNode.parse(text, file: file, start: start))
    }

    /// Reads a file; `name` is how messages call it, its path by default.
    package static func contents(of path: String, name: String? = nil) throws(ConfigurationError) -> YAMLValue {
        try Self.parse(try TextFile.read(path, what: "file"), file: name ?? path)
    }

    /// May be empty.
    package func text() throws(ConfigurationError) -> String {
        guard let text = self.node.scalar else { throw self.must("a text") }
        return text
    }

    /// Not empty.
    package func string() throws(ConfigurationError) -> String {
        let text = try self.text()
        guard !text.isEmpty else { throw self.problem("\(self.label) must not be empty") }
        return text
    }

    /// What a text stands for; `what` completes `'metrics' must be …, not 'x'`.
    package func parsed<Value>(as what: String, _ read: (String) -> Value?) throws(ConfigurationError) -> Value {
        let text = try self.text()
        guard let value = read(text) else { throw self.must("\(what), not '\(text)'") }
        return value
    }

    package func integer(in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        try self.parsed(as: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Seconds: a number above zero, with or without a fraction.
    package func seconds() throws(ConfigurationError) -> Double {
        try self.parsed(as: "a number of seconds above 0") { text in
            Double(text).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        }
    }

    package func boolean() throws(ConfigurationError) -> Bool {
        try self.parsed(as: "true or false") { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        }
    }

    /// A duration with its unit, above zero and up to `limit`, where there is one.
    package func duration(upTo limit: Duration? = nil) throws(ConfigurationError) -> Duration {
        let bound = limit.map { " up to \(DurationText.write($0))" } ?? ""
        return try self.parsed(as: "a duration\(bound) such as 250ms, 3s or 1m30s") { text in
            DurationText.read(text).flatMap { $0 > .zero && $0 <= limit ?? $0 ? $0 : nil }
        }
    }

    package func size(in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        try self.parsed(as: "a size from \(range.lowerBound) to \(range.upperBound) bytes such as 64KiB") { text in
            SizeText.read(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// One word of a closed set.
    package func choice<Value: CaseIterable & RawRepresentable<String>>(
        of type: Value.Type = Value.self
    ) throws(ConfigurationError) -> Value {
        let text = try self.text()
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue)
            let suggestion = Suggestion.clause(for: text, among: names)
            throw self.must("one of \(names.joined(separator: ", ")), not '\(text)'\(suggestion)")
        }
        return value
    }
}

extension YAMLValue {
    package func list() throws(ConfigurationError) -> [YAMLValue] {
        guard case .list(let elements) = self.node.content else { throw self.must("a list, such as [a, b]") }
        return elements.enumerated().map { YAMLValue($1, path: "\(self.path)[\($0)]") }
    }

    /// A list's entries; a single text is a list of one.
    package func entriesOrOne() throws(ConfigurationError) -> [YAMLValue] {
        self.isScalar ? [self] : try self.list()
    }

    package func strings() throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for value in try self.list() { strings.append(try value.string()) }
        return strings
    }

    /// The pairs of a mapping whose keys are names that the file chooses.
    package func entries() throws(ConfigurationError) -> [(key: YAMLValue, value: YAMLValue)] {
        guard case .mapping(let members) = self.node.content else { throw self.must("a mapping of 'key: value' lines") }
        var entries: [(key: YAMLValue, value: YAMLValue)] = []
        for (key, value) in members {
            guard let name = key.scalar, !name.isEmpty else { throw key.error("a key must be a text") }
            let path = self.path.isEmpty ? name : "\(self.path).\(name)"
            entries.append((key: YAMLValue(key, path: path), value: YAMLValue(value, path: path)))
        }
        return entries
    }

    /// A mapping that may have these keys and no other.
    package func mapping(_ known: String...) throws(ConfigurationError) -> YAMLMapping { try self.mapping(known) }

    package func mapping(_ known: [String]) throws(ConfigurationError) -> YAMLMapping {
        var values: [String: YAMLValue] = [:]
        for (key, value) in try self.entries() {
            let name = try key.string()
            guard known.contains(name) else {
                let place = self.path.isEmpty ? "" : " in \(self.label)"
                let suggestion = Suggestion.clause(for: name, among: known)
                throw key.problem(
                    "unknown key '\(name)'\(place)\(suggestion)",
                    hint: suggestion.isEmpty ? "the keys are \(known.joined(separator: ", "))" : nil
                )
            }
            values[name] = value
        }
        return YAMLMapping(values: values, whole: self)
    }
}
