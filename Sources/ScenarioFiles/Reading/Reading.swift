import ConfigurationFiles

/// Reads values out of one file's nodes: substitutes `${…}`, and reports what cannot be read.
///
/// A reader that finds something wrong reports it and returns `nil`; reading goes on, so that all problems are found.
struct Reading {
    let file: String
    let log: ProblemLog
    var scope = Scope()

    func report(_ message: String, at node: YAMLNode?) {
        self.log.report(message, at: node?.place ?? Place(file: self.file))
    }

    /// Follows `${name}` when it stands alone and stands for a value of the file, which may be a list or a mapping.
    func resolved(_ node: YAMLNode, depth: Int = 0) -> YAMLNode {
        guard let text = node.scalar?.utf8, text.starts(with: "${".utf8), depth < 8 else { return node }
        guard text.last == UInt8(ascii: "}"),
            let expression = String(text.dropFirst(2).dropLast()), !expression.utf8.contains(UInt8(ascii: "$")),
            case .node(let found) = self.scope.meaning(of: expression)
        else { return node }
        return self.resolved(found, depth: depth + 1)
    }

    func text(_ node: YAMLNode) -> String? {
        guard let text = self.resolved(node).scalar else {
            self.report("expected a single value", at: node)
            return nil
        }
        return self.substituted(text, at: node, depth: 0)
    }

    private func substituted(_ text: String, at node: YAMLNode, depth: Int) -> String? {
        guard let start = Self.opening(in: text) else { return text }
        guard depth < 8 else {
            self.report("'\(text)' stands for itself", at: node)
            return nil
        }
        guard let end = text[start.upperBound...].utf8.firstIndex(of: UInt8(ascii: "}")) else {
            self.report("'${' without its '}'", at: node)
            return nil
        }
        let expression = String(text[start.upperBound..<end])
        let value: String
        switch self.scope.meaning(of: expression) {
        case .text(let found): value = found
        case .node(let meaning):
            guard let text = meaning.scalar else {
                self.report("'${\(expression)}' is a list or a mapping, which cannot stand inside a text", at: node)
                return nil
            }
            guard let found = self.substituted(text, at: node, depth: depth + 1) else { return nil }
            value = found
        case nil:
            let hint = Suggestion.clause(for: expression, among: self.scope.knownExpressions)
            self.report("nothing is called '${\(expression)}'\(hint)", at: node)
            return nil
        }
        // By bytes: what combines with the brace, such as an accent, is no part of it and must stay.
        let behind = String(Substring(text.utf8[text.utf8.index(after: end)...]))
        guard let rest = self.substituted(behind, at: node, depth: depth) else { return nil }
        return String(Substring(text.utf8[..<start.lowerBound])) + value + rest
    }

    /// Where `${` stands, found by bytes: every value of every case is looked at.
    private static func opening(in text: String) -> Range<String.Index>? {
        let bytes = text.utf8
        var index = bytes.startIndex
        while let dollar = bytes[index...].firstIndex(of: UInt8(ascii: "$")) {
            let next = bytes.index(after: dollar)
            guard next < bytes.endIndex else { return nil }
            if bytes[next] == UInt8(ascii: "{") { return dollar..<bytes.index(after: next) }
            index = next
        }
        return nil
    }

    /// A list's elements; a single value is a list of one.
    func elements(_ node: YAMLNode) -> [YAMLNode] {
        let resolved = self.resolved(node)
        return if case .list(let elements) = resolved.content { elements } else { [resolved] }
    }

    func texts(_ node: YAMLNode) -> [String] {
        self.elements(node).compactMap { self.text($0) }
    }

    /// One word of a closed set.
    func word<Value: RawRepresentable<String> & CaseIterable>(
        _ node: YAMLNode,
        _ what: String,
        as: Value.Type
    ) -> Value? {
        guard let text = self.text(node) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue)
        self.report(
            "'\(text)' is no \(what): \(Self.list(known))\(Suggestion.clause(for: text, among: known))",
            at: node
        )
        return nil
    }

    func bool(_ node: YAMLNode) -> Bool? {
        switch self.text(node) {
        case "true": return true
        case "false": return false
        case let text?:
            self.report("expected true or false, found '\(text)'", at: node)
            return nil
        case nil: return nil
        }
    }

    /// A decimal or `0x` number within `range`.
    func integer<Value: FixedWidthInteger>(_ node: YAMLNode, in range: ClosedRange<Value> = .min ... .max) -> Value? {
        guard let text = self.text(node) else { return nil }
        let digits = text.hasPrefix("+") ? text.dropFirst() : Substring(text)
        let value = digits.hasPrefix("0x") ? Value(digits.dropFirst(2), radix: 16) : Value(digits, radix: 10)
        guard let value, range.contains(value) else {
            self.report("expected a number from \(range.lowerBound) to \(range.upperBound), found '\(text)'", at: node)
            return nil
        }
        return value
    }

    /// A duration with its unit, `20ms` or `3s`, in milliseconds.
    func milliseconds(_ node: YAMLNode) -> Int? {
        guard let text = self.text(node) else { return nil }
        if let duration = DurationText.read(text) { return Int(duration.milliseconds) }
        self.report("expected a duration such as 20ms or 3s, found '\(text)'", at: node)
        return nil
    }

    /// A size in bytes: `512`, `60KiB`, `64MiB`.
    func size(_ node: YAMLNode) -> Int? {
        guard let text = self.text(node) else { return nil }
        if let size = SizeText.read(text) { return size }
        self.report("expected a size such as 512, 60KiB or 64MiB, found '\(text)'", at: node)
        return nil
    }

    static func list(_ words: [String]) -> String {
        words.count <= 16 ? words.joined(separator: ", ") : words.prefix(16).joined(separator: ", ") + ", …"
    }
}
