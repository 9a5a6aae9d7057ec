import ConfigurationFiles
import ScenarioModel

/// `parameters:`, the axes of a scenario's matrix.
///
/// A list is values that name themselves; a mapping is choices with a name each, whose fields follow a dot:
///
///     parameters:
///       version: ["1.2", "1.3"]              # ${version}
///       client:
///         expired: { certificate: client-expired, alert: certificate_expired }   # ${client.certificate}
struct ParameterReader {
    let reading: Reading

    struct Axis {
        let name: String
        let options: [Option]
    }

    struct Option {
        let axis: String
        let name: String
        let value: YAMLNode
        let fields: [(name: String, value: YAMLNode)]

        func bind(into scope: inout Scope) {
            scope.choices[self.axis] = self.value
            for field in self.fields { scope.choices["\(self.axis).\(field.name)"] = field.value }
        }
    }

    func axes(_ node: YAMLNode?) -> [Axis] {
        guard let node, let object = ObjectReader(node, named: "parameters", keys: nil, self.reading) else { return [] }
        return object.entries.map { entry in
            let options = self.options(entry.value, of: entry.name)
            for option in options where !Self.isName(option.name) {
                let message =
                    "'\(option.name)' stands in case ids and may have letters, digits, '.', '-', '+' and '_' only"
                self.reading.report("\(message); give the value a name: { name: { field: value } }", at: option.value)
            }
            if options.isEmpty {
                self.reading.report("parameter '\(entry.name)' has no value, so that no case is left", at: entry.key)
            }
            return Axis(name: entry.name, options: options)
        }
    }

    private func options(_ node: YAMLNode, of axis: String) -> [Option] {
        guard node.isMapping else {
            return self.reading.elements(node).compactMap { element in
                guard let name = element.scalar else {
                    self.reading.report("a value of '\(axis)' must be a word, or a name with fields", at: element)
                    return nil
                }
                return Option(axis: axis, name: name, value: element, fields: [])
            }
        }
        guard let object = ObjectReader(node, named: axis, keys: nil, self.reading) else { return [] }
        return object.entries.compactMap { entry in
            guard let fields = ObjectReader(entry.value, named: entry.name, keys: nil, self.reading) else { return nil }
            return Option(
                axis: axis,
                name: entry.name,
                value: entry.key,
                fields: fields.entries.map { ($0.name, $0.value) }
            )
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ".-+_".utf8.contains(byte)
                }
            }
    }

    /// Every choice of one option per axis, the last axis fastest.
    static func combinations(of axes: [Axis]) -> [[Option]] {
        axes.reduce([[]]) { combinations, axis in
            combinations.flatMap { combination in axis.options.map { combination + [$0] } }
        }
    }
}

/// Says whether a case is among those that `when` or `except` describes: `{ role: [edge, agent], version: "1.2" }`.
struct ChoiceMatcher {
    let reading: Reading
    let choices: [Case.Choice]
    let axes: [ParameterReader.Axis]

    func matches(_ node: YAMLNode) -> Bool {
        guard let object = ObjectReader(node, named: "when", keys: nil, self.reading) else { return false }
        var matches = true
        for entry in object.entries {
            let wanted = self.reading.texts(entry.value)
            guard let choice = self.choices.first(where: { $0.name == entry.name }) else {
                let hint = Suggestion.clause(for: entry.name, among: self.choices.map(\.name))
                self.reading.report("the cases have no '\(entry.name)' to choose by\(hint)", at: entry.key)
                return false
            }
            if let axis = self.axes.first(where: { $0.name == entry.name }) {
                let known = axis.options.map(\.name)
                for word in wanted where !known.contains(word) {
                    let hint = Suggestion.clause(for: word, among: known)
                    self.reading.report("'\(entry.name)' is never '\(word)'\(hint)", at: entry.value)
                }
            }
            matches = matches && wanted.contains(choice.value)
        }
        return matches
    }
}
