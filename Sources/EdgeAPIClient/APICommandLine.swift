package import ConfigurationFiles
package import JSONText

/// A command line of `shakedown-agent api`, read: what it asks of which API.
package struct APICommandLine: Hashable, Sendable {
    package var command: APICommand
    /// In the order of the command's parameters.
    package var arguments: [String]
    package var query: [JSONValue.Member]
    /// `nil` where the command has no body.
    package var body: JSONValue?
    package var options: APIOptions

    /// The path and the query, as they are asked for.
    package var address: String {
        var parts: [String] = []
        var rest = self.arguments[...]
        for segment in self.command.path.split(separator: "/") {
            parts.append(segment.hasPrefix("{") ? URLText.encoded(rest.popFirst() ?? "") : String(segment))
        }
        let query = self.query.map { "\($0.name)=\(URLText.encoded($0.value.text ?? ""))" }
        return "/" + parts.joined(separator: "/") + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}

/// Where the API is, and what it is shown.
package struct APIOptions: Hashable, Sendable {
    package var url: String?
    package var apiKey: Secret?
    package var config: [String] = []

    package init() {}
}

/// What is asked with no command, or with `--help`.
package enum APIRequestOrHelp: Hashable, Sendable {
    case request(APICommandLine)
    case help(String)
}

extension APICommandTable {
    /// Reads a command line.
    ///
    /// - Parameters:
    ///   - words: Behind `api`.
    ///   - readJSON: Reads the file of `--json`, which is `-` for standard input.
    /// - Throws: ``ConfigurationError``, with what would be right.
    package func read(
        _ words: [String],
        readJSON: (_ path: String) throws(ConfigurationError) -> JSONValue
    ) throws(ConfigurationError) -> APIRequestOrHelp {
        let (names, flags) = try Self.split(words)
        let isHelp = flags.contains { $0.name == "--help" || $0.name == "-h" }
        guard let command = self.find(names) else { return .help(try self.help(below: names)) }
        guard !isHelp else { return .help(APIHelp.text(command)) }
        let arguments = Array(names.dropFirst(command.words.count))
        guard arguments.count == command.parameters.count else {
            throw ConfigurationError(
                "'\(command.words.joined(separator: " "))' takes \(command.parameters.count) arguments, not \(arguments.count)",
                hint: "write \(APIHelp.usage(command))"
            )
        }
        var line = APICommandLine(command: command, arguments: arguments, query: [], options: APIOptions())
        var body = FieldTree()
        var hasBody = !command.body.isEmpty && command.method != "GET"
        for flag in flags {
            if let field = command.query.first(where: { $0.flag == flag.name }) {
                line.query.append(.init(field.path[0], .string(flag.value)))
            } else if let field = command.body.first(where: { $0.flag == flag.name }) {
                try body.set(field, flag.value)
            } else if flag.name == "--json" {
                try body.take(try readJSON(flag.value))
                hasBody = true
            } else {
                try line.options.take(flag, of: command)
            }
        }
        if hasBody { line.body = body.value }
        return .request(line)
    }

    /// Words, and flags with their values, in whichever order. A value that looks like a flag is written with an equals sign.
    private static func split(
        _ words: [String]
    ) throws(ConfigurationError) -> (plain: [String], flags: [(name: String, value: String)]) {
        var plain: [String] = []
        var flags: [(name: String, value: String)] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                plain.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0].replacing("_", with: "-")
            if parts.count == 2 {
                flags.append((name, parts[1]))
            } else if name == "--help" || name == "-h" {
                flags.append((name, ""))
            } else if let value = rest.first, value == "-" || !value.hasPrefix("-") {
                rest.removeFirst()
                flags.append((name, value))
            } else {
                throw ConfigurationError("'\(word)' needs a value", hint: "write \(word)=VALUE")
            }
        }
        return (plain, flags)
    }

    private func help(below words: [String]) throws(ConfigurationError) -> String {
        let commands = self.commands(below: words)
        guard commands.isEmpty else { return APIHelp.text(commands, below: words) }
        // The longest beginning that there is, for a hint that helps.
        var known = words
        while self.commands(below: known).isEmpty { known.removeLast() }
        let next = Set(self.commands(below: known).map { $0.words[known.count] }).sorted()
        let wrong = words[known.count]
        throw ConfigurationError(
            "there is no '\(words.prefix(known.count + 1).joined(separator: " "))'"
                + Suggestion.clause(for: wrong, among: next),
            hint: "choose one of \(next.joined(separator: ", "))"
        )
    }
}

extension APIOptions {
    fileprivate mutating func take(
        _ flag: (name: String, value: String),
        of command: APICommand
    ) throws(ConfigurationError) {
        switch flag.name {
        case "--url": self.url = flag.value
        case "--api-key": self.apiKey = Secret(flag.value)
        case "--config": self.config.append(flag.value)
        default:
            let known = (command.query + command.body).map(\.flag) + ["--json", "--url", "--api-key", "--config"]
            throw ConfigurationError(
                "'\(command.words.joined(separator: " "))' has no \(flag.name)"
                    + Suggestion.clause(for: flag.name, among: known),
                hint: "'shakedown-agent api \(command.words.joined(separator: " ")) --help' lists its flags"
            )
        }
    }
}
