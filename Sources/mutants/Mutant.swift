import ConfigurationFiles
import Foundation

/// One small bug: where in the code it is planted, and what stands there then.
struct Mutant {
    /// `routing.case`: its chapter and its name.
    let id: String
    /// What is wrong, as a sentence about the program.
    let bug: String
    /// Below `Sources`.
    let file: String
    /// What is there now; white space counts as white space, however much it is.
    let find: String
    /// What stands there instead, in which ``marker`` is true when this bug is wanted.
    let plant: String
    /// Modules that the file does not import and the bug needs.
    let imports: [String]
    /// What is to notice it, and is tried before everything: scenarios (`routing.*`), or tests (`RelayingTests.RelayTests`).
    let by: [String]

    static let marker = "PLANTED"

    /// Every file of a folder, in the order of names.
    ///
    /// - Throws: ``ConfigurationError`` with the place of the first thing that is wrong.
    static func all(in folder: URL) throws -> [Mutant] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
            .sorted { $0.path < $1.path }
        var mutants: [Mutant] = []
        var ids: Set<String> = []
        for file in files {
            let name = "\(folder.lastPathComponent)/\(file.lastPathComponent)"
            for entry in try YAMLValue.contents(of: file.path, name: name).list() {
                let mutant = try Mutant(entry)
                guard ids.insert(mutant.id).inserted else { throw entry.problem("there are two '\(mutant.id)'") }
                mutants.append(mutant)
            }
        }
        return mutants
    }

    private init(_ value: YAMLValue) throws(ConfigurationError) {
        let entry = try value.mapping("id", "bug", "file", "find", "plant", "imports", "by")
        self.id = try entry.required("id").string()
        self.bug = try entry.required("bug").string()
        self.file = try entry.required("file").string()
        self.find = try entry.required("find").string()
        let plant = try entry.required("plant")
        self.plant = try plant.string()
        self.imports = try entry["imports"]?.strings() ?? []
        var by: [String] = []
        for name in try entry["by"]?.entriesOrOne() ?? [] { by.append(try name.string()) }
        self.by = by
        guard self.plant.contains(Self.marker) else {
            throw plant.problem("the bug is planted always", hint: "write \(Self.marker) where it must be asked for")
        }
    }
}
