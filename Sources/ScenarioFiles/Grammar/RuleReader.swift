import ConfigurationFiles
import ScenarioModel

/// Which sentence of which document a scenario checks.
struct RuleReader {
    let reading: Reading

    /// What could not be read is reported, and the rule that is returned is then used by nobody.
    func rule(_ node: YAMLNode) -> Rule {
        var rule = Rule(document: .house, section: "", level: .must)
        guard let object = ObjectReader(node, Grammar.rule, self.reading) else { return rule }
        let section = object.required("section", in: "rule")
        rule.section = section.flatMap { self.reading.text($0) } ?? ""
        if let document = object.required("document", in: "rule").flatMap({ self.document($0) }) {
            rule.document = document
            if document == .declaredFeatures, let section { self.checkFeatures(rule.section, section) }
        }
        if let level = object.required("level", in: "rule") {
            rule.level = self.reading.word(level, "level", as: Rule.Level.self) ?? .must
        }
        return rule
    }

    private func document(_ node: YAMLNode) -> Rule.Document? {
        guard let name = self.reading.text(node) else { return nil }
        if let document = Rule.Document(name) { return document }
        let names = Rule.Document.names
        let hint = Suggestion.clause(for: name, among: names)
        self.reading.report(
            "'\(name)' is no document that rules come from: \(names.joined(separator: ", "))\(hint)",
            at: node
        )
        return nil
    }

    /// A feature, or what several have in common: `deadline` is `deadline.idle` and its neighbours.
    private func checkFeatures(_ name: String, _ node: YAMLNode) {
        let features = Feature.all.map(\.rawValue)
        let groups = features.compactMap { $0.split(separator: ".").first.map(String.init) }
        let known = Set(features + groups)
        guard !known.contains(name) else { return }
        let hint = Suggestion.clause(for: name, among: known.sorted())
        self.reading.report("no target can declare the feature '\(name)'\(hint)", at: node)
    }
}
