internal import ConfigurationFiles
internal import Verdicts

/// The grammar of `behaviours` in target.yaml.
enum HabitReader {
    static func habits(_ value: YAMLValue?) throws(ConfigurationError) -> [TargetDescription.Habit] {
        var habits: [TargetDescription.Habit] = []
        for entry in try value?.list() ?? [] {
            let mapping = try entry.mapping("behaviour", "reason", "link", "versions")
            let name = try mapping.required("behaviour")
            let behaviour: Behaviour = try name.choice()
            guard !habits.contains(where: { $0.declared.behaviour == behaviour }) else {
                throw name.problem("the behaviour '\(behaviour.rawValue)' is declared twice")
            }
            habits.append(
                TargetDescription.Habit(
                    declared: DeclaredBehaviour(
                        behaviour,
                        reason: try mapping.required("reason").string(),
                        link: try mapping["link"]?.string(),
                        location: entry.place.fileAndLine
                    ),
                    versions: try WaiverFile.versions(mapping["versions"])
                )
            )
        }
        return habits
    }
}
