import Yams

/// A node of a YAML file that knows where it stands. Aliases are followed and tags are not kept: what a scalar is, is its
/// reader's to say.
package final class YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(String)
        case list([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    package let content: Content
    package let place: Place
    /// Whether it is a scalar in neither quotes nor a block: `7` may be a number, `"7"` is a text.
    package let isPlain: Bool

    package init(content: Content, place: Place, isPlain: Bool = false) {
        self.content = content
        self.place = place
        self.isPlain = isPlain
    }

    package var scalar: String? {
        if case .scalar(let text) = self.content { text } else { nil }
    }

    package var isMapping: Bool {
        if case .mapping = self.content { true } else { false }
    }

    package func error(_ message: String, hint: String? = nil) -> ConfigurationError {
        ConfigurationError(message, at: self.place, hint: hint)
    }
}

extension YAMLNode {
    /// - Parameters:
    ///   - file: As messages call it.
    ///   - start: What a file of this kind begins with, for somebody whose file is empty.
    package static func parse(
        _ text: String,
        file: String,
        start: String? = nil
    ) throws(ConfigurationError) -> YAMLNode {
        let root: Node?
        do {
            // No implicit tags: every scalar is read as its text.
            root = try Yams.compose(yaml: text.withoutByteOrderMark, .basic)
        } catch {
            throw ConfigurationError(error, file: file)
        }
        guard let root else {
            throw ConfigurationError("is empty", at: Place(file: file), hint: start.map { "start with \($0)" })
        }
        var conversion = Conversion(file: file)
        return try conversion.node(root)
    }
}

extension String {
    /// Editors on Windows put U+FEFF in front of UTF-8; YAML lets a stream begin with it (YAML 1.2.2 section 5.2), Yams
    /// does not.
    fileprivate var withoutByteOrderMark: String {
        self.unicodeScalars.first == "\u{feff}" ? String(self.unicodeScalars.dropFirst()) : self
    }
}

/// Yams' nodes into ours.
private struct Conversion {
    let file: String
    /// Aliases of aliases can stand for more values than a machine has memory ("billion laughs"); the catalogue's largest
    /// file has some thousand.
    private var room = 1_000_000

    init(file: String) {
        self.file = file
    }

    mutating func node(_ node: Node) throws(ConfigurationError) -> YAMLNode {
        let place = node.mark.map { Place(file: self.file, line: $0.line, column: $0.column) } ?? Place(file: self.file)
        self.room -= 1
        guard self.room > 0 else { throw ConfigurationError("stands for more than a million values", at: place) }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(content: .scalar(scalar.string), place: place, isPlain: scalar.style == .plain)
        case .sequence(let sequence):
            var elements: [YAMLNode] = []
            for element in sequence { elements.append(try self.node(element)) }
            return YAMLNode(content: .list(elements), place: place)
        case .mapping(let mapping):
            var members: [(key: YAMLNode, value: YAMLNode)] = []
            for (key, value) in mapping { members.append((key: try self.node(key), value: try self.node(value))) }
            return YAMLNode(content: .mapping(members), place: place)
        case .alias:
            // Yams puts what an alias stands for in its place when it composes.
            throw ConfigurationError("an alias that stands for nothing", at: place)
        }
    }
}

extension ConfigurationError {
    /// Why Yams cannot read a text.
    fileprivate init(_ error: any Error, file: String) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init("not YAML: \(problem)", at: Place(file: file, line: mark.line, column: mark.column))
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(
                "the key '\(duplicates.joined(separator: "', '"))' stands twice",
                at: Place(file: file, line: context.mark.line, column: context.mark.column)
            )
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded, nil:
            self.init("not YAML: \(error)", at: Place(file: file))
        }
    }
}
