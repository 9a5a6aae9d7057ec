internal import ConfigurationFiles
internal import Foundation

/// A target.yaml together with the one that it extends: a variant says only what is different.
enum TargetInheritance {
    struct Whole {
        var value: YAMLValue
        /// Where templates are looked for, the variant's own folder first.
        var folders: [URL]
    }

    /// - Parameter directory: Where the target is that `extends` names, if it is not beside this one.
    static func read(_ folder: URL, name: String, directory: URL) throws -> Whole {
        try Self.read(folder, name: name, directory: directory, heirs: [])
    }

    private static func read(_ folder: URL, name: String, directory: URL, heirs: [URL]) throws -> Whole {
        let file = try YAMLValue.contents(of: folder.appending(path: "target.yaml").path, name: "\(name)/target.yaml")
        guard let key = try file.entries().first(where: { $0.key.node.scalar == "extends" }) else {
            return Whole(value: file, folders: [folder])
        }
        let baseName = try key.value.string()
        let candidates = [folder.deletingLastPathComponent(), directory].map { $0.appending(path: baseName) }
        guard
            let base = candidates.first(where: {
                FileManager.default.fileExists(atPath: $0.appending(path: "target.yaml").path)
            })
        else {
            let known = TargetDefinition.available(in: directory)
            throw key.value.problem(
                "there is no target '\(baseName)'" + Suggestion.clause(for: baseName, among: known)
            )
        }
        let standardized = base.standardizedFileURL
        guard standardized != folder.standardizedFileURL, !heirs.contains(standardized) else {
            throw key.value.problem("'\(baseName)' extends this target in turn")
        }
        let inherited = try Self.read(
            base,
            name: baseName,
            directory: directory,
            heirs: heirs + [folder.standardizedFileURL]
        )
        try Self.checkSettings(of: file, against: inherited.value)
        return Whole(
            value: YAMLValue(Self.merge(file.node, over: inherited.value.node, by: .target)),
            folders: [folder] + inherited.folders
        )
    }

    /// A setting that no template of the extended target asks for would change nothing.
    private static func checkSettings(of variant: YAMLValue, against base: YAMLValue) throws(ConfigurationError) {
        func settings(_ file: YAMLValue) throws(ConfigurationError) -> [(key: YAMLValue, value: YAMLValue)] {
            try file.entries().first { $0.key.node.scalar == "settings" }?.value.entries() ?? []
        }
        let known = try settings(base).compactMap(\.key.node.scalar)
        for (key, _) in try settings(variant) {
            let name = try key.string()
            guard known.contains(name) else {
                throw key.problem(
                    "the extended target has no setting '\(name)'" + Suggestion.clause(for: name, among: known)
                )
            }
        }
    }

    /// What becomes of a value that both files have.
    private indirect enum Rule: Sendable {
        /// The variant's stands.
        case replace
        /// Keys of both stand, and these rules say what becomes of those that both have.
        case keys([String: Rule])
        /// The same for names that the files choose.
        case names(Rule)

        static let target = Rule.keys([
            "programs": .names(.replace), "probes": .names(.replace), "deadlines": .names(.replace),
            "settings": .names(.replace),
            "processes": .names(.keys(["templates": .names(.replace), "environment": .names(.replace)])),
        ])

        func rule(for key: String) -> Rule {
            switch self {
            case .replace: .replace
            case .keys(let rules): rules[key] ?? .replace
            case .names(let rule): rule
            }
        }

        var isReplacing: Bool {
            if case .replace = self { true } else { false }
        }
    }

    private static func merge(_ variant: YAMLNode, over base: YAMLNode, by rule: Rule) -> YAMLNode {
        guard !rule.isReplacing, case .mapping(let own) = variant.content, case .mapping(let inherited) = base.content
        else { return variant }
        let names = own.compactMap(\.key.scalar)
        // The base's order stands, because processes are started in it.
        var members = inherited.map { key, value in
            guard let name = key.scalar, let match = own.first(where: { $0.key.scalar == name }) else {
                return (key: key, value: value)
            }
            return (key: match.key, value: Self.merge(match.value, over: value, by: rule.rule(for: name)))
        }
        let inheritedNames = Set(inherited.compactMap(\.key.scalar))
        for (member, name) in zip(own, names) where !inheritedNames.contains(name) { members.append(member) }
        return YAMLNode(content: .mapping(members), place: variant.place)
    }
}
