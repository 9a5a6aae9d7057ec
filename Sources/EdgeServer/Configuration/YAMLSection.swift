import EdgeCore
import NIOCore
import ProxyProtocol
import Yams

/// One mapping of the file, whose keys are all known, read with errors that say file, line, column and key.
struct YAMLSection {
    private let file: String
    private let node: Node
    private let values: [String: Node]
    /// How errors name the section: `deadlines`; empty at the top.
    private let name: String

    init(_ node: Node, file: String, name: String, keys: [String]) throws(ConfigurationError) {
        self.file = file
        self.node = node
        self.name = name
        guard case .mapping(let mapping) = node else {
            throw Self.error(file, node, "'\(name)' must be a mapping with the keys \(keys.joined(separator: ", "))")
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw Self.error(file, key, "a key must be plain text")
            }
            guard keys.contains(scalar.string) else {
                let place = name.isEmpty ? "" : " in '\(name)'"
                let hint = Suggestion.closest(to: scalar.string, in: keys).map { "did you mean '\($0)'?" }
                throw Self.error(
                    file,
                    key,
                    "unknown key '\(scalar.string)'\(place); \(hint ?? "known are \(keys.joined(separator: ", "))")"
                )
            }
            values[scalar.string] = value
        }
        self.values = values
    }

    private static func error(_ file: String, _ node: Node, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, message: message)
    }

    /// An error at the value of a key, or at the section when the key is absent.
    func error(_ key: String, _ message: String) -> ConfigurationError {
        Self.error(self.file, self.values[key] ?? self.node, "'\(self.path(key))' \(message)")
    }

    private func path(_ key: String) -> String { self.name.isEmpty ? key : "\(self.name).\(key)" }

    func has(_ key: String) -> Bool { self.values[key] != nil }

    func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = self.values[key] else { return nil }
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            throw self.error(key, "must be text")
        }
        return scalar.string
    }

    func requiredString(_ key: String) throws(ConfigurationError) -> String {
        guard let text = try self.string(key) else { throw self.error(key, "is missing") }
        return text
    }

    /// A list of texts; a single text is a list of one.
    func strings(_ key: String) throws(ConfigurationError) -> [String] {
        guard let node = self.values[key] else { return [] }
        if case .scalar(let scalar) = node, !scalar.string.isEmpty { return [scalar.string] }
        guard case .sequence(let sequence) = node else { throw self.error(key, "must be a list of texts") }
        var texts: [String] = []
        for item in sequence {
            guard case .scalar(let scalar) = item, !scalar.string.isEmpty else {
                throw Self.error(self.file, item, "'\(self.path(key))' must be a list of texts")
            }
            texts.append(scalar.string)
        }
        return texts
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = try self.string(key) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw self.error(key, "must be a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return value
    }

    /// `250ms`, `3s`, `5m`, `1h`.
    func duration(_ key: String) throws(ConfigurationError) -> TimeAmount? {
        guard let text = try self.string(key) else { return nil }
        let units: [(String, Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        for (suffix, factor) in units where text.hasSuffix(suffix) {
            // A day at most: longer is a slip of the pen, and the product cannot overflow.
            guard let count = Int64(text.dropLast(suffix.count)), count > 0, count <= 86_400_000 / factor else {
                continue
            }
            return .milliseconds(count * factor)
        }
        throw self.error(key, "must be a duration up to a day such as 250ms, 3s or 5m, not '\(text)'")
    }

    /// `4096`, `64KiB`, `1MiB`.
    func size(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = try self.string(key) else { return nil }
        let units: [(String, Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("", 1)]
        for (suffix, factor) in units where text.hasSuffix(suffix) {
            guard let count = Int(text.dropLast(suffix.count)), count >= 0, count <= range.upperBound / factor,
                range.contains(count * factor)
            else { continue }
            return count * factor
        }
        throw self.error(
            key,
            "must be a size from \(range.lowerBound) to \(range.upperBound) bytes such as 64KiB, not '\(text)'"
        )
    }

    func choice<Value: CaseIterable & RawRepresentable<String>>(
        _ key: String,
        of type: Value.Type
    ) throws(ConfigurationError) -> Value? {
        guard let text = try self.string(key) else { return nil }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw self.error(key, "must be one of \(known), not '\(text)'")
        }
        return value
    }

    func domains(_ key: String) throws(ConfigurationError) -> [DomainName] {
        var names: [DomainName] = []
        for text in try self.strings(key) {
            guard let name = try? DomainName(text) else {
                throw self.error(key, "must be names such as app.example.com or *.example.com, not '\(text)'")
            }
            names.append(name)
        }
        return names
    }

    func endpoint(_ key: String, _ text: String) throws(ConfigurationError) -> ProxyEndpoint {
        guard let endpoint = ProxyEndpoint(text) else {
            throw self.error(key, "must be an address and a port such as 127.0.0.1:8443 or [::1]:8443, not '\(text)'")
        }
        return endpoint
    }

    func section(_ key: String, keys: [String]) throws(ConfigurationError) -> YAMLSection? {
        guard let node = self.values[key] else { return nil }
        return try YAMLSection(node, file: self.file, name: self.path(key), keys: keys)
    }

    func sections(_ key: String, keys: [String]) throws(ConfigurationError) -> [YAMLSection] {
        guard let node = self.values[key] else { return [] }
        guard case .sequence(let sequence) = node else { throw self.error(key, "must be a list") }
        var sections: [YAMLSection] = []
        for (index, item) in sequence.enumerated() {
            sections.append(
                try YAMLSection(item, file: self.file, name: "\(self.path(key))[\(index)]", keys: keys)
            )
        }
        return sections
    }
}

/// Which known word was probably meant.
enum Suggestion {
    /// `nil` when nothing is near: more than a third of the letters would have to change.
    static func closest(to word: String, in candidates: [String]) -> String? {
        candidates
            .map { (candidate: $0, distance: Self.distance(Array(word), Array($0))) }
            .filter { $0.distance <= max(1, $0.candidate.count / 3) }
            .min { $0.distance < $1.distance }?
            .candidate
    }

    /// Insertions, deletions and replacements from one word to the other (Levenshtein).
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = left == right ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
