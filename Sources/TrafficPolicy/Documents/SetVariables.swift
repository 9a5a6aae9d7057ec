internal import ConfigurationFiles

/// The names that a document's `set-vars` actions set. They are looked for before anything is checked, so that an
/// expression can only name variables that some action sets; what is wrong with an action is found later.
enum SetVariables {
    static func names(in rules: [YAMLMapping]) -> Set<String> {
        var names: Set<String> = []
        for rule in rules {
            for action in self.elements(of: rule["actions"]) {
                guard let members = self.members(of: action),
                    members["type"]?.scalar == PolicyActionType.setVariables.rawValue,
                    let config = members["config"], let list = self.members(of: config)?["vars"],
                    case .list(let entries) = list.content
                else { continue }
                for entry in entries { names.formUnion((self.members(of: entry) ?? [:]).keys) }
            }
        }
        return names
    }

    private static func elements(of value: YAMLValue?) -> [YAMLNode] {
        if case .list(let elements) = value?.node.content { elements } else { [] }
    }

    private static func members(of node: YAMLNode) -> [String: YAMLNode]? {
        guard case .mapping(let members) = node.content else { return nil }
        var named: [String: YAMLNode] = [:]
        for (key, value) in members { named[key.scalar ?? ""] = value }
        return named
    }
}
