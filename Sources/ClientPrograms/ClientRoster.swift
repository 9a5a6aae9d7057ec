internal import ConfigurationFiles
package import Foundation

/// The clients that a folder such as `Scenarios/Clients` describes.
package struct ClientRoster: Sendable {
    package let descriptions: [ClientDescription]
    private let directory: URL

    /// Reads `directory/NAME/client.yaml` of every folder that has one, in alphabetical order. No program is looked for.
    ///
    /// - Throws: a `ConfigurationError` when a file is wrong, ``ClientError`` when two clients have one name.
    package init(directory: URL) throws {
        self.directory = directory
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        self.descriptions = try names.sorted().compactMap { name in
            let file = directory.appending(path: "\(name)/client.yaml").path
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return try ClientFile.description(in: .contents(of: file, name: "Clients/\(name)/client.yaml"), name: name)
        }
        var seen: Set<String> = []
        for name in self.names where !seen.insert(name).inserted {
            throw ClientProgramError("two clients are called '\(name)'", hint: "rename a variant")
        }
    }

    /// Every client's name: the folder's, and of one with variants a name for each, such as `curl-cffi-chrome150`.
    package var names: [String] {
        self.descriptions.flatMap { description in description.variants.map { $0.fullName(of: description) } }
    }

    /// The clients that a selection names, in the order of the roster.
    ///
    /// - Parameter selection: `all`, a kind (`library`, `tool`, `browser`), a folder's name for all its variants, a client's
    ///   name or a glob over those, or several of these with commas between. A `-` in front takes away: `all,-browser`.
    /// - Throws: ``ClientProgramError`` for a word that takes nothing.
    package func select(_ selection: String) throws -> Set<String> {
        var selected: Set<String> = []
        let words = selection.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if let first = words.first, first.hasPrefix("-") { selected = Set(self.names) }
        for word in words {
            let isRemoved = word.hasPrefix("-")
            let found = self.take(isRemoved ? String(word.dropFirst()) : word)
            guard !found.isEmpty else {
                let known =
                    ["all"] + ClientDescription.Kind.allCases.map(\.rawValue)
                    + self.descriptions.map(\.name) + self.names
                throw ClientProgramError(
                    "no client is called '\(word)'" + Suggestion.clause(for: word, among: known),
                    hint: "`shakedown clients` lists them"
                )
            }
            if isRemoved { selected.subtract(found) } else { selected.formUnion(found) }
        }
        guard !selected.isEmpty else {
            throw ClientProgramError("no client is chosen", hint: "--clients all, or names of `shakedown clients`")
        }
        return selected
    }

    private func take(_ word: String) -> [String] {
        if word == "all" { return self.names }
        let kind = ClientDescription.Kind(rawValue: word)
        let glob = Glob(word)
        return self.descriptions.flatMap { description in
            description.variants.map { $0.fullName(of: description) }.filter {
                description.kind == kind || description.name == word || glob.matches($0)
            }
        }
    }

    /// These clients, with what is here of them. Programs are asked for their versions, those of several clients at once.
    ///
    /// - Parameters:
    ///   - names: of ``names``; all where it is `nil`.
    ///   - installDirectory: where ``ClientInstaller`` puts what it fetches.
    package func find(_ names: Set<String>? = nil, installDirectory: URL) -> [ClientProgram] {
        let wanted = self.descriptions.filter { description in
            description.variants.contains { names?.contains($0.fullName(of: description)) ?? true }
        }
        let places = SearchResults(count: wanted.count)
        DispatchQueue.concurrentPerform(iterations: wanted.count) { index in
            let search = ClientSearch(
                description: wanted[index],
                folder: self.directory.appending(path: wanted[index].name),
                installed: installDirectory
            )
            places.set(search.result(), at: index)
        }
        return zip(wanted, places.all).flatMap { description, found in
            description.variants.filter { names?.contains($0.fullName(of: description)) ?? true }.map {
                ClientProgram(
                    description: description,
                    variant: $0,
                    folder: self.directory.appending(path: description.name),
                    found: found
                )
            }
        }
    }
}

extension ClientDescription.Variant {
    func fullName(of description: ClientDescription) -> String {
        self.name.map { "\(description.name)-\($0)" } ?? description.name
    }
}
