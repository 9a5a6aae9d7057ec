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
        let key: YAMLNode
        let name: String
        let options: [Option]
    }

    struct Option {
        let axis: String
        let name: String
        let value: YAMLNode
        let fields: [(key: YAMLNode, name: String, value: YAMLNode)]

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
            return Axis(key: entry.key, name: entry.name, options: options)
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
                fields: fields.entries
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

extension ParameterReader {
    /// Reports what multiplies cases that all do the same, and fields that nothing reads.
    ///
    /// - Parameters:
    ///   - acts: what endpoints, client, delivery and exchange read.
    ///   - expectations: what `expect` read.
    func reportUnused(_ axes: [Axis], acts: ChoiceUsage, expectations: ChoiceUsage) {
        let read = acts.expressions.union(expectations.expressions)
        for axis in axes {
            let isActedUpon = acts.expressions.contains { $0 == axis.name || $0.hasPrefix(axis.name + ".") }
            if !isActedUpon {
                self.reading.report(
                    "parameter '\(axis.name)' changes nothing that is done: no endpoint, client, delivery or exchange reads it",
                    at: axis.key
                )
                continue
            }
            for field in axis.options.flatMap(\.fields) where !read.contains("\(axis.name).\(field.name)") {
                let fields = read.filter { $0.hasPrefix(axis.name + ".") }.map { $0.dropFirst(axis.name.count + 1) }
                let hint = Suggestion.clause(for: field.name, among: fields.map(String.init).sorted())
                self.reading.report("nothing reads '${\(axis.name).\(field.name)}'\(hint)", at: field.key)
            }
        }
    }
}
