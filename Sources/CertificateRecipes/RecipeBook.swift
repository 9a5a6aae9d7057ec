internal import ConfigurationFiles
package import Foundation
package import ProgramKit

/// Every recipe of a folder of YAML files, by name. Issuers are checked when it is read.
package struct RecipeBook: Sendable {
    private let recipes: [String: CertificateRecipe]

    /// Reads `*.yaml` in `directory`. Throws what is wrong with file, line and column.
    package init(directory: URL) throws {
        let files: [URL]
        do {
            files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
        } catch {
            throw RecipeError(.noRecipes, "the certificate recipes cannot be read: no folder at \(directory.path)")
        }
        guard !files.isEmpty else {
            throw RecipeError(.noRecipes, "there are no certificate recipes: \(directory.path) holds no .yaml file")
        }
        let folder = directory.lastPathComponent
        try self.init(
            files: files.map { try YAMLValue.contents(of: $0.path, name: "\(folder)/\($0.lastPathComponent)") }
        )
    }

    /// Reads one text in the place of a folder's files.
    package init(text: String, file: String) throws {
        try self.init(files: [YAMLValue.parse(text, file: file)])
    }

    private init(files: [YAMLValue]) throws {
        var recipes: [String: CertificateRecipe] = [:]
        for recipe in try files.flatMap({ try RecipeFile.recipes(in: $0) }) {
            if let other = recipes.updateValue(recipe, forKey: recipe.name) {
                throw RecipeError(
                    .duplicateName,
                    "\(recipe.location): '\(recipe.name)' stands at \(other.location) already"
                )
            }
        }
        self.recipes = recipes
        for name in self.names {
            try self.checkIssuers(of: name)
            try self.checkImpersonated(by: name)
        }
    }

    /// Whoever is impersonated must be somebody in their own right: no impostor, and nobody that an impostor issued.
    private func checkImpersonated(by name: String) throws {
        let recipe = try self.recipe(named: name)
        guard let other = recipe.impersonates else { return }
        guard var genuine = self.recipes[other] else {
            throw RecipeError(
                .unknownName,
                "\(recipe.location): no certificate is named '\(other)', whom '\(name)' impersonates"
                    + Suggestion.clause(for: other, among: self.names)
            )
        }
        while true {
            guard genuine.impersonates == nil else {
                throw RecipeError(
                    .issuerCycle,
                    "\(recipe.location): '\(name)' impersonates '\(other)', whose own name rests on an impostor's"
                )
            }
            guard case .recipe(let issuer) = genuine.issuer, let next = self.recipes[issuer] else { return }
            genuine = next
        }
    }

    /// In alphabetical order.
    package var names: [String] { self.recipes.keys.sorted() }

    package func recipe(named name: String) throws -> CertificateRecipe {
        guard let recipe = self.recipes[name] else {
            throw RecipeError(
                .unknownName,
                "no certificate is named '\(name)'" + Suggestion.clause(for: name, among: self.names)
            )
        }
        return recipe
    }

    private func checkIssuers(of name: String) throws {
        var visited: [String] = [name]
        var recipe = try self.recipe(named: name)
        while case .recipe(let issuer) = recipe.issuer {
            guard let next = self.recipes[issuer] else {
                throw RecipeError(
                    .unknownName,
                    "\(recipe.location): no certificate is named '\(issuer)', the issuer of '\(recipe.name)'"
                        + Suggestion.clause(for: issuer, among: self.names)
                )
            }
            guard !visited.contains(issuer) else {
                throw RecipeError(
                    .issuerCycle,
                    "\(recipe.location): the issuers go round in a circle: \((visited + [issuer]).joined(separator: " ← "))"
                )
            }
            visited.append(issuer)
            recipe = next
        }
    }
}

/// Why certificates cannot be made. Two are equal when their ``code`` is.
package struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let noRecipes = Code(rawValue: "no-recipes")
        package static let duplicateName = Code(rawValue: "duplicate-name")
        package static let unknownName = Code(rawValue: "unknown-name")
        package static let issuerCycle = Code(rawValue: "issuer-cycle")
        /// What was made before is not what the recipe makes.
        package static let notAdopted = Code(rawValue: "not-adopted")
        /// Where certificates should be written there is no folder, and none can be made.
        package static let noFolder = Code(rawValue: "no-folder")
        package static let cannotWrite = Code(rawValue: "cannot-write")
    }
}

extension RecipeError: ExplainedError {
    package var complaint: Complaint {
        Complaint(self.description, exitStatus: self.code == .cannotWrite ? nil : .usage)
    }
}
