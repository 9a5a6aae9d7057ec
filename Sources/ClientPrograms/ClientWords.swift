internal import ConfigurationFiles
internal import TLSWire

/// How a client's output is understood. That it connected needs no words: it has then what only the upstream can have said.
package struct ClientWords: Hashable, Sendable {
    /// It does not believe the certificate that it was shown.
    private var notVerified: [String] = []
    /// The first group is the number of the alert that it received.
    private var alertNumbers: [String] = []
    /// The first group is the name of the alert that it received, in any spelling: `tlsv13 alert certificate required`.
    private var alertNames: [String] = []
    /// What it prints for single alerts, by their names.
    private var alerts: [String: [String]] = [:]

    package init() {}

    init(_ value: YAMLValue?) throws(ConfigurationError) {
        guard let mapping = try value?.mapping("not-verified", "alert-number", "alert-name", "alerts") else { return }
        self.notVerified = try Self.patterns(mapping["not-verified"])
        self.alertNumbers = try Self.patterns(mapping["alert-number"])
        self.alertNames = try Self.patterns(mapping["alert-name"])
        for (key, value) in try mapping["alerts"]?.entries() ?? [] {
            let name = try key.string()
            guard AlertDescription(name: name) != nil else { throw key.problem("no alert is called '\(name)'") }
            self.alerts[name] = try Self.patterns(value)
        }
    }

    private static func patterns(_ value: YAMLValue?) throws(ConfigurationError) -> [String] {
        var patterns: [String] = []
        for entry in try value?.entriesOrOne() ?? [] { patterns.append(try ClientFile.pattern(entry)) }
        return patterns
    }

    package func tellsNotVerified(_ output: String) -> Bool {
        self.notVerified.contains { Self.match($0, in: output) != nil }
    }

    /// The code of the alert that it says to have received; `nil` where it says nothing of one.
    package func alert(in output: String) -> UInt8? {
        for pattern in self.alertNumbers {
            if let number = Self.match(pattern, in: output).flatMap({ UInt8($0) }) { return number }
        }
        for pattern in self.alertNames {
            guard let words = Self.match(pattern, in: output) else { continue }
            if let alert = Self.alert(called: words) { return alert }
        }
        for (name, patterns) in self.alerts.sorted(by: { $0.key < $1.key }) {
            guard patterns.contains(where: { Self.match($0, in: output) != nil }) else { continue }
            if let alert = AlertDescription(name: name) { return alert.rawValue }
        }
        return nil
    }

    /// The first group, or the whole match.
    private static func match(_ pattern: String, in text: String) -> String? {
        // It was read once before, when the file was.
        guard let match = try? Regex(pattern).firstMatch(in: text) else { return nil }
        let range = match.count > 1 ? match[1].range : match.range
        return range.map { String(text[$0]) }
    }

    /// Without what stacks put between the words, and in one spelling.
    private static func plain(_ words: String) -> String {
        words.lowercased().filter { $0.isLetter || $0.isNumber }.replacing("recognised", with: "recognized")
    }

    /// Behind the name something else may stand.
    private static func alert(called words: String) -> UInt8? {
        let words = words.split(separator: " ")
        for count in stride(from: words.count, to: 0, by: -1) {
            let wanted = Self.plain(words[..<count].joined())
            let code = (UInt8.min...UInt8.max).first {
                Self.plain(AlertDescription(rawValue: $0).description) == wanted
            }
            if let code { return code }
        }
        return nil
    }
}
