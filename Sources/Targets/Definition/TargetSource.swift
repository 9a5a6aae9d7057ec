internal import ConfigurationFiles
internal import Foundation

/// A target's folder and what it says, before anything of it is looked for on this machine.
struct TargetSource {
    var name: String
    var folder: URL
    var templateFolders: [URL]
    var description: TargetDescription
    /// Its known failures.
    var waiversFile: URL

    init(name: String, folder: URL, templateFolders: [URL]? = nil, description: TargetDescription) {
        self.name = name
        self.folder = folder
        self.templateFolders = templateFolders ?? [folder]
        self.description = description
        self.waiversFile = folder.appending(path: "waivers.yaml")
    }

    /// - Parameter name: A folder of the directory; with a slash in it the path of any folder, or of a file that describes an
    ///   edge which runs already.
    init(named name: String, from directory: URL) throws {
        if name.hasSuffix(".yaml") {
            self = try Self(external: URL(filePath: name).standardizedFileURL, shown: name)
            return
        }
        let isPath = name.contains("/") || name == "." || name == ".."
        let folder = isPath ? URL(filePath: name).standardizedFileURL : directory.appending(path: name)
        guard FileManager.default.fileExists(atPath: folder.appending(path: "target.yaml").path) else {
            throw isPath ? Self.noTarget(in: folder) : Self.unknown(name, in: directory)
        }
        self.name = folder.lastPathComponent
        self.folder = folder
        self.waiversFile = folder.appending(path: "waivers.yaml")
        // Errors name a file as the caller did.
        let shown = isPath && name.hasSuffix("/") ? String(name.dropLast()) : name
        let whole = try TargetInheritance.read(folder, name: shown, directory: directory)
        self.templateFolders = whole.folders
        self.description = try TargetFile.description(in: whole.value)
    }

    private init(external file: URL, shown: String) throws {
        let folder = file.deletingLastPathComponent()
        self.name = file.deletingPathExtension().lastPathComponent
        self.folder = folder
        self.templateFolders = []
        self.waiversFile = folder.appending(path: "\(self.name).waivers.yaml")
        let value = try YAMLValue.contents(of: file.path, name: shown)
        self.description = try ExternalFile.description(in: value, folder: folder)
    }

    private static func noTarget(in folder: URL) -> TargetError {
        TargetError(.unknownTarget, "\(folder.path) holds no target.yaml", hint: "Docs/targets.md shows a whole one")
    }

    private static func unknown(_ name: String, in directory: URL) -> TargetError {
        let known = TargetDefinition.available(in: directory)
        return TargetError(
            .unknownTarget,
            "there is no target '\(name)'" + Suggestion.clause(for: name, among: known),
            hint: known.isEmpty
                ? "\(directory.path) holds none"
                : "targets: \(known.joined(separator: ", ")); the path of a folder has a slash in it"
        )
    }
}
