import Foundation
import ScenarioModel

@testable import ScenarioFiles

/// The catalogue in this repository, loaded once.
enum Catalogue {
    static let root: String = {
        var parts = #filePath.split(separator: "/").dropLast(3)
        parts.append("Scenarios")
        return "/" + parts.joined(separator: "/")
    }()

    static let repository: String = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    static let scenarios: Result<[Scenario], any Error> = Result {
        try ScenarioLoader(recipes: Self.recipes, programs: ["any"]).load(paths: [Self.root])
    }

    /// The recipes of this repository, by name.
    static let recipes: Set<String> = {
        // A recipe's name stands at the beginning of its line.
        let names = ((try? Self.recipeTexts()) ?? []).flatMap { text in
            text.split(separator: "\n").compactMap { $0.wholeMatch(of: /([a-z0-9-]+):\s*/)?.1 }
        }
        return Set(names.map(String.init))
    }()

    static func recipeTexts() throws -> [String] {
        let folder = Self.repository + "/Certs"
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }
}

/// `Testing` has a type of this name too.
typealias Expectation = ScenarioModel.Expectation
