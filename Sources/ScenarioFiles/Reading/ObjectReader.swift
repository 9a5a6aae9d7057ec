import ConfigurationFiles

/// One mapping of a file whose keys are known.
struct ObjectReader {
    let reading: Reading
    /// The mapping itself, for messages about the whole.
    let node: YAMLNode
    private let pairs: [(key: YAMLNode, name: String, value: YAMLNode)]
    /// The names apart: most readings look for a key that is not there, and need nothing else.
    private let names: [String]

    /// Reports a node that is no mapping, and every key that `object` does not have.
    init?(_ node: YAMLNode, _ object: Grammar.Object, _ reading: Reading) {
        self.init(node, named: object.name, keys: object.keys, reading)
    }

    /// A mapping whose keys are the file's own words, such as the endpoints'.
    init?(_ node: YAMLNode, named name: String, keys: [String]?, _ reading: Reading) {
        let resolved = reading.resolved(node)
        guard case .mapping(let members) = resolved.content else {
            reading.report("expected a mapping for \(name)", at: node)
            return nil
        }
        var pairs: [(key: YAMLNode, name: String, value: YAMLNode)] = []
        Self.collect(members, into: &pairs, reading)
        if let keys {
            for pair in pairs where !keys.contains(pair.name) {
                let hint = Suggestion.clause(for: pair.name, among: keys)
                reading.report("unknown key '\(pair.name)' in \(name)\(hint)", at: pair.key)
            }
        }
        self.reading = reading
        self.node = resolved
        self.pairs = pairs
        self.names = pairs.map(\.name)
    }

    /// The mapping's own keys first; those that `<<` brings in only where they are missing.
    private static func collect(
        _ members: [(key: YAMLNode, value: YAMLNode)],
        into pairs: inout [(key: YAMLNode, name: String, value: YAMLNode)],
        _ reading: Reading
    ) {
        var merged: [YAMLNode] = []
        for (key, value) in members {
            guard let name = key.scalar else {
                reading.report("a key must be a word", at: key)
                continue
            }
            if name == "<<" {
                merged += reading.elements(value)
            } else if !pairs.contains(where: { $0.name == name }) {
                pairs.append((key, name, value))
            }
        }
        for node in merged {
            guard case .mapping(let other) = node.content else {
                reading.report("'<<' merges mappings only", at: node)
                continue
            }
            Self.collect(other, into: &pairs, reading)
        }
    }

    var keys: [String] { self.names }

    var entries: [(key: YAMLNode, name: String, value: YAMLNode)] { self.pairs }

    func node(_ key: String) -> YAMLNode? {
        guard let index = self.names.firstIndex(of: key) else { return nil }
        return self.pairs[index].value
    }

    /// The value of a key that must be there.
    func required(_ key: String, in what: String) -> YAMLNode? {
        if let node = self.node(key) { return node }
        self.reading.report("\(what) needs '\(key)'", at: self.node)
        return nil
    }

    func text(_ key: String) -> String? { self.node(key).flatMap { self.reading.text($0) } }
    func texts(_ key: String) -> [String] { self.node(key).map { self.reading.texts($0) } ?? [] }
    func bool(_ key: String) -> Bool? { self.node(key).flatMap { self.reading.bool($0) } }
    func size(_ key: String) -> Int? { self.node(key).flatMap { self.reading.size($0) } }

    func integer<Value: FixedWidthInteger>(_ key: String, in range: ClosedRange<Value> = .min ... .max) -> Value? {
        self.node(key).flatMap { self.reading.integer($0, in: range) }
    }

    func word<Value: RawRepresentable<String> & CaseIterable>(_ key: String, as type: Value.Type) -> Value? {
        self.node(key).flatMap { self.reading.word($0, key, as: type) }
    }
}
