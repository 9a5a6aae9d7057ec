package import Foundation
internal import Yams

/// A node of a YAML file that knows where it stands, so that whatever is wrong with it can be said with line and column.
package struct YAMLValue {
    let node: Node
    /// As messages name it.
    package let file: String
    /// What the value is called in messages: `'grace'`, `the file`.
    package let label: String

    init(node: Node, file: String, label: String) {
        self.node = node
        self.file = file
        self.label = label
    }

    /// Reads a file; an empty one is an error. `name` is how messages call it, its path by default.
    package static func contents(of url: URL, name: String? = nil) throws(YAMLProblem) -> YAMLValue {
        let name = name ?? url.path
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw YAMLProblem(
                file: name,
                line: 1,
                column: 1,
                message: "cannot be read: \((error as NSError).localizedDescription)"
            )
        }
        return try Self.parse(text, name: name)
    }

    package static func parse(_ text: String, name: String) throws(YAMLProblem) -> YAMLValue {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw YAMLProblem(file: name, line: 1, column: 1, message: "is empty")
            }
            return YAMLValue(node: node, file: name, label: "the file")
        } catch let problem as YAMLProblem {
            throw problem
        } catch let error as YamlError {
            throw YAMLProblem(error, file: name)
        } catch {
            throw YAMLProblem(file: name, line: 1, column: 1, message: "cannot be parsed: \(error)")
        }
    }

    /// A problem at this value's place.
    package func problem(_ message: String) -> YAMLProblem {
        YAMLProblem(
            file: self.file,
            line: self.node.mark?.line ?? 1,
            column: self.node.mark?.column ?? 1,
            message: message
        )
    }

    package var line: Int { self.node.mark?.line ?? 1 }

    /// Whether it is a single text, number or truth value, and no list or mapping.
    package var isScalar: Bool { self.node.scalar != nil }
}

extension YAMLValue {
    package func string() throws(YAMLProblem) -> String {
        guard case .scalar(let scalar) = self.node else { throw self.problem("\(self.label) must be a text") }
        guard !scalar.string.isEmpty else { throw self.problem("\(self.label) must not be empty") }
        return scalar.string
    }

    package func integer(in range: ClosedRange<Int>) throws(YAMLProblem) -> Int {
        guard case .scalar(let scalar) = self.node, let value = Int(scalar.string) else {
            throw self.problem("\(self.label) must be a whole number")
        }
        guard range.contains(value) else {
            throw self.problem(
                "\(self.label) must be from \(range.lowerBound) to \(range.upperBound), and is \(value)"
            )
        }
        return value
    }

    /// Seconds: a number above zero, with or without a fraction.
    package func seconds() throws(YAMLProblem) -> Double {
        guard case .scalar(let scalar) = self.node, let value = Double(scalar.string), value.isFinite, value > 0 else {
            throw self.problem("\(self.label) must be a number of seconds above 0")
        }
        return value
    }

    package func boolean() throws(YAMLProblem) -> Bool {
        guard case .scalar(let scalar) = self.node else { throw self.problem("\(self.label) must be true or false") }
        switch scalar.string {
        case "true": return true
        case "false": return false
        default: throw self.problem("\(self.label) must be true or false, and is '\(scalar.string)'")
        }
    }

    package func choice<Value: CaseIterable & RawRepresentable<String>>(
        _ type: Value.Type = Value.self
    ) throws(YAMLProblem) -> Value {
        let text = try self.string()
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue)
            throw self.problem(
                "\(self.label) must be one of \(names.joined(separator: ", ")), and is '\(text)'"
                    + Suggestion.clause(for: text, among: names)
            )
        }
        return value
    }

    package func list() throws(YAMLProblem) -> [YAMLValue] {
        guard case .sequence(let sequence) = self.node else {
            throw self.problem("\(self.label) must be a list, such as [a, b]")
        }
        return sequence.map { YAMLValue(node: $0, file: self.file, label: "an entry of \(self.label)") }
    }

    package func strings() throws(YAMLProblem) -> [String] {
        var strings: [String] = []
        for value in try self.list() { strings.append(try value.string()) }
        return strings
    }

    /// The pairs of a mapping whose keys are names that the file chooses.
    package func entries() throws(YAMLProblem) -> [(key: YAMLValue, value: YAMLValue)] {
        guard case .mapping(let mapping) = self.node else {
            throw self.problem("\(self.label) must be a mapping of 'key: value' lines")
        }
        var entries: [(key: YAMLValue, value: YAMLValue)] = []
        for (key, value) in mapping {
            let name = try YAMLValue(node: key, file: self.file, label: "a key of \(self.label)").string()
            entries.append(
                (
                    key: YAMLValue(node: key, file: self.file, label: "the name '\(name)'"),
                    value: YAMLValue(node: value, file: self.file, label: "'\(name)'")
                )
            )
        }
        return entries
    }

    /// A mapping that may have these keys and no other.
    package func mapping(_ known: String...) throws(YAMLProblem) -> YAMLMapping {
        var values: [String: YAMLValue] = [:]
        for (key, value) in try self.entries() {
            let name = try key.string()
            guard known.contains(name) else {
                throw key.problem(
                    "unknown key '\(name)' in \(self.label)" + Suggestion.clause(for: name, among: known)
                )
            }
            values[name] = value
        }
        return YAMLMapping(values: values, whole: self)
    }
}

/// A mapping whose keys have been checked.
package struct YAMLMapping {
    let values: [String: YAMLValue]
    /// The mapping itself, for problems that concern all of it.
    package let whole: YAMLValue

    package subscript(key: String) -> YAMLValue? { self.values[key] }

    package func required(_ key: String) throws(YAMLProblem) -> YAMLValue {
        guard let value = self.values[key] else {
            throw self.whole.problem("\(self.whole.label) lacks the key '\(key)'")
        }
        return value
    }
}

extension YAMLProblem {
    init(_ error: YamlError, file: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(file: file, line: mark.line, column: mark.column, message: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(
                file: file,
                line: context.mark.line,
                column: context.mark.column,
                message: "the key '\(duplicates.joined(separator: "', '"))' stands twice"
            )
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            self.init(file: file, line: 1, column: 1, message: "not YAML: \(error)")
        }
    }
}
