import Foundation
import ScenarioModel
import Targets
import Verdicts

/// A target that was found, with its waivers.
struct Candidate {
    let definition: TargetDefinition
    let waivers: Waivers
    /// What it is asked; under its own names, where it has any.
    var scenarios: [Scenario]
    var baseline: Baseline?

    init(named name: String, _ scenarios: [Scenario], from resources: Resources) throws {
        self.scenarios = scenarios
        self.definition = try TargetDefinition.load(
            named: name,
            from: resources.targets,
            programDirectory: Resources.executable.deletingLastPathComponent(),
            installDirectory: resources.programs
        )
        self.waivers = try Waivers.load(
            self.definition.waiversFile,
            version: self.definition.identity.version
        )
    }
}
