import ConfigurationFiles
import ScenarioModel

/// `with:` of a step: what is otherwise of endpoints that the target serves already.
struct EndpointChanges {
    let reading: Reading
    /// Reads a whole endpoint of this key.
    let endpoint: (YAMLNode, String) -> EndpointPlan?
    let endpoints: ObjectReader

    func plans(_ node: YAMLNode) -> [EndpointPlan] {
        guard let object = ObjectReader(node, named: "with", keys: nil, self.reading) else { return [] }
        return object.entries.compactMap { entry in
            guard let before = self.endpoints.node(entry.name) else {
                let hint = Suggestion.clause(for: entry.name, among: self.endpoints.keys)
                self.reading.report("no endpoint is called '\(entry.name)'\(hint)", at: entry.key)
                return nil
            }
            guard let change = ObjectReader(entry.value, Grammar.change, self.reading) else { return nil }
            return self.endpoint(self.reading.merged(change.node, over: before), entry.name)
        }
    }
}

extension Reading {
    /// A mapping with the keys of both; the first one's hold.
    fileprivate func merged(_ node: YAMLNode, over other: YAMLNode) -> YAMLNode {
        guard case .mapping(let own) = self.resolved(node).content,
            case .mapping(let rest) = self.resolved(other).content
        else { return node }
        return YAMLNode(content: .mapping(own + rest), place: node.place)
    }
}
