/// Everything that an edge was observed to do, a line for each thing: what an upgrade is measured by.
///
/// It says what was, and not whether that was right.
package struct Contract: Hashable, Sendable {
    /// The version of the text. One that is only added to has the same.
    package static let schemaVersion = 1

    /// What the target was asked for by: `haproxy`, or a path.
    package var target: String
    package var title: String
    package var version: String
    /// Of Shakedown.
    package var tool: String
    package var seed: String
    /// The words of the command line that selected the cases.
    package var selection: [String]
    /// Whether the questions of `shakedown probe` are in it.
    package var hasProbe: Bool
    /// How many things could not be observed, where there were any: nothing is said of them.
    package var missing: Int
    /// What was seen, by what was asked: the id of a case, or `probe.` and that of a finding.
    package var observations: [String: String]

    package init(
        target: String,
        title: String,
        version: String,
        tool: String,
        seed: String,
        selection: [String],
        hasProbe: Bool,
        missing: Int = 0,
        observations: [String: String] = [:]
    ) {
        self.target = target
        self.title = title
        self.version = version
        self.tool = tool
        self.seed = seed
        self.selection = selection
        self.hasProbe = hasProbe
        self.missing = missing
        self.observations = observations
    }
}

/// Why a text is no contract.
package struct ContractError: Error, Hashable, Sendable, CustomStringConvertible {
    package var line: Int
    package var sentence: String
    package var description: String { "line \(self.line): \(self.sentence)" }
}

// MARK: - As text

extension Contract {
    private static let separator = " = "

    /// Sorted, without times and ports, so that two of an edge that did not change are the same.
    package var text: String {
        var lines = [
            "# What \(self.title) was observed to do. `shakedown contract check` names every difference from it.",
            "contract: \(Self.schemaVersion)",
            "target: \(self.target)",
            "title: \(self.title)",
            "version: \(self.version)",
            "shakedown: \(self.tool)",
            "seed: \(self.seed)",
            "probe: \(self.hasProbe ? "yes" : "no")",
        ]
        lines += self.selection.map { "select: \($0)" }
        if self.missing > 0 { lines.append("missing: \(self.missing)") }
        lines.append("")
        lines += self.observations.sorted { $0.key < $1.key }.map { $0.key + Self.separator + $0.value }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads what ``text`` writes; lines that begin with `#` are a person's.
    package init(reading text: String) throws(ContractError) {
        var fields: [String: String] = [:]
        var selection: [String] = []
        var observations: [String: String] = [:]
        var isInHead = true
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            func wrong(_ sentence: String) -> ContractError { ContractError(line: index + 1, sentence: sentence) }
            if line.hasPrefix("#") { continue }
            if line.isEmpty {
                isInHead = false
                continue
            }
            if isInHead {
                guard let colon = line.firstIndex(of: ":") else { throw wrong("no 'name: value': \(line)") }
                let name = String(line[..<colon])
                let value = String(line[line.index(after: colon)...].drop { $0 == " " })
                if name == "select" {
                    selection.append(value)
                } else if Self.names.contains(name) {
                    guard fields.updateValue(value, forKey: name) == nil else { throw wrong("a second '\(name)'") }
                } else {
                    throw wrong("there is no '\(name)' in the head of a contract")
                }
            } else {
                guard let range = line.firstRange(of: Self.separator) else {
                    throw wrong("no 'id = what was seen': \(line)")
                }
                let id = String(line[..<range.lowerBound])
                guard observations.updateValue(String(line[range.upperBound...]), forKey: id) == nil else {
                    throw wrong("a second line about \(id)")
                }
            }
        }
        func field(_ name: String) throws(ContractError) -> String {
            guard let value = fields[name] else { throw ContractError(line: 1, sentence: "the head has no '\(name)'") }
            return value
        }
        guard try field("contract") == "\(Self.schemaVersion)" else {
            throw ContractError(line: 1, sentence: "it is of another version: 'contract' must be \(Self.schemaVersion)")
        }
        guard let missing = Int(fields["missing"] ?? "0"), missing >= 0 else {
            throw ContractError(line: 1, sentence: "'missing' is no number")
        }
        self.init(
            target: try field("target"),
            title: try field("title"),
            version: try field("version"),
            tool: try field("shakedown"),
            seed: try field("seed"),
            selection: selection,
            hasProbe: try field("probe") == "yes",
            missing: missing,
            observations: observations
        )
    }

    private static let names: Set = ["contract", "target", "title", "version", "shakedown", "seed", "probe", "missing"]
}
