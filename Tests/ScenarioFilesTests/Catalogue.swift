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
        try ScenarioLoader(recipes: Self.recipes).load(paths: [Self.root])
    }

    /// The recipes that scenarios may rely on.
    static let recipes: Set<String> = [
        "edge-server", "agent-server", "upstream-server", "upstream-expired", "upstream-not-yet-valid",
        "upstream-wrong-name", "upstream-unknown-ca", "upstream-self-signed", "client-good", "client-intermediate",
        "client-unknown-ca", "client-expired", "client-not-yet-valid", "client-wrong-usage", "client-self-signed",
        "client-ca-false-issuer", "client-rsa", "ca-clients", "ca-clients-other", "ca-servers",
    ]
}

/// `Testing` has a type of this name too.
typealias Expectation = ScenarioModel.Expectation
