internal import Verdicts

/// A file that a template became.
struct WrittenFile: Hashable, Sendable {
    /// Relative to the work directory.
    var name: String
    var template: String
    var text: String
}

/// The configuration files of a target, in the order in which its processes were started.
struct WrittenConfiguration: Sendable {
    /// The files that one process's template became: one for the edge, one for each agent.
    private struct Family: Sendable {
        var process: String
        var template: String
        var files: [String: WrittenFile] = [:]
    }

    private var families: [Family] = []

    mutating func add(_ files: [WrittenFile], ofProcess process: String) {
        for file in files {
            let known = self.families.firstIndex { $0.process == process && $0.template == file.template }
            let index = known ?? self.families.count
            if known == nil { self.families.append(Family(process: process, template: file.template)) }
            self.families[index].files[file.name] = file
        }
    }

    var names: Set<String> { Set(self.families.flatMap(\.files.keys)) }

    /// One file of each family stands for its like.
    func excerpts(secrets: [String]) -> [ConfigurationExcerpt] {
        self.families.compactMap { family in
            guard let file = family.files.values.min(by: { $0.name < $1.name }) else { return nil }
            var excerpt = ConfigurationExcerpt(name: file.name, whole: file.text, secrets: secrets)
            excerpt.likeIt = family.files.count - 1
            return excerpt
        }
    }
}
