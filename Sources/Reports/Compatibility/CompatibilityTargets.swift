import ScenarioModel
import Verdicts

/// Each target: where it is from, what it lacks, and its configuration as it was rendered.
enum CompatibilityTargets {
    static func render(_ publication: CompatibilityPublication) -> String {
        zip(publication.compatibility.columns, publication.profiles).map(Self.target).joined(separator: "\n")
    }

    private static func target(_ column: Compatibility.Column, _ profile: ColumnProfile) -> String {
        let target = column.target
        let parts = [
            "<p class=\"note\">Serves \(SafeText.html(column.roles.map(\.rawValue).joined(separator: ", "))). Held to: "
                + "\(SafeText.html((target.profile ?? .all).meaning)). Run \(Timestamp(column.startedAt).readable) in "
                + "\(NumberText.duration(seconds: column.durationSeconds)), seed <code>\(SafeText.html(column.seed))</code>.</p>",
            Self.list("Notes", target.notes ?? []), Self.list("What it lacks", target.lacks ?? []),
            Self.list(
                "Declared behaviours",
                (target.behaviours ?? []).map { "\($0.behaviour.rawValue): \($0.reason)" }
            ),
            PageTarget.features(target.features), PageTarget.configuration(profile.configuration),
        ]
        return """
            <details id="\(CompatibilityAnchor.target(column.id))" class="target">
            <summary>\(SafeText.html(column.title)): roles, notes, features, configuration</summary>
            \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
            </details>
            """
    }

    private static func list(_ title: String, _ sentences: [String]) -> String {
        PageTarget.sentences(title, sentences)
    }
}
