import ConfigurationFiles
import ScenarioModel

/// Says whether a case is among those that `when` or `except` describes: `{ role: [edge, agent], version: "1.2" }`.
struct ChoiceMatcher {
    let reading: Reading
    let choices: [Case.Choice]
    /// What each choice can be, by its name.
    let known: [String: [String]]
    let record: MatchRecord

    func matches(_ node: YAMLNode) -> Bool {
        guard let object = ObjectReader(node, named: "when", keys: nil, self.reading) else { return false }
        var matches = true
        for entry in object.entries {
            let wanted = self.reading.texts(entry.value)
            guard let choice = self.choices.first(where: { $0.name == entry.name }) else {
                let hint = Suggestion.clause(for: entry.name, among: self.choices.map(\.name))
                self.reading.report("the cases have no '\(entry.name)' to choose by\(hint)", at: entry.key)
                return false
            }
            let known = self.known[entry.name] ?? []
            for word in wanted where !known.contains(word) {
                let hint = Suggestion.clause(for: word, among: known)
                self.reading.report("'\(entry.name)' is never '\(word)'\(hint)", at: entry.value)
            }
            matches = matches && wanted.contains(choice.value)
        }
        self.record.note(node, matches: matches)
        return matches
    }
}

/// Which of a file's descriptions were true of some case. Scenarios may share one, by an anchor or the file's defaults.
final class MatchRecord {
    private var nodes: [(node: YAMLNode, isMet: Bool)] = []
    private var indices: [Place: Int] = [:]

    func note(_ node: YAMLNode, matches: Bool) {
        if let index = self.indices[node.place] {
            self.nodes[index].isMet = self.nodes[index].isMet || matches
        } else {
            self.indices[node.place] = self.nodes.count
            self.nodes.append((node, matches))
        }
    }

    var unmet: [YAMLNode] { self.nodes.filter { !$0.isMet }.map(\.node) }
}
