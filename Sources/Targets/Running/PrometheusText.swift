internal import ScenarioModel

/// One line of Prometheus' text format: `connections_total{outcome="served"} 3`.
struct PrometheusSample: Hashable, Sendable {
    var name: String
    var labels: [String: String] = [:]
    var value: Double

    /// `nil` for what is no sample.
    init?(line: Substring) {
        var rest = line.drop { $0 == " " }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
        guard !name.isEmpty else { return nil }
        self.name = String(name)
        rest = rest[name.endIndex...]
        if rest.first == "{" {
            guard let labels = Self.labels(&rest) else { return nil }
            self.labels = labels
        }
        // A timestamp may stand behind the value.
        guard rest.first == " ", let value = rest.split(separator: " ").first.flatMap({ Double($0) }) else {
            return nil
        }
        self.value = value
    }

    private static func labels(_ rest: inout Substring) -> [String: String]? {
        var labels: [String: String] = [:]
        rest = rest.dropFirst()
        while let first = rest.first, first != "}" {
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = rest[..<equals].filter { $0 != " " && $0 != "," }
            rest = rest[equals...].dropFirst()
            guard rest.first == "\"", let value = Self.quoted(&rest) else { return nil }
            labels[String(name)] = value
            rest = rest.drop { $0 == "," || $0 == " " }
        }
        guard rest.first == "}" else { return nil }
        rest = rest.dropFirst()
        return labels
    }

    /// Backslash, quote and line feed are escaped.
    private static func quoted(_ rest: inout Substring) -> String? {
        var value = ""
        var isEscaped = false
        for index in rest.indices.dropFirst() {
            let character = rest[index]
            if isEscaped {
                value.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                rest = rest[index...].dropFirst()
                return value
            } else {
                value.append(character)
            }
        }
        return nil
    }

    /// All samples of a text; what is none is left out.
    static func all(in text: String) -> [PrometheusSample] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { PrometheusSample(line: $0) }
    }

    /// The names that a text tells of, whether or not they have samples yet.
    static func names(in text: String) -> Set<String> {
        var names = Set(Self.all(in: text).map(\.name))
        for line in text.split(separator: "\n") where line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 2, words[1] == "TYPE" || words[1] == "HELP" else { continue }
            // OpenMetrics announces a counter without the end of its name.
            names.formUnion([String(words[2]), words[2] + "_total"])
        }
        return names
    }
}

extension MetricsPlan {
    /// What the counters say in a text. A series that is not there yet has counted nothing, and neither has one that is no
    /// number, as the format allows, or more than anybody counts.
    func values(in text: String) -> [TargetCounter: Int] {
        let samples = PrometheusSample.all(in: text)
        return self.counters.mapValues { series in
            let values = series.flatMap { series in
                samples.filter { sample in
                    sample.name == series.name && series.labels.allSatisfy { sample.labels[$0.key] == $0.value }
                }
            }
            return Int(exactly: values.map(\.value).filter(\.isFinite).reduce(0, +).rounded()) ?? 0
        }
    }
}
